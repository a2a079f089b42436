"""Refusals: recorded once, after their transaction was undone, by the outermost act."""

from __future__ import annotations

import pytest
from django.db import transaction

from people.roles import Role
from referral.cases.standing import refusals_recorded
from referral.rules.refusals import IllegalStep, NotInYourRole
from secure_exchange.models import Entry
from tests.factories.people import AT
from tests.factories.referral import team


pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return team()[Role.CASEWORKER]


def recorded(worker):
    return refusals_recorded(act="something-done", by=worker, about="RO-26-222222", at=AT)


def test_a_refusal_undoes_its_act_and_is_recorded(worker):
    before = Entry.objects.count()
    with pytest.raises(IllegalStep), recorded(worker), transaction.atomic():
        raise IllegalStep("handover_state")
    entry = Entry.objects.order_by("sequence")[before]
    assert (entry.act, entry.object, entry.reason) == (
        "something-done-refused",
        "RO-26-222222",
        "handover_state",
    )


def test_acts_inside_acts_record_a_refusal_once(worker):
    before = Entry.objects.count()
    with pytest.raises(NotInYourRole) as refusal, recorded(worker), transaction.atomic(), recorded(worker):
        raise NotInYourRole
    assert refusal.value.recorded
    assert Entry.objects.count() == before + 1


def test_an_act_inside_a_foreign_transaction_leaves_recording_to_who_undoes_it(worker):
    before = Entry.objects.count()
    with pytest.raises(NotInYourRole) as refusal, transaction.atomic(), recorded(worker):
        raise NotInYourRole
    assert not refusal.value.recorded
    assert Entry.objects.count() == before
