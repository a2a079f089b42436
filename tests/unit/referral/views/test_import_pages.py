"""The pages of an import, without script: upload, preview, decide, go on, report; and out again, sealed."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.htcds import importing
from referral.htcds.forgetting import STOPPED_KEPT_FOR, forget_old
from referral.htcds.mapping import read_table
from referral.htcds.reading import read
from referral.models import Case, ImportBatch
from secure_exchange.age import Identity, decrypt_bytes
from secure_exchange.models import Entry
from tests.factories.people import found
from tests.spreadsheets import form


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]

GOOD = {
    "prs_FirstName": "Exemplu",
    "prs_SecondName": "Unu",
    "prs_Birthdate": "1999-05-17",
    "prs_Citizenship": "RO",
}
UNBORN = {"prs_FirstName": "Altul", "prs_SecondName": "Doi", "vic_TypeOfExploitation": "Forced labour"}
WRONG = {"prs_FirstName": "Exemplu", "prs_SecondName": "Trei", "prs_Gender": "Woman", "prs_Birthdate": "=1+1"}


@pytest.fixture
def office():
    return found(Role.CASEWORKER, Role.SUPERVISOR)


@pytest.fixture
def inside(client, office, signed_in) -> Client:
    return signed_in(client, office.members[Role.CASEWORKER])


def upload(client: Client, data: bytes):
    file = SimpleUploadedFile("cases.xlsx", data)
    return client.post(reverse("imports"), {"file": file})


def previewed(client: Client, *rows: dict[str, object]) -> ImportBatch:
    answer = upload(client, form(rows))
    assert answer.status_code == 302
    return ImportBatch.objects.latest("uploaded_at")


def page(client: Client, batch: ImportBatch) -> str:
    answer = client.get(reverse("import", args=[batch.uuid]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_upload_page_is_there(inside):
    assert "Get the empty form" in inside.get(reverse("imports")).content.decode()


def test_a_preview_says_each_error_in_words_beside_row_and_column(inside):
    text = page(inside, previewed(inside, GOOD, WRONG))
    assert "(H4)" in text
    assert "This answer is not in the list" in text
    assert "(G4)" in text
    assert "This cell holds a formula" in text
    assert not Case.objects.exists()


def test_a_preview_says_where_the_form_disagrees_with_itself(inside):
    assert "prs_MailingPostalCode" in page(inside, previewed(inside, GOOD | {"prs_MailingCountry": "RO"}))
    assert "prs_MailingPostalCode" not in page(inside, previewed(inside, GOOD))


def test_the_table_of_rows_can_be_reached_and_scrolled_by_keyboard(inside):
    assert re.search(r'role="region"[^>]*tabindex="0"', page(inside, previewed(inside, GOOD)))


def test_good_rows_come_in_and_the_rest_is_reported(inside):
    batch = previewed(inside, GOOD, UNBORN, WRONG)
    answer = inside.post(reverse("import", args=[batch.uuid]), {"row": ["3", "4"]}, follow=True)
    assert answer.status_code == 200
    assert [case.is_child for case in Case.objects.order_by("pk")] == [False, True]
    text = answer.content.decode()
    assert all(case.reference in text for case in Case.objects.all())
    assert "Row 5" in text
    assert "Exemplu" not in text


def test_a_caseworker_says_in_the_preview_who_is_certainly_an_adult(inside):
    batch = previewed(inside, GOOD, UNBORN, UNBORN | {"prs_SecondName": "Patru"})
    text = page(inside, batch)
    assert text.count('name="adult"') == 2
    assert "certainly an adult" in text
    assert "checked" not in re.findall(r'<input[^>]*name="adult"[^>]*>', text)[0]
    inside.post(reverse("import", args=[batch.uuid]), {"row": ["3", "4", "5"], "adult": ["3", "4"]})
    assert [case.age_status for case in Case.objects.order_by("pk")] == ["adult", "adult", "presumed_child"]


def test_the_report_names_places_and_reasons_and_no_value(inside):
    batch = previewed(inside, GOOD, WRONG)
    answer = inside.get(reverse("import-report", args=[batch.uuid]))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert {row[:3] for row in rows[1:3]} == {(4, "G", "Birthdate"), (4, "H", "Gender")}
    assert "Woman" not in str(rows)
    assert "Exemplu" not in str(rows)


def test_an_import_of_many_rows_goes_on_page_by_page(inside, monkeypatch):
    monkeypatch.setattr(importing.bring_in, "__kwdefaults__", {"at_most": 1})
    batch = previewed(inside, GOOD, UNBORN)
    answer = inside.post(reverse("import", args=[batch.uuid]), {"row": ["3", "4"]}, follow=True)
    assert "1 of 2 rows are cases now" in answer.content.decode()
    answer = inside.post(reverse("import-go-on", args=[batch.uuid]), follow=True)
    assert Case.objects.count() == 2
    inside.post(reverse("import-go-on", args=[batch.uuid]))
    assert Case.objects.count() == 2


def test_an_import_that_was_stopped_and_forgotten_says_what_did_not_come_in(inside, monkeypatch, at):
    monkeypatch.setattr(importing.bring_in, "__kwdefaults__", {"at_most": 1})
    batch = previewed(inside, GOOD, UNBORN)
    inside.post(reverse("import", args=[batch.uuid]), {"row": ["3", "4"]})
    forget_old(at=at + 2 * STOPPED_KEPT_FOR)
    text = page(inside, batch)
    assert "1 row is not a case" in text
    assert "Every row is a case now" not in text
    inside.post(reverse("import-go-on", args=[batch.uuid]))
    assert Case.objects.count() == 1


def test_a_preview_can_be_discarded(inside):
    batch = previewed(inside, GOOD)
    inside.post(reverse("import-discard", args=[batch.uuid]))
    assert "Nothing of this spreadsheet is kept here" in page(inside, batch)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"no spreadsheet", 422, "import-unreadable"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, 422, "import-locked"),
        (form([]), 422, "import-no-rows"),
        (form([GOOD] * 2100), 413, "import-too-many-rows"),
    ],
)
def test_a_file_that_is_not_taken_is_answered_in_words_with_its_status_and_one_entry(
    inside, data, status, code
):
    before = Entry.objects.count()
    answer = upload(inside, data)
    assert answer.status_code == status
    assert "nothing is lost" in answer.content.decode()
    assert Entry.objects.count() == before + 1
    assert Entry.objects.latest("sequence").reason == code
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_refused_by_its_announced_size(inside, settings):
    answer = upload(inside, b"x" * (settings.CONNECT.MAX_IMPORT_BYTES + 1))
    assert answer.status_code == 413
    assert Entry.objects.latest("sequence").reason == "import-too-large"


def test_an_upload_without_its_token_is_refused(office, signed_in):
    strict = Client(enforce_csrf_checks=False)
    signed_in(strict, office.members[Role.CASEWORKER])
    strict.handler.enforce_csrf_checks = True
    assert upload(strict, form([GOOD])).status_code == 403
    assert not ImportBatch.objects.exists()


def test_nothing_chosen_is_an_upload_without_a_file(inside):
    answer = inside.post(reverse("imports"), {})
    assert answer.status_code == 422


def test_an_import_of_a_colleague_looks_as_if_it_were_not_there(inside, client, signed_in):
    batch = previewed(inside, GOOD)
    other = found(Role.CASEWORKER)
    outside = signed_in(Client(), other.members[Role.CASEWORKER])
    for name in ("import", "import-report"):
        assert outside.get(reverse(name, args=[batch.uuid])).status_code == 404
    assert outside.post(reverse("import-go-on", args=[batch.uuid])).status_code == 404


def test_a_role_that_brings_nothing_in_is_told_so(office, signed_in):
    supervisor = signed_in(Client(), office.members[Role.SUPERVISOR])
    assert supervisor.get(reverse("imports")).status_code == 403
    assert upload(supervisor, form([GOOD])).status_code == 403


def test_a_case_goes_out_sealed_to_a_key(inside):
    batch = previewed(inside, GOOD)
    inside.post(reverse("import", args=[batch.uuid]), {"row": ["3"]})
    reference = Case.objects.get().reference
    own = Identity.generate()
    address = reverse("case-export", args=[reference])
    assert inside.get(address).status_code == 200
    answer = inside.post(address, {"recipient": str(own.recipient)})
    assert answer["Content-Disposition"] == 'attachment; filename="cases.xlsx.age"'
    (row,) = read_table(read(decrypt_bytes(answer.content, [own]), max_rows=9)).rows
    assert row.values["prs_FirstName"] == "Exemplu"


def test_an_export_to_no_key_says_so_beside_the_field(inside):
    answer = inside.post(reverse("cases-export"), {"recipient": "AGE-SECRET-KEY-PQ-1ABC"})
    assert answer.status_code == 422
    assert "This is not a public key" in answer.content.decode()


def test_the_empty_form_is_the_one_that_is_read(inside):
    answer = inside.get(reverse("import-form"))
    assert len(read_table(read(answer.content, max_rows=9)).columns) >= 40
