"""The demo: obviously made up, of every kind, and brought in and published like anybody's."""

from __future__ import annotations

import re

import pytest

from connect.demo import cases, organisations, seeding
from people.roles import CATEGORIES, Role, clearances
from referral.htcds.mapping import read_table
from referral.htcds.reading import read
from referral.models import Case
from referral.vocabulary import AgeStatus, Citizenship
from secure_exchange import directory
from tests.factories.people import AT, found


@pytest.mark.parametrize("key", sorted(cases.CASES))
def test_the_committed_spreadsheet_is_the_one_the_code_makes(key):
    committed = read_table(read(cases.path(key).read_bytes(), max_rows=100))
    made = read_table(read(cases.spreadsheet_of(key), max_rows=100))
    assert committed == made
    assert not any(row.problems for row in committed.rows)


@pytest.mark.parametrize("key", sorted(cases.CASES))
def test_nobody_in_it_could_be_somebody(key):
    for row in read_table(read(cases.path(key).read_bytes(), max_rows=100)).rows:
        assert re.match("Exempl|Esempio", str(row.values["prs_FirstName"]))
        assert str(row.values.get("prs_MobilePhone", "+40700000000")).startswith("+407000000")
        assert str(row.values.get("prs_Email", ".test")).endswith(".test")


@pytest.mark.django_db
def test_the_demo_brings_in_twelve_cases_of_every_kind():
    worker = found(Role.CASEWORKER)[Role.CASEWORKER]
    brought = cases.bring_in("ro", by=worker, at=AT)
    assert len(brought) == Case.objects.count() == 12
    assert {case.age_status for case in brought} == set(AgeStatus)
    assert {case.citizenship for case in brought} == set(Citizenship)
    assert sum(case.age_status != AgeStatus.ADULT for case in brought) >= 4


@pytest.mark.django_db
def test_everybody_in_the_demo_says_that_they_take_what_they_can_open():
    demo = organisations.node("ro")
    seeding.found(demo, at=AT)
    taken = {one.address: set(one.categories) for one in directory.accepting()}
    assert len(taken) == len(demo.organisations)
    for each in demo.organisations:
        keys = {scope for role in each.roles for scope in clearances(role)}
        assert taken[f"{each.slug}@{demo.host}"] == keys & set(CATEGORIES)
    assert taken[f"authority@{demo.host}"] == {"identity"}
