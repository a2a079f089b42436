"""The sealed record: two walls, a chain of revisions, and nothing that can be moved elsewhere unseen."""

from __future__ import annotations

import pytest
from django.db import transaction
from guardian.shortcuts import remove_perm

from people.roles import Role
from referral.cases.disclosing import disclose
from referral.cases.keys import open_key, recipient
from referral.models import CategoryKey, CategoryKeyWrap, Consent, Revision
from referral.record.fields import NotAccepted
from referral.record.reading import open_category
from referral.record.revising import receive_category, revise
from referral.record.sealing import revision_line, seal
from referral.rules.refusals import (
    Altered,
    IllegalStep,
    NoKey,
    NotInYourRole,
    NotThere,
    Overtaken,
    ReasonNeeded,
)
from referral.vocabulary import Category, ConsentManner, Purpose, ReadingReason
from secure_exchange.age import Identity, decrypt_bytes, encrypt_bytes
from secure_exchange.ledger import entries
from secure_exchange.models import Entry
from tests.factories.people import AT, found
from tests.factories.referral import CaseFactory, joined, nothing_begins, team


pytestmark = pytest.mark.django_db
NAME = {"prs_FirstName": "Inventata"}


@pytest.fixture
def place():
    return team()


@pytest.fixture
def worker(place):
    return place[Role.CASEWORKER]


@pytest.fixture
def case(worker):
    return CaseFactory.create(by=worker)


def written(case, worker, category=Category.IDENTITY, fields=NAME, based_on=0):
    return revise(
        case=case,
        category=category,
        fields=fields,
        based_on=based_on,
        by=worker,
        at=AT,
        on_child=nothing_begins,
    )


def put(row: Revision, **other: object) -> None:
    """A copy of a sealed revision in another place, as an attacker of the database would make it."""
    facts = {
        name: getattr(row, name) for name in ("case", "category", "number", "sealed", "made_at", "made_by")
    }
    Revision.objects.create(**{**facts, **other})


def test_what_is_written_is_read_again(case, worker):
    written(case, worker)
    opened = open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    assert (opened.number, opened.fields, opened.made_by) == (1, NAME, worker.membership)
    assert "Inventata" not in repr(opened)


def test_an_unwritten_category_opens_empty(case, worker):
    opened = open_category(case=case, category=Category.NEEDS, by=worker, at=AT)
    assert (opened.number, opened.fields, opened.made_at) == (0, {}, None)


def test_the_table_holds_no_clear_word(case, worker):
    written(case, worker)
    assert b"Inventata" not in bytes(Revision.objects.get().sealed)
    assert b"FirstName" not in bytes(Revision.objects.get().sealed)


def test_revisions_make_a_chain_and_earlier_ones_stay_readable(case, worker):
    written(case, worker)
    written(case, worker, fields={"prs_FirstName": "Alta"}, based_on=1)
    latest = open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    first = open_category(case=case, category=Category.IDENTITY, by=worker, at=AT, number=1)
    assert (latest.number, latest.fields["prs_FirstName"]) == (2, "Alta")
    assert (first.number, first.fields["prs_FirstName"]) == (1, "Inventata")
    with pytest.raises(NotThere):
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT, number=3)


def test_a_revision_based_on_an_older_one_is_refused(case, worker):
    written(case, worker)
    with pytest.raises(Overtaken) as refusal:
        written(case, worker)
    assert refusal.value.status == 409
    assert Revision.objects.count() == 1


def test_unknown_fields_and_values_do_not_enter_a_record(case, worker):
    for fields in ({"vic_Nonsense": "x"}, {"prs_Birthdate": "yesterday"}):
        with pytest.raises(NotAccepted):
            written(case, worker, fields=fields)
    assert not Revision.objects.exists()


def test_each_look_and_each_change_is_one_ledger_entry_without_content(case, worker):
    before = Entry.objects.count()
    written(case, worker)
    open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    revised, read = Entry.objects.order_by("sequence")[before:]
    assert (revised.act, revised.category, revised.reason) == ("record-revised", "identity", "1")
    assert (read.act, read.object, read.actor) == ("record-read", case.reference, worker.pseudonym)


def test_the_permission_without_the_key_opens_nothing(case, worker):
    written(case, worker)
    CategoryKeyWrap.objects.filter(category_key__category="identity").delete()
    with pytest.raises(NoKey):
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    assert Entry.objects.get(act="record-read-refused").reason == "no-key"


def test_the_key_without_the_permission_opens_nothing(case, worker):
    written(case, worker)
    assert open_key(case=case, category=Category.IDENTITY, by=worker)
    remove_perm("read_identity", worker.user, case)
    with pytest.raises(NotInYourRole) as refusal:
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    assert refusal.value.status == 403
    remove_perm("work_case", worker.user, case)
    with pytest.raises(NotThere) as refusal:
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    assert refusal.value.status == 404


def test_a_person_outside_sees_no_difference_between_a_case_and_none(case, worker):
    with pytest.raises(NotThere):
        open_category(case=case, category=Category.IDENTITY, by=team()[Role.CASEWORKER], at=AT)


def test_a_role_that_only_reads_does_not_write(case, place):
    with pytest.raises(NotInYourRole) as refusal:
        written(case, place[Role.SUPERVISOR])
    assert refusal.value.reason == "read_only"


def test_what_is_only_disclosed_needs_a_reason_each_time(case, place, worker):
    written(case, worker, category=Category.CONTACT, fields={"prs_MobilePhone": "+40700000000"})
    chief = place[Role.SUPERVISOR]
    disclose(case=case, category=Category.CONTACT, until=AT.replace(day=30), by=worker, at=AT)
    with pytest.raises(ReasonNeeded):
        open_category(case=case, category=Category.CONTACT, by=chief, at=AT)
    open_category(case=case, category=Category.CONTACT, by=chief, at=AT, reason=ReadingReason.DANGER)
    assert Entry.objects.get(act="record-read").reason == "danger"


def test_a_joined_organisation_reads_what_was_shared_and_only_that(case, worker):
    written(case, worker)
    other = found(Role.SUPERVISOR)
    joined(case, other.organisation, by=worker, categories=[Category.IDENTITY])
    opened = open_category(case=case, category=Category.IDENTITY, by=other[Role.SUPERVISOR], at=AT)
    assert opened.fields == NAME
    with pytest.raises(NotInYourRole):
        open_category(case=case, category=Category.NEEDS, by=other[Role.SUPERVISOR], at=AT)


def test_a_revision_moved_to_another_number_is_refused(case, worker):
    put(written(case, worker), number=2)
    with pytest.raises(Altered):
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    assert Entry.objects.get(act="record-read-refused").reason == "altered"


def test_a_revision_resealed_for_another_case_or_category_is_refused(case, worker):
    """Even somebody who can reseal, because both organisations are theirs, cannot move a revision."""
    row = written(case, worker)
    plain = decrypt_bytes(bytes(row.sealed), [open_key(case=case, category=Category.IDENTITY, by=worker)])
    other = CaseFactory.create(by=worker)
    put(row, case=other, sealed=encrypt_bytes(plain, [recipient(case=other, category=Category.IDENTITY)]))
    put(row, category="family", sealed=encrypt_bytes(plain, [recipient(case=case, category=Category.FAMILY)]))
    with pytest.raises(Altered):
        open_category(case=other, category=Category.IDENTITY, by=worker, at=AT)
    with pytest.raises(Altered):
        open_category(case=case, category=Category.FAMILY, by=worker, at=AT)


def test_a_revision_that_does_not_follow_the_one_before_it_is_refused(case, worker):
    written(case, worker)
    line = revision_line(
        case=case, category=Category.IDENTITY, number=2, previous=b"some other first revision"
    )
    forged = seal(b'{"fields": {}}', line=line, recipient=recipient(case=case, category=Category.IDENTITY))
    put(Revision.objects.get(), number=2, sealed=forged)
    with pytest.raises(Altered):
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)


def test_a_damaged_revision_is_refused(case, worker):
    row = written(case, worker)
    put(row, category="family", sealed=bytes(row.sealed)[:-1])
    with pytest.raises(Altered):
        open_category(case=case, category=Category.FAMILY, by=worker, at=AT)


def test_a_key_moved_to_another_category_is_refused(case, worker):
    family = CategoryKeyWrap.objects.get(category_key__case=case, category_key__category="family")
    text = b"# connect category %s identity\n%s\n" % (
        str(case.uuid).encode(),
        str(Identity.generate()).encode(),
    )
    clearance = worker.keys.clearance(worker.organisation, "family").recipient
    CategoryKeyWrap.objects.filter(pk=family.pk).update(sealed=encrypt_bytes(text, [clearance]))
    with pytest.raises(Altered):
        open_key(case=case, category=Category.FAMILY, by=worker)


def test_a_public_key_put_in_by_somebody_else_is_noticed_before_anything_is_sealed_to_it(case, worker):
    CategoryKey.objects.filter(case=case, category="identity").update(
        recipient=str(Identity.generate().recipient)
    )
    with pytest.raises(Altered):
        written(case, worker)
    assert not Revision.objects.exists()


def test_when_the_ledger_fails_nothing_is_shown_or_written(case, worker, monkeypatch):
    written(case, worker)

    def fails(**_: object) -> None:
        raise RuntimeError("ledger")

    monkeypatch.setattr(entries, "append", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        open_category(case=case, category=Category.IDENTITY, by=worker, at=AT)
    with pytest.raises(RuntimeError), transaction.atomic():
        written(case, worker, based_on=1)
    assert Revision.objects.count() == 1


def test_a_received_record_is_sealed_whatever_the_opener_s_role(worker):
    social = found(Role.SOCIAL_WORKER)[Role.SOCIAL_WORKER]
    thread = "018f0000-0000-7000-8000-000000000001"
    agreement = Consent(
        receiver=social.organisation.address,
        categories=[Category.IDENTITY.value],
        purpose=Purpose.ASSISTANCE.value,
        language="ro",
        manner=ConsentManner.WRITTEN.value,
        given_at=AT,
        recorded_at=AT,
        recorded_by=social.membership,
        until=AT.replace(day=30),
    )
    case = CaseFactory.create(by=social, received_in=thread, agreement=agreement)
    receive_category(case=case, category=Category.IDENTITY, fields=NAME, by=social, at=AT)
    opened = open_category(
        case=case, category=Category.IDENTITY, by=social, at=AT, reason=ReadingReason.GIVE_SERVICE
    )
    assert opened.fields == NAME
    receive_category(case=case, category=Category.IDENTITY, fields=NAME, by=social, at=AT)
    assert Revision.objects.filter(case=case).count() == 1, "the same again is not written again"
    with pytest.raises(NotInYourRole):
        open_category(case=case, category=Category.CONTACT, by=social, at=AT, reason=ReadingReason.DANGER)
    home = CaseFactory.create(by=worker)
    with pytest.raises(IllegalStep):
        receive_category(case=home, category=Category.IDENTITY, fields=NAME, by=worker, at=AT)
