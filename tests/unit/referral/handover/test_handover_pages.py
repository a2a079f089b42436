from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.handover import answering, reading
from referral.models import Case, Handover
from referral.vocabulary import HandoverState
from secure_exchange.models import Entry
from tests.factories.handovers import NAME, SHARED, carry, offered, parties
from tests.factories.people import AT


pytestmark = pytest.mark.django_db
SAID = {
    "categories": [category.value for category in SHARED],
    "needs": ["SAFE_ACCOMMODATION"],
    "urgency": "soon",
    "sex": "female",
    "age": "25_34",
    "languages": ["ro"],
    "other_language": "",
    "mobility": "no_limits",
    "children": "1",
    "kind": "transfer",
    "stage": "protection",
}


@pytest.fixture
def who(at):
    return parties()


@pytest.fixture
def ours(who, signed_in):
    return signed_in(Client(), who.sender.members[Role.CASEWORKER])


@pytest.fixture
def theirs(who, signed_in):
    return signed_in(Client(), who.receiver.members[Role.CASEWORKER])


def later(minutes=1):
    return AT + timedelta(minutes=minutes)


def page(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code, answer.content.decode()[-900:])
    return answer.content.decode()


def post(client, name, *args, status=302, **data):
    answer = client.post(reverse(name, args=args), data)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[-1500:])
    return answer


def test_the_pages_lead_from_choosing_to_the_open_case(who, ours, theirs):
    reference = who.case.reference
    assert who.receiver.organisation.name in page(ours, "hand-over", reference)
    post(ours, "hand-over", reference, receiver=who.receiver.organisation.address)
    page(ours, "hand-over-what", reference)
    post(ours, "hand-over-what", reference, **SAID)
    shown = page(ours, "hand-over-check", reference)
    assert "Safe accommodation" in shown
    assert NAME not in shown
    sent = post(ours, "hand-over-check", reference, seal="1")
    assert "hand-over" not in str(list(ours.session.keys()))
    thread = who.ours().thread
    assert sent.url == reverse("handover", args=[thread])
    page(ours, "handover", thread)
    carry(at=later())

    assert "not read yet" in page(theirs, "incoming")
    shown = page(theirs, "offer", thread)
    assert "25 to 34" in shown
    assert NAME not in shown
    assert "Safe accommodation" in page(theirs, "incoming")
    post(theirs, "offer", thread, act="ask", **{"message-kind": "question", "message-text": "Da quando?"})
    carry(at=later())
    assert "Da quando?" in page(ours, "handover", thread)
    post(ours, "handover", thread, **{"message-kind": "answer", "message-text": "De luni."})
    carry(at=later())
    assert "De luni." in page(theirs, "offer", thread)
    post(theirs, "offer", thread, act="accept")
    page(theirs, "offer", thread)
    carry(at=later())
    assert "The sealed record has arrived" in page(theirs, "offer", thread)
    opened = post(theirs, "offer", thread, act="open")
    case = Case.objects.get(received_in=thread)
    assert opened.url == reverse("case", args=[case.reference])
    page(theirs, "case", case.reference)
    assert case.reference in page(theirs, "offer", thread)
    carry(at=later())
    assert "Record opened" in page(ours, "handover", thread)
    for client in (ours, theirs):
        assert "Every signature, hash and receipt holds" in page(client, "transcript", thread)
        assert who.case.reference in page(ours, "handovers")
    assert case.reference in page(theirs, "handovers")


def test_a_chosen_part_without_consent_is_not_taken(who, ours):
    reference = who.case.reference
    post(ours, "hand-over", reference, receiver=who.receiver.organisation.address)
    post(ours, "hand-over-what", reference, status=422, **{**SAID, "categories": ["identity", "health"]})
    post(ours, "hand-over-what", reference, status=422, **{**SAID, "needs": ["ASYLUM_SUPPORT"]})
    post(ours, "hand-over-what", reference, status=422, **{**SAID, "languages": []})
    assert not Handover.objects.exists()


def test_pages_out_of_order_lead_back_to_the_first(who, ours):
    reference = who.case.reference
    first = reverse("hand-over", args=[reference])
    assert ours.get(reverse("hand-over-check", args=[reference])).url == first
    assert ours.get(reverse("hand-over-what", args=[reference])).url == first
    post(ours, "hand-over", reference, status=422, receiver="nobody@nowhere.test")


def test_a_button_pressed_twice_is_a_409_with_one_ledger_entry_and_changes_nothing(who, theirs):
    offered(who)
    carry()
    thread = who.theirs().thread
    page(theirs, "offer", thread)
    post(theirs, "offer", thread, act="accept")
    before = Entry.objects.count()
    post(theirs, "offer", thread, status=409, act="accept")
    post(theirs, "offer", thread, status=409, act="decline", **{"decline-reason": "no_place"})
    assert Entry.objects.count() == before + 2
    assert who.theirs().state == HandoverState.ACCEPTED


def test_declining_asks_for_a_reason(who, theirs):
    offered(who)
    carry()
    thread = who.theirs().thread
    post(theirs, "offer", thread, status=422, act="decline")
    post(
        theirs,
        "offer",
        thread,
        act="decline",
        **{"decline-reason": "no_place", "decline-text": "Ci dispiace."},
    )
    assert who.theirs().state == HandoverState.DECLINED
    page(theirs, "offer", thread)
    page(theirs, "incoming")


def test_the_sender_withdraws_by_a_button(who, ours, theirs):
    offered(who)
    carry()
    thread = who.ours().thread
    post(ours, "handover-withdraw", thread)
    post(ours, "handover-withdraw", thread, status=409)
    carry(at=later())
    assert who.theirs().state == HandoverState.WITHDRAWN
    page(ours, "handover", thread)
    page(theirs, "offer", thread)


def test_a_handover_of_others_does_not_exist(who, ours, theirs, signed_in):
    offered(who)
    carry()
    thread = who.ours().thread
    colleague = signed_in(Client(), who.sender.members[Role.POLICE_LIAISON])
    for client, name in [
        (theirs, "handover"),
        (ours, "offer"),
        (colleague, "transcript"),
        (colleague, "handover"),
    ]:
        assert client.get(reverse(name, args=[thread])).status_code == 404, name
    assert colleague.get(reverse("hand-over", args=[who.case.reference])).status_code == 404
    assert Client().get(reverse("offer", args=[thread])).status_code == 302


def test_a_colleague_takes_over_the_parts_for_another_role(who, theirs, signed_in):
    offered(who)
    carry()
    thread = who.theirs().thread
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    liaison = signed_in(Client(), who.receiver.members[Role.POLICE_LIAISON])
    post(liaison, "offer", thread, act="open")
    case = Case.objects.get(received_in=thread)
    assert set(case.revisions.values_list("category", flat=True)) == {"identity"}
    assert "Parts that are still sealed" in page(theirs, "offer", thread)
    post(theirs, "offer", thread, act="open")
    assert case.revisions.count() == len(SHARED)
    assert theirs.get(reverse("offer", args=[thread])).status_code == 404, (
        "the rest is for who works the case"
    )
