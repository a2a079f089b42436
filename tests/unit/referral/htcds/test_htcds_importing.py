"""From a spreadsheet to cases: preview, decision, each good row once, and what is left of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from people.actor import Actor
from people.roles import Role
from referral.flows import stages
from referral.htcds import importing, taking_out
from referral.htcds.checking import age_status, citizenship
from referral.htcds.forgetting import KEPT_FOR, STOPPED_KEPT_FOR, forget_old
from referral.htcds.keeping import open_kept
from referral.htcds.mapping import read_table
from referral.htcds.reading import read
from referral.htcds.refusals import BadRecipient, NoRows, TooManyRows, Unreadable
from referral.models import Case, ImportBatch, ImportState, Revision
from referral.record.fields import BY_NAME
from referral.record.reading import open_category
from referral.rules.refusals import Altered, IllegalStep, NotInYourRole, NotThere
from referral.vocabulary import AgeStatus, Category, Citizenship, Stage
from secure_exchange import bodies
from secure_exchange.age import Identity, decrypt_bytes
from secure_exchange.models import Entry
from tests.factories.people import AT, found
from tests.spreadsheets import form


pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
ANA = {
    "prs_FirstName": "Exemplu",
    "prs_SecondName": "Unu",
    "prs_Birthdate": date(1999, 5, 17),
    "prs_Gender": "Feminine",
    "prs_Citizenship": "RO",
    "prs_MobilePhone": "+40 700 000 001",
    "con_Consent": "Yes",
    "vic_TypeOfExploitation": "Forced labour; Servitude",
    "vic_Vulnerabilities": None,
    "cas_Status": "Active",
}
DAN = {
    "prs_FirstName": "Exemplu",
    "prs_SecondName": "Doi",
    "prs_Birthdate": "2012-01-02",
    "prs_Citizenship": "NG",
}
WRONG = {"prs_FirstName": "Exemplu", "prs_SecondName": "Trei", "prs_Gender": "Woman"}


@pytest.fixture
def worker() -> Actor:
    return found(Role.CASEWORKER)[Role.CASEWORKER]


def nothing(case: Case, stage: Stage, by: Actor, at: object) -> None:
    """Begin no flow: what an import does is the same without one."""


def previewed(worker: Actor, *rows: dict[str, object]) -> ImportBatch:
    return importing.preview(data=form(rows), by=worker, at=AT, today=TODAY)


def brought(worker: Actor, batch: ImportBatch, **kwargs: object) -> int:
    hooks = {"begin": nothing, "on_child": stages.age_changed, **kwargs}
    return importing.bring_in(batch=batch, by=worker, at=AT, today=TODAY, **hooks)


def decided(worker: Actor, *rows: dict[str, object], adults: tuple[int, ...] = ()) -> ImportBatch:
    batch = previewed(worker, *rows)
    numbers = [row.number for row in open_kept(batch, by=worker).rows]
    return importing.decide(batch=batch, chosen=numbers, adults=adults, by=worker, at=AT)


def test_a_preview_counts_and_changes_nothing(worker):
    batch = previewed(worker, ANA, WRONG)
    assert (batch.rows, batch.refused) == (2, 1)
    assert not Case.objects.exists()


def test_nothing_of_the_spreadsheet_lies_open_anywhere(worker, settings):
    batch = previewed(worker, ANA, WRONG)
    folder = Path(settings.CONNECT.FILES)
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"Exemplu" not in path.read_bytes()
    assert "Exemplu" not in str(vars(batch))
    assert not any("Exemplu" in f"{entry.object}{entry.reason}" for entry in Entry.objects.all())


def test_good_rows_become_cases_with_a_sealed_record(worker):
    batch = decided(worker, ANA, DAN, WRONG)
    assert brought(worker, batch) == 0
    ana, dan = Case.objects.order_by("pk")
    assert (ana.age_status, ana.citizenship) == (AgeStatus.ADULT, Citizenship.NATIONAL)
    assert (dan.age_status, dan.citizenship) == (AgeStatus.CHILD, Citizenship.THIRD_COUNTRY)
    identity = open_category(case=ana, category=Category.IDENTITY, by=worker, at=AT)
    assert identity.fields["prs_FirstName"] == "Exemplu"
    assert open_category(case=ana, category=Category.NEEDS, by=worker, at=AT).fields["con_Consent"] == "yes"
    assert {row.case for row in batch.imported.all()} == {ana, dan}
    batch.refresh_from_db()
    assert batch.state == ImportState.DONE


def test_the_same_batch_twice_brings_in_nothing_twice(worker):
    batch = decided(worker, ANA, DAN)
    brought(worker, batch)
    assert brought(worker, batch) == 0
    assert Case.objects.count() == 2


def test_an_import_goes_on_where_it_stopped(worker):
    batch = decided(worker, ANA, DAN)
    assert brought(worker, batch, at_most=1) == 1
    assert Case.objects.count() == 1
    assert brought(worker, batch, at_most=1) == 0
    assert Case.objects.count() == 2


def test_a_row_that_stops_in_the_middle_leaves_nothing_behind(worker):
    batch = decided(worker, ANA)

    def breaks(*args: object) -> None:
        raise IllegalStep

    with pytest.raises(IllegalStep):
        brought(worker, batch, begin=breaks)
    assert not Case.objects.exists()
    assert not Revision.objects.exists()
    assert brought(worker, batch) == 0
    assert Case.objects.count() == 1


def test_only_chosen_good_rows_come_in(worker):
    batch = previewed(worker, ANA, DAN, WRONG)
    importing.decide(batch=batch, chosen=[4, 5, 99], adults=[], by=worker, at=AT)
    brought(worker, batch)
    assert [row.number for row in batch.imported.all()] == [4]


def test_after_the_end_only_where_and_why_is_kept(worker):
    batch = decided(worker, ANA, WRONG)
    brought(worker, batch)
    batch.refresh_from_db()
    (left,) = open_kept(batch, by=worker).rows
    assert left.values == {}
    assert [problem.heading for problem in left.problems] == ["Gender"]


def test_when_every_row_came_in_nothing_is_kept(worker, django_capture_on_commit_callbacks):
    batch = decided(worker, ANA)
    with django_capture_on_commit_callbacks(execute=True):
        brought(worker, batch)
    body = batch.body
    batch.refresh_from_db()
    assert batch.body == ""
    with pytest.raises(bodies.BodyMissing):
        bodies.size(body)


def test_an_import_is_for_the_person_who_brought_it(worker):
    other = found(Role.CASEWORKER)[Role.CASEWORKER]
    batch = previewed(worker, ANA)
    with pytest.raises(NotThere):
        importing.find(batch.uuid, by=other)
    with pytest.raises(NotThere):
        open_kept(batch, by=other)


def test_a_body_of_another_import_is_not_taken(worker):
    first, second = previewed(worker, ANA), previewed(worker, DAN)
    first.body, second.body = second.body, first.body
    with pytest.raises(Altered):
        open_kept(first, by=worker)


def test_roles_that_do_not_write_records_bring_in_nothing():
    police = found(Role.POLICE_LIAISON)[Role.POLICE_LIAISON]
    with pytest.raises(NotInYourRole):
        previewed(police, ANA)


@pytest.mark.parametrize(("data", "cause"), [(b"no", Unreadable), (form([]), NoRows)])
def test_a_refused_file_leaves_one_entry_and_nothing_else(worker, data, cause):
    before = Entry.objects.count()
    with pytest.raises(cause):
        importing.preview(data=data, by=worker, at=AT, today=TODAY)
    assert Entry.objects.count() == before + 1
    assert not ImportBatch.objects.exists()


def test_too_many_rows_are_refused(worker, settings, monkeypatch):
    monkeypatch.setattr(settings.CONNECT, "MAX_IMPORT_ROWS", 1)
    assert previewed(worker, ANA).rows == 1
    with pytest.raises(TooManyRows):
        previewed(worker, ANA, DAN)


def test_deciding_twice_and_discarding_too_late_are_refused(worker):
    batch = decided(worker, ANA)
    with pytest.raises(IllegalStep):
        importing.decide(batch=batch, chosen=[3], adults=[], by=worker, at=AT)
    with pytest.raises(IllegalStep):
        importing.discard(batch=batch, by=worker, at=AT)


def test_nothing_comes_in_before_somebody_decided(worker):
    with pytest.raises(IllegalStep):
        brought(worker, previewed(worker, ANA))


def test_discarding_deletes_what_was_kept(worker, django_capture_on_commit_callbacks):
    batch = previewed(worker, ANA)
    with django_capture_on_commit_callbacks(execute=True):
        importing.discard(batch=batch, by=worker, at=AT)
    with pytest.raises(bodies.BodyMissing):
        bodies.size(batch.body)


def test_old_previews_are_forgotten_and_a_stopped_import_is_not(worker):
    old, stopped = previewed(worker, ANA), decided(worker, DAN)
    assert forget_old(at=AT + KEPT_FOR) == 0
    assert forget_old(at=AT + 2 * KEPT_FOR) == 1
    old.refresh_from_db()
    stopped.refresh_from_db()
    assert (old.state, old.body) == (ImportState.DISCARDED, "")
    assert stopped.body


def test_an_import_that_was_stopped_long_ago_is_ended_and_its_rows_are_gone(
    worker, django_capture_on_commit_callbacks
):
    stopped = decided(worker, ANA, DAN)
    brought(worker, stopped, at_most=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_old(at=AT + STOPPED_KEPT_FOR) == 0
        assert forget_old(at=AT + STOPPED_KEPT_FOR + KEPT_FOR) == 1
    body = stopped.body
    stopped.refresh_from_db()
    assert (stopped.state, stopped.body) == (ImportState.DONE, "")
    assert stopped.imported.count() == Case.objects.count() == 1
    with pytest.raises(bodies.BodyMissing):
        bodies.size(body)
    assert brought(worker, stopped) == 0


def test_doubles_in_the_file_are_told_and_siblings_are_none(worker):
    phone = {"prs_MobilePhone": "+40700000009"}
    sister = DAN | phone | {"prs_FirstName": "Alta", "prs_Birthdate": "2010-01-01"}
    batch = previewed(worker, ANA, ANA | {"prs_Birthdate": None}, DAN | phone, sister)
    assert [row.alike for row in open_kept(batch, by=worker).rows] == [(4,), (3,), (), ()]


def test_an_impossible_birth_refuses_the_row(worker):
    batch = previewed(worker, DAN | {"prs_Birthdate": "2030-01-01"}, DAN | {"prs_Birthdate": "1901-01-01"})
    assert batch.refused == 2


@pytest.mark.parametrize(
    ("values", "born_in", "expected"),
    [
        ({"prs_Birthdate": "2008-11-24"}, None, AgeStatus.CHILD),
        ({"prs_Birthdate": "2008-11-23"}, None, AgeStatus.ADULT),
        ({}, None, AgeStatus.PRESUMED_CHILD),
        ({"vic_TypeOfExploitation": ["ChildLabour"]}, None, AgeStatus.PRESUMED_CHILD),
        ({}, 2010, AgeStatus.PRESUMED_CHILD),
        ({}, 2008, AgeStatus.PRESUMED_CHILD),
        ({}, 2007, AgeStatus.ADULT),
    ],
)
def test_age_follows_the_date_of_birth_and_doubt_protects(values, born_in, expected):
    assert age_status(values, today=TODAY, born_in=born_in) == expected


UNBORN = DAN | {"prs_Birthdate": None}


def ages(worker, batch):
    brought(worker, batch)
    return [row.case.age_status for row in batch.imported.all()]


@pytest.mark.parametrize("born", [None, 2010, "2010", 2008, 2008.0])
def test_who_has_no_date_of_birth_is_treated_as_a_child_until_somebody_says_otherwise(worker, born):
    batch = decided(worker, UNBORN | {"prs_Birthdate": born})
    assert batch.refused == 0
    assert ages(worker, batch) == [AgeStatus.PRESUMED_CHILD]


@pytest.mark.parametrize("born", [None, 2008])
def test_a_caseworker_says_of_who_may_be_one_that_the_person_is_certainly_an_adult(worker, born):
    batch = decided(worker, UNBORN | {"prs_Birthdate": born}, adults=(3,))
    assert ages(worker, batch) == [AgeStatus.ADULT]
    fields = open_category(case=Case.objects.get(), category=Category.IDENTITY, by=worker, at=AT).fields
    assert "age_in_doubt" not in fields


@pytest.mark.parametrize(
    "row",
    [{"prs_Birthdate": 2010}, {"vic_TypeOfExploitation": "Child Labour"}, {"prs_Birthdate": "2012-01-02"}],
)
def test_nobody_says_adult_of_a_row_that_speaks_of_a_child(worker, row):
    batch = decided(worker, UNBORN | row, adults=(3,))
    assert ages(worker, batch)[0] != AgeStatus.ADULT


def test_a_year_that_makes_everybody_an_adult_is_enough_and_its_loss_is_told(worker):
    batch = decided(worker, UNBORN | {"prs_Birthdate": 1990})
    (row,) = open_kept(batch, by=worker).rows
    assert not row.may_be_adult
    assert any("Only the year of birth" in note.sentence for note in row.notes)
    assert ages(worker, batch) == [AgeStatus.ADULT]


@pytest.mark.parametrize("year", [2030, 1901])
def test_a_year_in_which_nobody_alive_was_born_refuses_the_row(worker, year):
    assert previewed(worker, UNBORN | {"prs_Birthdate": year}).refused == 1


def test_a_year_alone_is_still_refused_where_it_says_nothing_of_age(worker):
    (row,) = open_kept(previewed(worker, ANA | {"cas_IncomingReferralDate": 2026}), by=worker).rows
    assert [problem.heading for problem in row.problems] == ["Incoming Referral Date"]


def test_somebody_born_on_a_leap_day_is_a_child_until_march():
    born = {"prs_Birthdate": "2008-02-29"}
    assert age_status(born, today=date(2026, 2, 28)) == AgeStatus.CHILD
    assert age_status(born, today=date(2026, 3, 1)) == AgeStatus.ADULT


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["RO"], Citizenship.NATIONAL),
        (["MD", "RO"], Citizenship.NATIONAL),
        (["IT"], Citizenship.EU_CITIZEN),
        (["CH"], Citizenship.EU_CITIZEN),
        (["MD"], Citizenship.THIRD_COUNTRY),
        ([], Citizenship.UNKNOWN),
    ],
)
def test_one_citizenship_that_frees_from_permits_is_enough(codes, expected):
    assert citizenship({"prs_Citizenship": codes} if codes else {}, country="RO") == expected


def test_a_doubt_about_the_age_is_written_into_the_record(worker):
    batch = decided(worker, DAN | {"prs_Birthdate": None})
    brought(worker, batch)
    case = Case.objects.get()
    assert case.age_status == AgeStatus.PRESUMED_CHILD
    assert (
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT).fields["age_in_doubt"] == "yes"
    )


def test_an_export_opens_with_its_recipient_and_holds_every_core_value(worker):
    batch = decided(worker, ANA)
    brought(worker, batch)
    own = Identity.generate()
    sealed = taking_out.export_cases(cases=Case.objects.all(), recipient=str(own.recipient), by=worker, at=AT)
    assert b"Exemplu" not in sealed
    (row,) = read_table(read(decrypt_bytes(sealed, [own]), max_rows=9)).rows
    (before,) = read_table(read(form([ANA]), max_rows=9)).rows
    assert row.values == before.values
    assert all(BY_NAME[name].htcds for name in row.values)


@pytest.mark.parametrize("text", ["", "age1x", "AGE-SECRET-KEY-PQ-1QQQ", "someone@example.test"])
def test_an_export_to_something_that_is_no_key_is_refused(worker, text):
    with pytest.raises(BadRecipient):
        taking_out.export_cases(cases=[], recipient=text, by=worker, at=AT)


def test_an_export_is_in_the_ledger_with_the_key_it_was_sealed_to(worker):
    brought(worker, decided(worker, ANA))
    own = Identity.generate()
    taking_out.export_cases(cases=Case.objects.all(), recipient=str(own.recipient), by=worker, at=AT)
    entry = Entry.objects.get(act="case-exported")
    assert (entry.object, entry.reason) == (Case.objects.get().reference, own.recipient.fingerprint)
