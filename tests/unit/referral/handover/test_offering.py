from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.roles import Role
from referral import vocabulary
from referral.cases.passing import pass_responsibility
from referral.handover import answering, opening, reading, record_parts, taking_over
from referral.handover.refusals import NoLanguageInCommon, NothingToSend
from referral.models import Case, Document, Handover, Revision
from referral.record import documents
from referral.rules import offer_contents
from referral.rules.offer_contents import OfferContents
from referral.rules.refusals import NotCovered, NotInYourRole, NotThere
from referral.vocabulary import LANGUAGE_CODES, Category, NeedCode
from secure_exchange.errors import (
    CategoryNotAccepted,
    KeysExpired,
    ServiceNotAccepted,
    UnknownReceiver,
    UntrustedReceiver,
)
from secure_exchange.models import Entry, Outgoing, Peer
from tests.before_and_after import files
from tests.factories.handovers import SHARED, begin_nothing, carry, contents, offered, parties
from tests.factories.people import AT
from tests.factories.referral import ConsentFactory


ELSEWHERE = "casa-aperta@it.connect.test"


@pytest.fixture
def who(at, db):
    return parties()


def nothing_left():
    return not Handover.objects.exists() and not Outgoing.objects.exists()


def test_without_a_consent_that_covers_it_nothing_is_sealed_and_one_entry_says_so(who):
    for change in ({"categories": (*SHARED, Category.RISK)},):
        before = Entry.objects.filter(act__startswith="handover.offer").count()
        with pytest.raises((NotCovered, NothingToSend)):
            offered(who, **change)
        assert Entry.objects.filter(act="handover.offer-refused").count() == before + 1
    with pytest.raises(NotCovered):
        offered(who, at=who.consent.until)
    assert nothing_left()


def test_a_consent_for_another_receiver_or_case_does_not_count(who):
    other = ConsentFactory.create(case=who.case, by=who.worker, receiver=ELSEWHERE, categories=list(SHARED))
    who_else = type(who)(who.sender, who.receiver, who.case, other)
    with pytest.raises(NotCovered):
        offered(who_else)
    assert nothing_left()


def test_a_service_or_part_the_receiver_does_not_take_is_refused_by_its_code(who):
    with pytest.raises(ServiceNotAccepted) as service:
        offered(who, needs=(NeedCode.ASYLUM_SUPPORT,))
    assert service.value.detail == "ASYLUM_SUPPORT"
    with pytest.raises(NoLanguageInCommon):
        offered(who, languages=("zu",))
    assert nothing_left()


def test_a_part_the_receiver_takes_nothing_of_is_refused_by_its_code(at, db):
    who = parties(takes=["identity", "needs"])
    with pytest.raises(CategoryNotAccepted) as part:
        offered(who)
    assert part.value.detail == "contact"
    assert nothing_left()


def test_an_unknown_untrusted_or_outdated_receiver_gets_nothing(who):
    address = who.receiver.organisation.address
    with pytest.raises(KeysExpired):
        offered(who, at=AT + timedelta(days=8))
    Peer.objects.filter(address=address).update(own=False)
    with pytest.raises((UntrustedReceiver, UnknownReceiver)):
        offered(who)
    Peer.objects.filter(address=address).delete()
    with pytest.raises(UnknownReceiver):
        offered(who)
    assert nothing_left()


def test_nobody_passes_on_what_they_may_not_read_or_know_of(who):
    with pytest.raises(NotThere):
        offered(type(who)(who.receiver, who.receiver, who.case, who.consent))
    supervisor = type("As", (), {"case": who.case, "receiver": who.receiver, "consent": who.consent})()
    supervisor.worker = who.sender[Role.SUPERVISOR]
    with pytest.raises(NotInYourRole):
        offered(supervisor)
    assert nothing_left()


def test_a_case_that_passes_to_another_while_it_is_sealed_is_not_offered(who, monkeypatch):
    write_all = record_parts.write_all

    def meanwhile(*args, **said):
        pass_responsibility(case=Case.objects.get(pk=who.case.pk), to=ELSEWHERE, actor=ELSEWHERE, at=AT)
        return write_all(*args, **said)

    monkeypatch.setattr(record_parts, "write_all", meanwhile)
    before = files()
    with pytest.raises(NotInYourRole):
        offered(who)
    assert nothing_left()
    assert files() == before
    assert Entry.objects.get(act="handover.offer-refused").reason == "not_responsible"


def test_an_empty_part_is_not_sent(at, db):
    who = parties(categories=(*SHARED, Category.RISK))
    with pytest.raises(NothingToSend):
        offered(who, categories=(*SHARED, Category.RISK))
    assert nothing_left()


def test_documents_travel_as_they_are_and_are_sealed_under_the_new_case(at, db):
    shared = (*SHARED, Category.DOCUMENTS)
    who = parties(categories=shared)
    letter = b"%PDF-1.7\n" + b"Zamfira Inventata\n" * 20_000
    for name in ("Scrisoare.pdf", "../../etc/passwd"):
        documents.receive(
            case=who.case,
            name=name,
            media_type="application/pdf",
            chunks=[letter[:70_000], letter[70_000:]],
            by=who.worker,
            at=AT,
        )
    offered(who, categories=shared)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    found = documents.listed(case=case, by=who.colleague, at=AT)
    assert sorted(one.name for one in found) == ["../../etc/passwd", "Scrisoare.pdf"]
    for one in found:
        read = documents.read(case=case, document=one.uuid, by=who.colleague, at=AT)
        assert b"".join(read.chunks) == letter
    assert Document.objects.filter(case=case).count() == 2
    assert taking_over.take_over_parts(handover=who.theirs(), by=who.colleague, at=AT) == []
    assert Revision.objects.filter(case=case).count() == len(SHARED)


def words(words):
    return st.sampled_from(list(words))


OFFERS = st.builds(
    OfferContents,
    kind=words(vocabulary.HandoverKind),
    stage=words([stage for stage in vocabulary.Stage if stage != "closed"]),
    urgency=words(vocabulary.Urgency),
    needs=st.lists(words(NeedCode), min_size=1, max_size=5, unique=True).map(tuple),
    sex=words(vocabulary.SexBand),
    age=words(vocabulary.AgeBand),
    languages=st.lists(words(sorted(LANGUAGE_CODES)), min_size=1, max_size=5, unique=True).map(tuple),
    citizenship=words(vocabulary.Citizenship),
    mobility=words(vocabulary.Mobility),
    children=st.integers(0, 9),
    categories=st.lists(words(Category), min_size=1, max_size=10, unique=True).map(tuple),
)
CODES = {
    word.value
    for words_ in vars(vocabulary).values()
    if isinstance(words_, type) and issubclass(words_, StrEnum)
    for word in words_
} | set(LANGUAGE_CODES)


@given(OFFERS)
def test_everything_an_offer_says_is_a_code_of_a_closed_list(offer):
    for field in fields(offer):
        said = getattr(offer, field.name)
        values = said if isinstance(said, tuple) else (said,)
        assert all(value in CODES or value in range(10) for value in values)
    assert offer_contents.parse(offer_contents.serialise(offer)) == offer


@given(st.text(min_size=1), st.sampled_from([field.name for field in fields(OfferContents)]))
def test_a_name_fits_nowhere_in_an_offer(text, field):
    if text in CODES:
        return
    with pytest.raises(offer_contents.OfferRefused):
        contents(**{field: text})
    with pytest.raises(offer_contents.OfferRefused):
        contents(**{field: (text,)})
