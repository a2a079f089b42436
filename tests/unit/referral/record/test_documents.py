"""Documents: sealed on the way in, opened on the way out, and no clear byte or half file left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from people.roles import Role
from referral.models import CategoryKeyWrap, Document
from referral.record import documents
from referral.record.uploading import SealingUpload, SealingUploadHandler
from referral.rules.refusals import Altered, NoKey, NotInYourRole, NotThere, TooLarge
from secure_exchange import bodies
from secure_exchange.age import PayloadError
from secure_exchange.ledger import entries
from secure_exchange.models import Entry
from tests.factories.people import AT
from tests.factories.referral import CaseFactory, team


pytestmark = pytest.mark.django_db
CONTENT = b"a letter that nobody else reads " * 100_000
SECRET = b"nobody else reads"


@pytest.fixture
def place():
    return team()


@pytest.fixture
def worker(place):
    return place[Role.CASEWORKER]


@pytest.fixture
def case(worker):
    return CaseFactory.create(by=worker)


def sealed(case, content: bytes = CONTENT, name: str = "scrisoare.pdf", media_type: str = "application/pdf"):
    upload = SealingUpload(case=case)
    upload.begin(name, media_type)
    for start in range(0, len(content), 70_001):
        upload.write(content[start : start + 70_001])
    return upload.complete()


def files() -> list[Path]:
    return [path for path in Path(settings.CONNECT.FILES).rglob("*") if path.is_file()]


def request_with(content: bytes, cut: int = 0):
    body = encode_multipart(
        BOUNDARY, {"note": "x", "document": SimpleUploadedFile("poza.jpg", content, "image/jpeg")}
    )
    return RequestFactory().generic("POST", "/", body[: len(body) - cut], content_type=MULTIPART_CONTENT)


def test_a_document_comes_back_as_it_was_under_a_neutral_name(case, worker):
    row = documents.add(case=case, file=sealed(case), by=worker, at=AT)
    download = documents.read(case=case, document=row.uuid, by=worker, at=AT)
    assert b"".join(download.chunks) == CONTENT
    assert download.size == len(CONTENT)
    assert download.file_name == f"document-{row.uuid.hex[:8]}.pdf"
    assert download.media_type == "application/pdf"


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 1024 * 1024])
def test_documents_of_every_size_come_back(case, worker, size):
    row = documents.add(case=case, file=sealed(case, b"x" * size), by=worker, at=AT)
    download = documents.read(case=case, document=row.uuid, by=worker, at=AT)
    assert b"".join(download.chunks) == b"x" * size


def test_neither_file_nor_table_holds_a_clear_word(case, worker):
    row = documents.add(case=case, file=sealed(case), by=worker, at=AT)
    assert all(SECRET not in path.read_bytes() for path in files())
    assert b"scrisoare" not in bytes(row.sealed_meta)
    assert not Entry.objects.filter(reason__contains="scrisoare").exists()


def test_the_list_opens_names_with_one_ledger_entry(case, worker):
    documents.add(case=case, file=sealed(case), by=worker, at=AT)
    documents.add(case=case, file=sealed(case, b"2", "a doua.txt", "no type at all"), by=worker, at=AT)
    listed = documents.listed(case=case, by=worker, at=AT)
    assert {(row.name, row.media_type, row.size) for row in listed} == {
        ("scrisoare.pdf", "application/pdf", len(CONTENT)),
        ("a doua.txt", "application/octet-stream", 1),
    }
    assert Entry.objects.filter(act="documents-listed").count() == 1
    assert "scrisoare" not in repr(listed)


def test_a_damaged_document_breaks_the_download_instead_of_ending_it(case, worker):
    row = documents.add(case=case, file=sealed(case), by=worker, at=AT)
    with bodies.writing(row.body) as body:
        body.seek(-10, 2)
        body.write(b"x")
    chunks = documents.read(case=case, document=row.uuid, by=worker, at=AT).chunks
    got: list[bytes] = []
    with pytest.raises(PayloadError):
        got.extend(chunks)
    assert CONTENT.startswith(b"".join(got))


def test_a_cut_document_breaks_the_download(case, worker):
    row = documents.add(case=case, file=sealed(case), by=worker, at=AT)
    with bodies.writing(row.body) as body:
        body.truncate(bodies.size(row.body) - 65552)
    with pytest.raises(PayloadError):
        b"".join(documents.read(case=case, document=row.uuid, by=worker, at=AT).chunks)


def test_a_document_put_in_the_place_of_another_is_refused(case, worker):
    one = documents.add(case=case, file=sealed(case), by=worker, at=AT)
    two = documents.add(case=case, file=sealed(case, b"another"), by=worker, at=AT)
    Document.objects.filter(pk=one.pk).update(body="0" * 32)
    Document.objects.filter(pk=two.pk).update(body=one.body)
    for row in (one, two):
        with pytest.raises(Altered):
            documents.read(case=case, document=row.uuid, by=worker, at=AT)
    assert Entry.objects.filter(act="document-read-refused", reason="altered").count() == 2


def test_a_file_sealed_for_another_case_is_not_kept(case, worker):
    other = CaseFactory.create(by=worker)
    with pytest.raises(Altered):
        documents.add(case=other, file=sealed(case), by=worker, at=AT)
    assert not files()


def test_both_walls_stand_before_documents(case, place, worker):
    row = documents.add(case=case, file=sealed(case), by=worker, at=AT)
    with pytest.raises(NotInYourRole):
        documents.read(case=case, document=row.uuid, by=place[Role.SUPERVISOR], at=AT)
    with pytest.raises(NotThere):
        documents.read(case=case, document=row.uuid, by=team()[Role.CASEWORKER], at=AT)
    CategoryKeyWrap.objects.filter(category_key__category="documents").delete()
    with pytest.raises(NoKey):
        documents.read(case=case, document=row.uuid, by=worker, at=AT)


def test_another_case_s_document_is_not_there(case, worker):
    row = documents.add(case=case, file=sealed(case), by=worker, at=AT)
    other = CaseFactory.create(by=worker)
    with pytest.raises(NotThere):
        documents.read(case=other, document=row.uuid, by=worker, at=AT)


def test_a_refused_document_leaves_no_file(case, place):
    with pytest.raises(NotInYourRole):
        documents.add(case=case, file=sealed(case), by=place[Role.SUPERVISOR], at=AT)
    assert not files()
    assert not Document.objects.exists()


def test_when_the_ledger_fails_no_document_and_no_file_is_left(case, worker, monkeypatch):
    def fails(**_: object) -> None:
        raise RuntimeError("ledger")

    monkeypatch.setattr(entries, "append", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        documents.add(case=case, file=sealed(case), by=worker, at=AT)
    assert not files()
    assert not Document.objects.exists()


def test_a_document_over_the_limit_is_refused_and_deleted(case, monkeypatch):
    monkeypatch.setattr(settings.CONNECT, "MAX_DOCUMENT_BYTES", 1000)
    with pytest.raises(TooLarge) as refusal:
        sealed(case, b"x" * 1001)
    assert refusal.value.status == 413
    assert not files()
    sealed(case, b"x" * 1000)


def test_an_upload_is_sealed_while_it_comes_in(case, worker):
    request = request_with(CONTENT)
    handler = SealingUploadHandler(request, case=case)
    request.upload_handlers = [handler]
    upload = request.FILES["document"]
    handler.check()
    assert (upload.name, upload.size, request.POST["note"]) == ("poza.jpg", len(CONTENT), "x")
    assert all(SECRET not in path.read_bytes() for path in files())
    row = documents.add(case=case, file=upload.sealed, by=worker, at=AT)
    request.close()
    assert b"".join(documents.read(case=case, document=row.uuid, by=worker, at=AT).chunks) == CONTENT


def test_an_upload_that_no_act_keeps_is_deleted_with_its_request(case):
    request = request_with(CONTENT)
    request.upload_handlers = [SealingUploadHandler(request, case=case)]
    assert request.FILES["document"]
    assert files()
    request.close()
    assert not files()


def test_an_upload_over_the_limit_is_read_to_its_end_and_refused(case, monkeypatch):
    monkeypatch.setattr(settings.CONNECT, "MAX_DOCUMENT_BYTES", 100_000)
    request = request_with(CONTENT)
    handler = SealingUploadHandler(request, case=case)
    request.upload_handlers = [handler]
    assert "document" not in request.FILES
    assert request.POST["note"] == "x"
    with pytest.raises(TooLarge):
        handler.check()
    assert not files()


def test_a_cut_upload_leaves_nothing(case):
    request = request_with(CONTENT, cut=len(CONTENT) // 2)
    request.upload_handlers = [SealingUploadHandler(request, case=case)]
    assert "document" not in request.FILES
    assert not files()


def test_a_document_that_a_handover_brought_is_sealed_again(case, worker):
    row = documents.receive(
        case=case, name="atto.pdf", media_type="application/pdf", chunks=[b"one ", b"two"], by=worker, at=AT
    )
    assert b"".join(documents.read(case=case, document=row.uuid, by=worker, at=AT).chunks) == b"one two"


def test_a_handover_s_document_that_breaks_off_leaves_no_file(case, worker):
    def breaks():
        yield b"one"
        raise PayloadError("cut")

    with pytest.raises(PayloadError):
        documents.receive(case=case, name="a", media_type="", chunks=breaks(), by=worker, at=AT)
    assert not files()
