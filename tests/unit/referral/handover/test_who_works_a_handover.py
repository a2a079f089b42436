"""Before there is a case an organisation answers; afterwards its handover is for those who work the case."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.cases.participating import assign
from referral.handover import answering, opening, reading, taking_over
from referral.handover.permission import may_work
from referral.models import Case, Consent
from referral.rules.decision import Reason
from referral.rules.refusals import IllegalStep, NotThere
from referral.vocabulary import HandoverState
from secure_exchange.models import Entry, Outgoing
from tests.factories.handovers import SHARED, begin_nothing, carry, offered, parties
from tests.factories.people import AT, actor_of, joined


pytestmark = pytest.mark.django_db


@pytest.fixture
def who(at):
    return parties()


@pytest.fixture
def liaison(who):
    """Opens the identity part only, and is no supervisor."""
    return who.receiver[Role.POLICE_LIAISON]


@pytest.fixture
def social(who):
    return who.receiver[Role.SOCIAL_WORKER]


def released(who):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()


def open_it(who, by):
    return opening.open_record(handover=who.theirs(), by=by, at=AT, begin=begin_nothing)


def test_once_it_has_a_case_only_those_who_work_it_read_and_write_in_the_thread(who, social):
    released(who)
    assert may_work(who.theirs(), by=social, at=AT)
    case = open_it(who, who.colleague)
    theirs = who.theirs()
    assert may_work(theirs, by=social, at=AT).reason is Reason.NOT_ASSIGNED
    for act in (
        lambda: reading.read_offer(handover=theirs, by=social, at=AT),
        lambda: reading.read_messages(handover=theirs, by=social, at=AT),
        lambda: answering.note(handover=theirs, text="x", by=social, at=AT),
        lambda: answering.ask(handover=theirs, text="x", by=social, at=AT),
    ):
        with pytest.raises(NotThere):
            act()
    for allowed in (who.colleague, who.receiver[Role.SUPERVISOR]):
        assert reading.read_offer(handover=theirs, by=allowed, at=AT)
    assign(case=case, membership=who.receiver.members[Role.SOCIAL_WORKER], by=who.colleague, at=AT)
    answering.note(handover=who.theirs(), text="Este bine.", by=social, at=AT)
    assert who.theirs().state == HandoverState.OPENED


def test_the_pages_of_an_opened_record_are_for_those_who_work_its_case(who, signed_in):
    released(who)
    open_it(who, who.colleague)
    thread = who.theirs().thread
    client = signed_in(Client(), who.receiver.members[Role.SOCIAL_WORKER])
    for name in ("offer", "transcript"):
        assert client.get(reverse(name, args=[thread])).status_code == 404, name
    for name in ("incoming", "handovers"):
        shown = client.get(reverse(name)).content.decode()
        assert str(thread) not in shown, name
        assert who.sender.organisation.name not in shown, name
    working = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    assert working.get(reverse("offer", args=[thread])).status_code == 200
    for name in ("incoming", "handovers"):
        assert str(thread) in working.get(reverse(name)).content.decode(), name


def test_a_colleague_with_the_key_takes_a_part_over_and_sees_nothing_else(who, liaison, signed_in):
    released(who)
    case = open_it(who, liaison)
    thread = who.theirs().thread
    client = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    shown = client.get(reverse("incoming")).content.decode()
    assert "Parts that are still sealed" in shown
    assert "25 to 34" not in shown
    shown = client.get(reverse("offer", args=[thread])).content.decode()
    assert "Contact" in shown
    assert "25 to 34" not in shown
    assert "Questions and answers" not in shown
    assert client.post(reverse("offer", args=[thread]), {"act": "ask"}).status_code == 302
    assert not Outgoing.objects.filter(kind="reply", part="question").exists()
    assert case.revisions.count() == len(SHARED)
    assert client.get(reverse("case", args=[case.reference])).status_code == 404
    assert "Parts that are still sealed" not in client.get(reverse("incoming")).content.decode()


def test_a_colleague_whose_role_opens_none_of_the_parts_left_is_shown_no_page(who, liaison, signed_in):
    released(who)
    open_it(who, liaison)
    other = joined(who.receiver.founded, Role.POLICE_LIAISON)
    client = signed_in(Client(), other)
    assert client.get(reverse("offer", args=[who.theirs().thread])).status_code == 404
    assert "Parts that are still sealed" not in client.get(reverse("incoming")).content.decode()
    assert taking_over.take_over_parts(handover=who.theirs(), by=actor_of(other), at=AT) == []


def test_nobody_of_another_organisation_takes_parts_over(who, liaison):
    released(who)
    open_it(who, liaison)
    for handover in (who.theirs(), who.ours()):
        with pytest.raises(NotThere):
            taking_over.take_over_parts(handover=handover, by=who.worker, at=AT)
    assert Entry.objects.filter(act="handover.take_over-refused").count() == 2


def test_of_two_colleagues_who_open_at_once_the_second_is_told_that_it_moved_on(who, monkeypatch):
    released(who)
    open_parts = opening.arrived_parts.open_what_one_can
    supervisor = who.receiver[Role.SUPERVISOR]

    def meanwhile(*args, **kwargs):
        found = open_parts(*args, **kwargs)
        monkeypatch.setattr(opening.arrived_parts, "open_what_one_can", open_parts)
        open_it(who, supervisor)
        return found

    monkeypatch.setattr(opening.arrived_parts, "open_what_one_can", meanwhile)
    with pytest.raises(IllegalStep):
        open_it(who, who.colleague)
    assert Case.objects.filter(received_in=who.theirs().thread).count() == 1
    assert Consent.objects.exclude(case=who.case).count() == 1
    assert who.theirs().opened_by == supervisor.membership
    assert Entry.objects.filter(act="handover.open-refused", actor=who.colleague.pseudonym).count() == 1
