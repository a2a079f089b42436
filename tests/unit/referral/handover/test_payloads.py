from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.handover import payloads
from referral.handover.payloads import (
    CaseFacts,
    ConsentSummary,
    DocumentHeader,
    RecordPart,
    Reply,
    Withdrawal,
    WithdrawalReason,
)
from referral.vocabulary import (
    AgeStatus,
    Category,
    Citizenship,
    ConsentManner,
    DeclineReason,
    HandoverKind,
    Purpose,
    Stage,
)
from secure_exchange.errors import Malformed, Refused, VersionUnknown


CONSENT = ConsentSummary(
    receiver="casa-aperta@it.connect.test",
    categories=(Category.IDENTITY, Category.NEEDS),
    purpose=Purpose.ASSISTANCE,
    language="ro",
    manner=ConsentManner.SPOKEN_WITH_INTERPRETER,
    by_guardian=False,
    given_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
    until=datetime(2027, 5, 1, 9, tzinfo=UTC),
)
CASE = CaseFacts(
    reference="RO-26-7KQ4M9",
    country="RO",
    kind=HandoverKind.TRANSFER,
    stage=Stage.PROTECTION,
    age_status=AgeStatus.ADULT,
    citizenship=Citizenship.NATIONAL,
    consent=CONSENT,
)
PART = RecordPart(category=Category.NEEDS, case=CASE, fields={"needs": ["SAFE_ACCOMMODATION"], "rooms": 1})
HEADER = DocumentHeader(case=CASE, name="Scrisoare ș.pdf", media_type="application/pdf")


def changed(data: bytes, **members: object) -> bytes:
    return json.dumps({**json.loads(data), **members}).encode()


def test_every_payload_comes_back_as_it_was_written():
    assert RecordPart.from_bytes(PART.to_bytes()) == PART
    assert DocumentHeader.from_bytes(HEADER.to_bytes().rstrip(b"\n")) == HEADER
    for reply in (Reply(), Reply(text="Da, mâine."), Reply(reason=DeclineReason.NO_PLACE, text="x")):
        assert Reply.from_bytes(reply.to_bytes()) == reply
    for reason in WithdrawalReason:
        assert Withdrawal.from_bytes(Withdrawal(reason=reason).to_bytes()).reason is reason


def test_a_document_follows_its_line_byte_for_byte():
    source = BytesIO(HEADER.to_bytes() + b"\x00\n%PDF")
    assert payloads.split_document(source) == HEADER
    assert source.read() == b"\x00\n%PDF"


def test_a_document_without_a_line_is_refused():
    with pytest.raises(Malformed):
        payloads.split_document(BytesIO(b"x" * (payloads.MAX_HEADER_BYTES + 10)))
    with pytest.raises(Malformed):
        payloads.split_document(BytesIO(b""))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"version": 2}, VersionUnknown),
        ({"version": True}, Refused),
        ({"version": "1"}, Malformed),
        ({"category": "shoe_size"}, Malformed),
        ({"category": None}, Malformed),
        ({"fields": ["a"]}, Malformed),
        ({"fields": {"a b": 1}}, Malformed),
        ({"more": 1}, Malformed),
        ({"case": None}, Malformed),
    ],
)
def test_a_record_of_another_shape_is_refused(change, fault):
    with pytest.raises(fault):
        RecordPart.from_bytes(changed(PART.to_bytes(), **change))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "holiday"),
        ("kind", "gift"),
        ("age_status", "ADULT"),
        ("citizenship", 1),
        ("reference", "../../etc"),
        ("country", "ro"),
    ],
)
def test_an_unknown_word_is_never_mapped_to_a_known_one(name, value):
    case = {**CASE.as_members(), name: value}
    with pytest.raises(Malformed):
        RecordPart.from_bytes(changed(PART.to_bytes(), case=case))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("categories", []),
        ("categories", ["everything"]),
        ("by_guardian", "no"),
        ("until", "tomorrow"),
        ("manner", "assumed"),
        ("purpose", "other"),
        ("receiver", "nobody"),
    ],
)
def test_a_consent_that_is_not_one_is_refused(name, value):
    case = {**CASE.as_members(), "consent": {**CONSENT.as_members(), name: value}}
    with pytest.raises(Malformed):
        RecordPart.from_bytes(changed(PART.to_bytes(), case=case))


def test_an_unknown_reason_to_decline_is_refused():
    with pytest.raises(Malformed):
        Reply.from_bytes(changed(Reply().to_bytes(), reason="because"))
    with pytest.raises(Malformed):
        Reply.from_bytes(changed(Reply().to_bytes(), text="x" * (payloads.MAX_TEXT + 1)))


@pytest.mark.parametrize("half", ["\ud800", "\udc00\ud800"])
def test_half_a_pair_is_refused_since_no_page_could_show_it(half):
    with pytest.raises(Malformed):
        Reply.from_bytes(changed(Reply().to_bytes(), text=f"Da{half}"))
    pair = "\U0001f33b"
    assert Reply.from_bytes(Reply(text=pair).to_bytes()).text == pair


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_hostile_bytes_raise_nothing_but_a_refusal(data):
    for read in (RecordPart.from_bytes, DocumentHeader.from_bytes, Reply.from_bytes, Withdrawal.from_bytes):
        with pytest.raises(Refused):
            read(data)


@given(st.text(max_size=500).filter(lambda text: "\x00" not in text))
def test_any_words_come_back_as_they_were(text):
    text = text.encode("utf-8", "ignore").decode()
    assert Reply.from_bytes(Reply(text=text).to_bytes()).text == text


@pytest.mark.parametrize(
    "name", ["\ud800.pdf", "gpj\u202e.exe", "a\u2028b", "a\u2029b", "\u2067a", "a\nb", "a\x85b", "\u200ea"]
)
def test_a_name_of_a_document_that_reads_otherwise_than_it_is_is_refused(name):
    data = changed(HEADER.to_bytes().rstrip(b"\n"), name=name)
    with pytest.raises(Malformed):
        DocumentHeader.from_bytes(data)


@pytest.mark.parametrize("text", ["\ud800", "before \udfff after"])
def test_words_that_cannot_be_shown_are_refused(text):
    with pytest.raises(Malformed):
        Reply.from_bytes(changed(Reply().to_bytes(), text=text))
    with pytest.raises(Malformed):
        RecordPart.from_bytes(changed(PART.to_bytes(), fields={"needs": [text]}))
