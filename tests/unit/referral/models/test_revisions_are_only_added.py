"""Revisions are only ever added: Python refuses, and so does the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from people.roles import Role
from referral.models import Revision
from referral.record.revising import revise
from referral.vocabulary import Category
from secure_exchange.models.append_only import AppendOnlyError
from tests.factories.people import AT
from tests.factories.referral import CaseFactory, nothing_begins, team


pytestmark = pytest.mark.django_db


@pytest.fixture
def revision():
    worker = team()[Role.CASEWORKER]
    case = CaseFactory.create(by=worker)
    return revise(
        case=case, category=Category.NEEDS, fields={}, based_on=0, by=worker, at=AT, on_child=nothing_begins
    )


def test_python_refuses_to_change_or_delete(revision):
    revision.number = 2
    for change in (
        revision.save,
        revision.delete,
        lambda: Revision.objects.update(number=2),
        lambda: Revision.objects.all().delete(),
        lambda: Revision.objects.bulk_update([revision], ["number"]),
        lambda: Revision.objects.update_or_create(pk=revision.pk, defaults={"number": 2}),
    ):
        with pytest.raises(AppendOnlyError):
            change()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE referral_revision SET number = 2",
        "DELETE FROM referral_revision",
        "INSERT OR REPLACE INTO referral_revision SELECT * FROM referral_revision",
    ],
)
def test_the_database_refuses_to_change_delete_or_replace(revision, statement):
    if "REPLACE" in statement and connection.vendor != "sqlite":
        return
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Revision.objects.get().number == 1
