from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.handover import answering, envelopes, reading, withdrawing
from referral.models import Case, Handover
from referral.vocabulary import Category, HandoverState
from secure_exchange.models import Entry
from tests.before_and_after import nothing_but_an_entry
from tests.factories.handovers import NAME, SERVICES, SHARED, carry, offered, parties
from tests.factories.people import AT, found
from tests.factories.referral import ConsentFactory


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


def as_shown(html):
    """What the last page before sealing sends along: the button, and what it showed."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([0-9a-f]{32})"', html)
    return {**dict(hidden), "seal": "1"}


def test_the_pages_lead_from_choosing_to_the_open_case(who, ours, theirs):
    reference = who.case.reference
    assert who.receiver.organisation.name in page(ours, "hand-over", reference)
    post(ours, "hand-over", reference, receiver=who.receiver.organisation.address)
    page(ours, "hand-over-what", reference)
    post(ours, "hand-over-what", reference, **SAID)
    shown = page(ours, "hand-over-check", reference)
    assert "Safe accommodation" in shown
    assert "For: Assistance" in shown
    assert NAME not in shown
    sent = post(ours, "hand-over-check", reference, **as_shown(shown))
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


def test_looking_at_a_transcript_does_not_walk_the_whole_ledger(who, ours, monkeypatch):
    offered(who)
    carry()

    def walk(*_):
        raise AssertionError

    monkeypatch.setattr("secure_exchange.ledger.verify.verify", walk)
    assert "Every signature, hash and receipt holds" in page(ours, "transcript", who.ours().thread)


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


def test_who_opens_nothing_is_offered_neither_for_a_handover_nor_for_an_agreement(who, ours):
    shut = found(Role.ADMINISTRATOR, name="Casa Chiusa", services=SERVICES, languages=["ro"])
    reference, address = who.case.reference, shut.organisation.address
    for name in ("hand-over", "consent"):
        shown = page(ours, name, reference)
        assert who.receiver.organisation.address in shown, name
        assert address not in shown, name
        assert "Casa Chiusa" not in shown, name
    post(ours, "hand-over", reference, status=422, receiver=address)
    post(ours, "consent", reference, status=422, receiver=address)


def test_a_part_that_nobody_at_the_receiver_opens_cannot_be_chosen(who, ours):
    authority = found(Role.FOCAL_POINT, Role.ADMINISTRATOR, services=SERVICES, languages=["ro"])
    address, reference = authority.organisation.address, who.case.reference
    ConsentFactory.create(
        case=who.case, by=who.worker, receiver=address, categories=[Category.IDENTITY, Category.CONTACT]
    )
    post(ours, "hand-over", reference, receiver=address)
    for chosen, status in ((["identity", "contact"], 422), (["contact"], 422), (["identity"], 302)):
        post(ours, "hand-over-what", reference, status=status, **{**SAID, "categories": chosen})


ANSWER = {"message-kind": "answer", "message-text": "De luni, la ora nouă."}


def test_words_that_come_too_late_are_refused_and_kept_on_the_page(who, ours):
    offered(who)
    thread = who.ours().thread
    withdrawing.withdraw(handover=who.ours(), by=who.worker, at=AT)
    with nothing_but_an_entry():
        answer = post(ours, "handover", thread, status=409, **ANSWER)
    last = Entry.objects.latest("sequence")
    assert (last.act, last.object) == ("handover.message-refused", str(thread))
    shown = answer.content.decode()
    assert "This was not sent" in shown
    assert ANSWER["message-text"] in shown
    assert "Send sealed" not in shown


def test_words_that_are_overtaken_while_they_are_sealed_are_kept_in_the_form(who, ours, monkeypatch):
    offered(who)
    write = envelopes.write

    def meanwhile(*args, **said):
        Handover.objects.filter(pk=who.ours().pk).update(state="released")
        return write(*args, **said)

    monkeypatch.setattr(envelopes, "write", meanwhile)
    answer = post(ours, "handover", who.ours().thread, status=409, **ANSWER)
    shown = answer.content.decode()
    assert ANSWER["message-text"] in shown
    assert "Send sealed" in shown
    assert Entry.objects.latest("sequence").act == "handover.message-refused"
    monkeypatch.undo()


@pytest.fixture
def elsewhere(who):
    """A second organisation that the person agreed to, with the same parts."""
    other = found(Role.CASEWORKER, name="Casa Seconda", services=SERVICES, languages=["ro", "it"])
    address = other.organisation.address
    ConsentFactory.create(case=who.case, by=who.worker, receiver=address, categories=list(SHARED))
    return address


def checked(client, who):
    """The last page before sealing, after the first two."""
    reference = who.case.reference
    post(client, "hand-over", reference, receiver=who.receiver.organisation.address)
    post(client, "hand-over-what", reference, **SAID)
    return page(client, "hand-over-check", reference)


def other_receiver(ours, who, elsewhere):
    post(ours, "hand-over", who.case.reference, receiver=elsewhere)


def other_parts(ours, who, elsewhere):
    post(ours, "hand-over-what", who.case.reference, **{**SAID, "categories": ["identity"]})


def other_agreement(ours, who, elsewhere):
    again = {"receiver": who.receiver.organisation.address, "categories": [*SHARED, Category.RISK]}
    ConsentFactory.create(case=who.case, by=who.worker, **again)


CHANGES = {
    other_receiver: "You have chosen another organisation since",
    other_parts: "What goes or what is asked for has changed since",
    other_agreement: "It rests on another agreement now",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_only_what_the_last_page_showed_is_sealed_and_what_changed_meanwhile_is_said(
    who, ours, elsewhere, change
):
    first_tab = as_shown(checked(ours, who))
    change(ours, who, elsewhere)
    with nothing_but_an_entry():
        answer = post(ours, "hand-over-check", who.case.reference, status=409, **first_tab)
    assert Entry.objects.latest("sequence").act == "handover.offer-refused"
    shown = answer.content.decode()
    assert [one for one, says in CHANGES.items() if says in shown] == [change]
    post(ours, "hand-over-check", who.case.reference, **as_shown(shown))
    expected = elsewhere if change is other_receiver else who.receiver.organisation.address
    assert Handover.objects.get().counterpart == expected


def test_a_button_without_the_page_it_stands_on_seals_nothing(who, ours):
    checked(ours, who)
    post(ours, "hand-over-check", who.case.reference, status=409, seal="1")
    assert not Handover.objects.exists()
