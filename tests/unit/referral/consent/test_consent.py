"""Consent: recorded as said, withdrawn for good, each with one ledger entry."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from guardian.shortcuts import get_perms

from people.roles import Role
from referral.consent.withdrawing import withdraw_consent
from referral.models import CategoryKeyWrap, Consent
from referral.rules.refusals import ConsentRefused, IllegalStep, NotInYourRole
from referral.vocabulary import Category
from secure_exchange.ledger import entries
from secure_exchange.models import Entry
from tests.factories.people import AT, found
from tests.factories.referral import YEAR, CaseFactory, ConsentFactory, joined, nothing_begins, team


pytestmark = pytest.mark.django_db
ABROAD = "casa-aperta@it.connect.test"


@pytest.fixture
def place():
    return team()


@pytest.fixture
def case(place):
    return CaseFactory.create(by=place[Role.CASEWORKER])


def test_a_consent_is_kept_as_it_was_said(place, case):
    consent = ConsentFactory.create(case=case, by=place[Role.CASEWORKER], receiver=ABROAD)
    kept = Consent.objects.get(uuid=consent.uuid)
    assert (kept.receiver, kept.categories, kept.until) == (ABROAD, ["identity", "needs"], AT + YEAR)
    assert kept.recorded_by == place.members[Role.CASEWORKER]
    assert kept.in_force(AT)
    assert not kept.in_force(AT + YEAR)
    entry = Entry.objects.get(act="consent-given")
    assert (entry.object, entry.reason) == (case.reference, str(consent.uuid))


@pytest.mark.parametrize(
    "said",
    [
        {"categories": []},
        {"receiver": ""},
        {"receiver": "Casa Aperta"},
        {"language": "xx"},
        {"given_at": AT + timedelta(seconds=1)},
        {"until": AT},
        {"until": AT + 3 * YEAR},
    ],
)
def test_what_was_not_properly_agreed_is_not_recorded(place, case, said):
    with pytest.raises(ConsentRefused):
        ConsentFactory.create(case=case, by=place[Role.CASEWORKER], **{"receiver": ABROAD, **said})
    assert not Consent.objects.exists()
    assert Entry.objects.filter(act="consent-given-refused").count() == 1


def test_a_child_s_consent_needs_the_guardian(place):
    case = CaseFactory.create(by=place[Role.CASEWORKER], child=True)
    with pytest.raises(ConsentRefused):
        ConsentFactory.create(case=case, by=place[Role.CASEWORKER], receiver=ABROAD)
    assert ConsentFactory.create(case=case, by=place[Role.CASEWORKER], receiver=ABROAD, by_guardian=True)


def test_withdrawing_stops_handovers_and_takes_permissions_and_keys(place, case):
    police = found(Role.SUPERVISOR)
    participation = joined(
        case, police.organisation, by=place[Role.CASEWORKER], categories=[Category.IDENTITY]
    )
    consent = participation.grants.get().consent
    stopped = []
    withdraw_consent(
        consent=consent,
        by=place[Role.SUPERVISOR],
        at=AT,
        stop=lambda *what: stopped.append(what),
        reconsider=nothing_begins,
    )
    assert stopped == [(consent, place[Role.SUPERVISOR], AT)]
    assert not consent.in_force(AT)
    assert not CategoryKeyWrap.objects.filter(clearance__organisation=police.organisation).exists()
    assert "read_identity" not in get_perms(police[Role.SUPERVISOR].user, case)
    assert Entry.objects.get(act="consent-withdrawn").reason == str(consent.uuid)


def test_a_closed_case_s_consent_can_still_be_withdrawn(place, case):
    consent = ConsentFactory.create(case=case, by=place[Role.CASEWORKER], receiver=ABROAD)
    case.closed_at, case.closed_by, case.passed_to = AT, place.members[Role.CASEWORKER], ABROAD
    case.save()
    withdraw_consent(
        consent=consent, by=place[Role.CASEWORKER], at=AT, stop=nothing_begins, reconsider=nothing_begins
    )


def test_a_withdrawal_happens_once(place, case):
    consent = ConsentFactory.create(case=case, by=place[Role.CASEWORKER], receiver=ABROAD)
    withdraw_consent(
        consent=consent, by=place[Role.CASEWORKER], at=AT, stop=nothing_begins, reconsider=nothing_begins
    )
    with pytest.raises(IllegalStep):
        withdraw_consent(
            consent=consent, by=place[Role.CASEWORKER], at=AT, stop=pytest.fail, reconsider=nothing_begins
        )


def test_when_stopping_fails_nothing_is_withdrawn(place, case):
    consent = ConsentFactory.create(case=case, by=place[Role.CASEWORKER], receiver=ABROAD)

    def fails(*_: object) -> None:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError), transaction.atomic():
        withdraw_consent(
            consent=consent, by=place[Role.CASEWORKER], at=AT, stop=fails, reconsider=nothing_begins
        )
    assert Consent.objects.get(pk=consent.pk).withdrawn_at is None


def test_when_the_ledger_fails_nothing_is_recorded(place, case, monkeypatch):
    def fails(**_: object) -> None:
        raise RuntimeError("ledger")

    monkeypatch.setattr(entries, "append", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        ConsentFactory.create(case=case, by=place[Role.CASEWORKER], receiver=ABROAD)
    assert not Consent.objects.exists()


def test_a_role_that_sees_no_categories_records_no_consent(place, case):
    focal = found(Role.SUPERVISOR)
    joined(case, focal.organisation, by=place[Role.CASEWORKER], categories=[Category.NEEDS])
    with pytest.raises(NotInYourRole):
        ConsentFactory.create(case=case, by=focal[Role.SUPERVISOR], receiver=ABROAD)
