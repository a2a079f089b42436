"""My work: what waits for one person and what happened to what she sent; no case that she does not work."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.roles import Role
from referral.cases.participating import assign
from referral.handover import answering, opening, reading, waiting, withdrawing
from referral.models import Handover, HandoverMessage, HandoverSeen
from referral.queries.my_work import my_work
from referral.vocabulary import DeclineReason, HandoverState
from secure_exchange import bodies
from secure_exchange.errors import Refused
from secure_exchange.models import Incoming
from tests.factories.handovers import Parties, begin_nothing, carry, offered, parties
from tests.factories.people import AT, Found, actor_of, found, joined


pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def who(at) -> Parties:
    """An offer was sent, came and was read."""
    who = parties()
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    return who


@pytest.fixture
def ours(who, signed_in) -> Client:
    return signed_in(Client(), who.sender.members[Role.CASEWORKER])


def ask(who: Parties, *, at: datetime) -> None:
    answering.ask(handover=who.theirs(), text="Da quando?", by=who.colleague, at=at)
    carry(at=at)


def answer(who: Parties, *, at: datetime) -> None:
    answering.answer(handover=who.ours(), text="De luni.", by=who.worker, at=at)
    carry(at=at)


def accept(who: Parties, *, at: datetime = AT + MINUTE) -> None:
    answering.accept(handover=who.theirs(), by=who.colleague, at=at)
    carry(at=at)


def questions(by, *, at: datetime = AT + MINUTE) -> list[str]:
    return [row["about"] for row in my_work(by=by, at=at)["questions"]]


def news(by, *, at: datetime = AT + MINUTE) -> list[str]:
    return [row["what"] for row in my_work(by=by, at=at)["news"]]


def shown(client: Client) -> str:
    return client.get(reverse("my-work")).content.decode()


def look(client: Client, who: Parties, **headers: str) -> None:
    address = reverse("handover", args=[who.ours().thread])
    assert client.get(address, headers=headers).status_code == 200


# Whose it is


def test_a_colleague_who_does_not_work_the_case_learns_nothing_of_its_handover(who, ours, signed_in):
    ask(who, at=AT + MINUTE)
    accept(who)
    reference, receiver = who.case.reference, who.receiver.organisation.name
    assert reference in shown(ours)
    liaison = shown(signed_in(Client(), who.sender.members[Role.POLICE_LIAISON]))
    assert reference not in liaison
    assert receiver not in liaison
    assert "Nobody has asked anything." in liaison


def test_another_organisation_s_questions_are_not_ours(who):
    ask(who, at=AT + MINUTE)
    assert questions(who.worker) == [who.case.reference]
    assert questions(who.colleague) == []
    assert news(who.colleague) == []


# Questions


def test_a_question_waits_until_it_is_answered_and_the_next_one_too(who):
    for turn in range(3):
        at = AT + (2 * turn + 1) * MINUTE
        ask(who, at=at)
        assert questions(who.worker) == [who.case.reference], turn
        answer(who, at=at + MINUTE)
        assert questions(who.worker) == [], turn


@pytest.mark.parametrize("ending", ["declined", "withdrawn", "expired"])
def test_a_question_ends_with_its_handover(who, ending):
    ask(who, at=AT + MINUTE)
    if ending == "declined":
        answering.decline(
            handover=who.theirs(), reason=DeclineReason.NO_PLACE, by=who.colleague, at=AT + MINUTE
        )
        carry(at=AT + MINUTE)
    elif ending == "withdrawn":
        withdrawing.withdraw(handover=who.ours(), by=who.worker, at=AT + MINUTE)
    else:
        waiting.expire_due(at=who.ours().expires_at)
    assert who.ours().state == ending
    assert questions(who.worker) == []


def test_a_question_is_not_hidden_by_many_that_were_answered_later(who):
    ask(who, at=AT + MINUTE)
    many = another(who.ours(), 30)
    for turn, kind, direction in ((1, "question", "incoming"), (2, "answer", "outgoing")):
        HandoverMessage.objects.bulk_create(
            HandoverMessage(
                handover=one, kind=kind, direction=direction, envelope=uuid4(), at=AT + (5 + turn) * MINUTE
            )
            for one in many
        )
    assert questions(who.worker) == [who.case.reference]


def another(like: Handover, count: int, *, state: str = "offered", to: str = "") -> list[Handover]:
    """More handovers of the same case, as rows only."""
    made = []
    for _ in range(count):
        like.pk, like.thread, like.state = None, uuid4(), state
        like.counterpart = to or like.counterpart
        like.save(force_insert=True)
        made.append(Handover.objects.get(pk=like.pk))
    return made


# News


def test_an_acceptance_is_news_until_one_looks_at_the_handover(who, ours):
    assert news(who.worker) == []
    accept(who)
    assert news(who.worker) == ["Accepted"]
    page = shown(ours)
    assert "News on your handovers" in page
    assert reverse("handover", args=[who.ours().thread]) in page
    look(ours, who)
    assert news(who.worker) == []
    assert "News on your handovers" not in shown(ours)


def test_a_page_that_asks_by_itself_is_nobody_who_looks(who, ours):
    accept(who)
    look(ours, who, **{"HX-Request": "true"})
    assert news(who.worker) == ["Accepted"]


def test_what_is_found_out_while_the_network_was_away_is_news_although_it_happened_before_the_look(who, ours):
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    look(ours, who)
    carry(at=AT + DAY)
    assert news(who.worker, at=AT + DAY) == ["Accepted"]


def test_a_refusal_is_news(who, ours):
    answering.decline(handover=who.theirs(), reason=DeclineReason.NO_PLACE, by=who.colleague, at=AT + MINUTE)
    carry(at=AT + MINUTE)
    assert news(who.worker) == ["Declined"]


def test_an_expiry_is_news(who):
    waiting.expire_due(at=who.ours().expires_at)
    assert news(who.worker, at=who.ours().expires_at) == ["Time ran out"]


def test_each_note_is_news_once(who, ours):
    accept(who)
    look(ours, who)
    for turn in (2, 3):
        answering.note(
            handover=who.theirs(), text="Camera e pronta.", by=who.colleague, at=AT + turn * MINUTE
        )
        carry(at=AT + turn * MINUTE)
        assert news(who.worker) == ["Note"], turn
        look(ours, who)
        assert news(who.worker) == [], turn
    answering.note(handover=who.ours(), text="Mulțumim.", by=who.worker, at=AT + 4 * MINUTE)
    assert news(who.worker) == [], "one's own note is no news"


def test_a_record_that_was_opened_or_could_not_be_is_news(who, ours):
    accept(who)
    look(ours, who)
    for part in Incoming.objects.filter(kind="record"):
        with bodies.writing(part.body) as file:
            file.write(b"another file")
    with pytest.raises(Refused):
        opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    carry(at=AT + MINUTE)
    assert who.ours().state == HandoverState.FAILED
    assert news(who.worker) == ["Could not be opened"]
    Handover.objects.filter(pk=who.ours().pk).update(state="opened", opened_at=AT + MINUTE)
    assert news(who.worker) == ["Record opened"]


def test_a_colleague_on_the_case_is_told_what_is_recent_and_a_sender_until_she_looks(who):
    accept(who)
    colleague = joined(who.sender.founded, Role.CASEWORKER)
    assert news(actor_of(colleague)) == []
    assign(case=who.case, membership=colleague, by=who.worker, at=AT + MINUTE)
    for by in (actor_of(colleague), who.sender[Role.SUPERVISOR], who.worker):
        assert news(by) == ["Accepted"]
    later = AT + 60 * DAY
    assert news(actor_of(colleague), at=later) == []
    assert news(who.worker, at=later) == ["Accepted"]


def test_looking_again_keeps_one_row_a_person(who, ours):
    for _ in range(3):
        look(ours, who)
    assert HandoverSeen.objects.count() == 1


def test_my_work_asks_the_database_as_often_for_many_handovers_as_for_one(who):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            context = my_work(by=who.worker, at=AT + MINUTE)
        assert context["news"]
        return len(queries)

    accept(who)
    ask(who, at=AT + 2 * MINUTE)
    few, like = asked(), who.ours()
    places: list[Found] = [found(Role.CASEWORKER) for _ in range(3)]
    for each in places:
        for one in another(like, 2, state="accepted", to=each.organisation.address):
            HandoverMessage.objects.create(
                handover=one, kind="question", direction="incoming", envelope=uuid4(), at=AT
            )
    assert len(questions(who.worker)) == 7
    assert len(news(who.worker)) == 7
    assert asked() == few
