from __future__ import annotations

from datetime import timedelta

import pytest

from people.roles import Role
from referral.consent.withdrawing import withdraw_consent
from referral.handover import answering, opening, reading, withdrawing
from referral.models import Case, Handover, Revision
from referral.record.reading import open_category
from referral.rules.refusals import IllegalStep, NotCovered, NotThere
from referral.vocabulary import (
    Category,
    Citizenship,
    DeclineReason,
    HandoverKind,
    HandoverState,
    MessageKind,
    Stage,
)
from secure_exchange import bodies, transcript
from secure_exchange.errors import Altered
from secure_exchange.models import Entry, Incoming, Outgoing, StoredReceipt
from tests.factories.handovers import NAME, SHARED, begin_nothing, carry, contents, offered, parties
from tests.factories.people import AT
from tests.factories.referral import nothing_begins


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def who(at):
    return parties()


@pytest.fixture
def accepted(who):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT + HOUR)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT + HOUR)
    return who


def states(who):
    return who.ours().state, who.theirs().state


def test_an_offer_arrives_and_says_nothing_until_a_person_reads_it(who):
    offered(who)
    assert not Handover.objects.filter(organisation=who.receiver.organisation).exists()
    carry()
    theirs = who.theirs()
    assert (theirs.state, theirs.kind, theirs.stage, theirs.urgency) == (HandoverState.OFFERED, "", "", "")
    assert theirs.respond_by == who.ours().respond_by
    assert theirs.expires_at == who.ours().expires_at
    said = reading.read_offer(handover=theirs, by=who.colleague, at=AT + HOUR)
    assert said == contents()
    theirs.refresh_from_db()
    assert (theirs.kind, theirs.stage) == (HandoverKind.TRANSFER, Stage.PROTECTION)
    assert theirs.categories == [category.value for category in sorted(SHARED)]
    carry(at=AT + HOUR)
    assert StoredReceipt.objects.filter(kind="opened", direction="received").count() == 1


def test_the_held_record_waits_for_the_acceptance_and_then_all_of_it_comes(accepted):
    assert Outgoing.objects.filter(kind="record", state="held").count() == len(SHARED)
    assert not Incoming.objects.filter(kind="record").exists()
    carry(at=AT + HOUR)
    assert states(accepted) == (HandoverState.RELEASED, HandoverState.RELEASED)
    assert Incoming.objects.filter(kind="record").count() == len(SHARED)
    assert Case.objects.count() == 1


def test_opening_makes_a_case_and_moves_responsibility(accepted):
    carry(at=AT + HOUR)
    begun = []
    case = opening.open_record(
        handover=accepted.theirs(),
        by=accepted.colleague,
        at=AT + 2 * HOUR,
        begin=lambda *what: begun.append(what),
    )
    assert case.responsible == accepted.receiver.organisation
    assert case.received_in == accepted.theirs().thread
    assert case.reference != accepted.case.reference
    assert case.citizenship == Citizenship.EU_CITIZEN
    assert begun == [(case, Stage.PROTECTION, accepted.colleague, AT + 2 * HOUR)]
    opened = open_category(case=case, category=Category.IDENTITY, by=accepted.colleague, at=AT + 2 * HOUR)
    assert opened.fields == {"prs_FirstName": NAME}
    accepted.case.refresh_from_db()
    assert not accepted.case.passed_to, "the sender is responsible until the receipt has come"
    carry(at=AT + 2 * HOUR)
    assert states(accepted) == (HandoverState.OPENED, HandoverState.OPENED)
    accepted.case.refresh_from_db()
    assert accepted.case.passed_to == accepted.receiver.organisation.address
    consent = case.consents.get()
    assert consent.receiver == accepted.receiver.organisation.address
    assert consent.until == accepted.consent.until


def test_a_referral_leaves_the_sender_responsible(who):
    offered(who, kind=HandoverKind.REFERRAL)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    carry()
    who.case.refresh_from_db()
    assert who.ours().state == HandoverState.OPENED
    assert not who.case.passed_to


def test_the_transcript_of_the_whole_story_holds(accepted):
    carry(at=AT + HOUR)
    opening.open_record(handover=accepted.theirs(), by=accepted.colleague, at=AT + HOUR, begin=begin_nothing)
    carry(at=AT + HOUR)
    read = transcript.read(accepted.theirs().thread)
    assert read.first_fault == ""
    assert len(read.lines) > 10


def test_a_declined_offer_destroys_the_held_record_on_both_sides_with_a_signed_trace(who):
    offered(who)
    carry()
    held = list(Outgoing.objects.filter(state="held").values_list("body", flat=True))
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.decline(
        handover=who.theirs(), reason=DeclineReason.NO_PLACE, text="Din păcate.", by=who.colleague, at=AT
    )
    carry()
    assert states(who) == (HandoverState.DECLINED, HandoverState.DECLINED)
    assert not Outgoing.objects.filter(kind="record").exclude(state="destroyed").exists()
    assert StoredReceipt.objects.filter(kind="destroyed", direction="received").count() == len(held)
    assert not Incoming.objects.filter(kind="record").exists()
    [said] = reading.read_messages(handover=who.ours(), by=who.worker, at=AT)
    assert (said.reply.reason, said.reply.text) == (DeclineReason.NO_PLACE, "Din păcate.")


def test_consent_withdrawn_between_offer_and_acceptance_releases_nothing(accepted):
    withdraw_consent(
        consent=accepted.consent,
        by=accepted.worker,
        at=AT + HOUR,
        stop=withdrawing.stop,
        reconsider=nothing_begins,
    )
    carry(at=AT + HOUR)
    assert states(accepted) == (HandoverState.WITHDRAWN, HandoverState.WITHDRAWN)
    assert not Incoming.objects.filter(kind="record").exists()
    assert not Outgoing.objects.filter(kind="record").exclude(state="destroyed").exists()
    with pytest.raises(IllegalStep):
        opening.open_record(
            handover=accepted.theirs(), by=accepted.colleague, at=AT + HOUR, begin=begin_nothing
        )


def test_consent_that_ran_out_by_the_acceptance_releases_nothing_and_the_receiver_learns_it(at):
    who = parties(until=2 * HOUR)
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT + 3 * HOUR)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT + 3 * HOUR)
    carry(at=AT + 3 * HOUR)
    assert states(who) == (HandoverState.WITHDRAWN, HandoverState.WITHDRAWN)
    assert not Incoming.objects.filter(kind="record").exists()
    assert Entry.objects.filter(act="handover.release_refused", reason="consent_over").count() == 1


def test_consent_that_is_over_when_opening_opens_nothing(at):
    who = parties(until=2 * HOUR)
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    with pytest.raises(NotCovered):
        opening.open_record(handover=who.theirs(), by=who.colleague, at=AT + 3 * HOUR, begin=begin_nothing)
    carry(at=AT + 3 * HOUR)
    assert states(who) == (HandoverState.FAILED, HandoverState.FAILED), "the sender is told"
    assert Case.objects.count() == 1


def test_accepting_twice_is_refused_and_queues_one_reply(accepted):
    with pytest.raises(IllegalStep):
        answering.accept(handover=accepted.theirs(), by=accepted.colleague, at=AT + 2 * HOUR)
    assert Outgoing.objects.filter(kind="reply").count() == 1


def test_of_two_people_who_accept_at_once_the_second_is_refused_and_leaves_no_file(who, node_folder):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    stale = who.theirs()
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    before = files(node_folder)
    with pytest.raises(IllegalStep):
        answering.decline(
            handover=stale, reason=DeclineReason.NO_PLACE, by=who.receiver[Role.SUPERVISOR], at=AT
        )
    assert files(node_folder) == before
    assert Outgoing.objects.filter(kind="reply").count() == 1


def files(folder):
    return sorted(path for path in folder.rglob("sealed/*/*") if path.is_file())


def test_what_was_not_read_cannot_be_accepted(who):
    offered(who)
    carry()
    with pytest.raises(IllegalStep):
        answering.accept(handover=who.theirs(), by=who.colleague, at=AT)


def test_a_question_and_its_answer_stay_in_the_thread(who):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.ask(handover=who.theirs(), text="Serve una stanza singola?", by=who.colleague, at=AT)
    carry()
    [question] = reading.read_messages(handover=who.ours(), by=who.worker, at=AT)
    assert question.reply.text == "Serve una stanza singola?"
    answering.answer(handover=who.ours(), text="Da.", by=who.worker, at=AT)
    carry()
    said = reading.read_messages(handover=who.theirs(), by=who.colleague, at=AT)
    assert [(one.message.kind, one.reply.text) for one in said] == [
        (MessageKind.QUESTION, "Serve una stanza singola?"),
        (MessageKind.ANSWER, "Da."),
    ]


def test_the_sender_takes_an_offer_back(who):
    offered(who)
    carry()
    withdrawing.withdraw(handover=who.ours(), by=who.worker, at=AT + HOUR)
    carry(at=AT + HOUR)
    assert states(who) == (HandoverState.WITHDRAWN, HandoverState.WITHDRAWN)
    [told] = reading.read_messages(handover=who.theirs(), by=who.colleague, at=AT + HOUR)
    assert told.message.kind == MessageKind.WITHDRAWAL
    assert told.readable
    with pytest.raises(IllegalStep):
        withdrawing.withdraw(handover=who.ours(), by=who.worker, at=AT + HOUR)


def test_nobody_else_sees_or_answers_an_offer(who):
    offered(who)
    carry()
    with pytest.raises(NotThere):
        reading.read_offer(handover=who.theirs(), by=who.worker, at=AT)
    with pytest.raises(NotThere):
        answering.note(handover=who.ours(), text="x", by=who.colleague, at=AT)


def test_a_second_offer_to_the_same_receiver_is_refused_while_one_is_under_way(who):
    offered(who)
    count = Outgoing.objects.count()
    with pytest.raises(IllegalStep):
        offered(who)
    assert Outgoing.objects.count() == count
    assert Handover.objects.count() == 1


def test_after_opening_nothing_is_left_under_the_published_keys_for_this_role(accepted):
    carry(at=AT + HOUR)
    case = opening.open_record(
        handover=accepted.theirs(), by=accepted.colleague, at=AT + HOUR, begin=begin_nothing
    )
    assert Revision.objects.filter(case=case).count() == len(SHARED)
    assert not Incoming.objects.filter(kind="record").exclude(state="opened").exists()


def test_a_body_that_was_swapped_is_not_opened_and_the_sender_is_told(accepted):
    carry(at=AT + HOUR)
    for part in Incoming.objects.filter(kind="record"):
        with bodies.writing(part.body) as file:
            file.seek(-1, 2)
            last = file.read(1)
            file.seek(-1, 2)
            file.write(bytes([last[0] ^ 1]))
    with pytest.raises(Altered):
        opening.open_record(
            handover=accepted.theirs(), by=accepted.colleague, at=AT + HOUR, begin=begin_nothing
        )
    carry(at=AT + HOUR)
    assert states(accepted) == (HandoverState.FAILED, HandoverState.FAILED)
    assert StoredReceipt.objects.filter(kind="failed", direction="received").count() == len(SHARED)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("act", ["offer", "accept", "open"])
def test_an_act_that_cannot_be_recorded_does_not_happen(who, monkeypatch, node_folder, act):
    if act != "offer":
        offered(who)
        carry()
        reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    if act == "open":
        answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
        carry()
    before = states(who) if act != "offer" else None
    left = (Outgoing.objects.count(), Case.objects.count(), Revision.objects.count(), files(node_folder))

    def broken(*, act, **_):
        if act.startswith("handover."):
            raise RuntimeError("the ledger does not take it")

    monkeypatch.setattr(f"referral.handover.{MODULES[act]}.entries.append", broken)
    acts = {
        "offer": lambda: offered(who),
        "accept": lambda: answering.accept(handover=who.theirs(), by=who.colleague, at=AT),
        "open": lambda: opening.open_record(
            handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing
        ),
    }
    with pytest.raises(RuntimeError, match="ledger"):
        acts[act]()
    assert left == (
        Outgoing.objects.count(),
        Case.objects.count(),
        Revision.objects.count(),
        files(node_folder),
    )
    assert Handover.objects.exists() is (act != "offer")
    assert before is None or before == states(who)


MODULES = {"offer": "offering", "accept": "answering", "open": "opening"}
