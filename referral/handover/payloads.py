"""What lies inside the seal of each envelope of a handover: strict JSON with a version, nothing guessed.

A record and an offer, a reply and a withdrawal are one JSON object. A document is a line of JSON, a
newline, and then the file as it is, so that a file of any size passes as a stream. What is missing,
unknown, doubled or in another form is refused (`Malformed`, `VersionUnknown`): a code of a newer version
must never become an older one's (handover failures: "an unknown decision code was stored as accepted").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Final, TypeVar

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
from secure_exchange.errors import Malformed
from secure_exchange.strict_json import MISLEADING, Members, canonical, moment_text, parse


VERSION: Final = 1
MAX_RECORD_BYTES: Final = 4 * 1024 * 1024
MAX_HEADER_BYTES: Final = 64 * 1024
MAX_REPLY_BYTES: Final = 64 * 1024
MAX_TEXT: Final = 4000
"""Characters of a question, an answer or a note."""

RECORD_TYPE: Final = "application/vnd.connect.record+json"
DOCUMENT_TYPE: Final = "application/vnd.connect.document"
REPLY_TYPE: Final = "application/vnd.connect.reply+json"
WITHDRAWAL_TYPE: Final = "application/vnd.connect.withdrawal+json"

_ADDRESS = re.compile(r"[a-z0-9.-]{1,100}@[a-z0-9.-]{1,100}")
_REFERENCE = re.compile(r"[A-Z0-9-]{1,16}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-zA-Z0-9-]{0,16}")
_TEXT = re.compile(rf"[^\x00]{{0,{MAX_TEXT}}}", re.DOTALL)
_FIELD = re.compile(r"[a-zA-Z0-9_.-]{1,100}")
_LINE = re.compile(f"[^{MISLEADING}]{{0,255}}")

Word = TypeVar("Word", bound=StrEnum)


class WithdrawalReason(StrEnum):
    """Why a sender took a handover back; sealed, since it says something about the person."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    OFFER_WITHDRAWN = "offer_withdrawn"


def word_of(members: Members, name: str, words: type[Word]) -> Word:
    """Take a member that must be a word of the list; an unknown one is refused, never mapped."""
    return _word(members.take(name), words)


def _word(value: object, words: type[Word]) -> Word:
    try:
        return words(value) if isinstance(value, str) else _unknown(words)
    except ValueError:
        return _unknown(words)


def _unknown(words: type[Word]) -> Word:
    raise Malformed(f"not a known {words.__name__}")


@dataclass(frozen=True, kw_only=True)
class ConsentSummary:
    """The consent register that travels with every part of the record (dossier 3.4, H10)."""

    receiver: str
    categories: tuple[Category, ...]
    purpose: Purpose
    language: str
    manner: ConsentManner
    by_guardian: bool
    given_at: datetime
    until: datetime

    def as_members(self) -> dict[str, object]:
        """The JSON members."""
        return {
            "receiver": self.receiver,
            "categories": [str(category) for category in self.categories],
            "purpose": str(self.purpose),
            "language": self.language,
            "manner": str(self.manner),
            "by_guardian": self.by_guardian,
            "given_at": moment_text(self.given_at),
            "until": moment_text(self.until),
        }

    @classmethod
    def from_value(cls, value: object) -> ConsentSummary:
        """Read what `as_members` wrote; raises `Malformed`."""
        members = Members(value)
        by_guardian = members.take("by_guardian")
        if not isinstance(by_guardian, bool):
            raise Malformed("by_guardian is not yes or no")
        summary = cls(
            receiver=members.text("receiver", _ADDRESS),
            categories=members.items(
                "categories", lambda item: _word(item, Category), low=1, high=len(Category)
            ),
            purpose=word_of(members, "purpose", Purpose),
            language=members.text("language", _LANGUAGE),
            manner=word_of(members, "manner", ConsentManner),
            by_guardian=by_guardian,
            given_at=members.moment("given_at"),
            until=members.moment("until"),
        )
        members.finish()
        return summary


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What a receiver needs to open the case, in every part so that any one of them is enough."""

    reference: str
    country: str
    kind: HandoverKind
    stage: Stage
    age_status: AgeStatus
    citizenship: Citizenship
    consent: ConsentSummary

    def as_members(self) -> dict[str, object]:
        """The JSON members."""
        return {
            "reference": self.reference,
            "country": self.country,
            "kind": str(self.kind),
            "stage": str(self.stage),
            "age_status": str(self.age_status),
            "citizenship": str(self.citizenship),
            "consent": self.consent.as_members(),
        }

    @classmethod
    def from_value(cls, value: object) -> CaseFacts:
        """Read what `as_members` wrote; raises `Malformed`."""
        members = Members(value)
        facts = cls(
            reference=members.text("reference", _REFERENCE),
            country=members.text("country", _COUNTRY),
            kind=word_of(members, "kind", HandoverKind),
            stage=word_of(members, "stage", Stage),
            age_status=word_of(members, "age_status", AgeStatus),
            citizenship=word_of(members, "citizenship", Citizenship),
            consent=ConsentSummary.from_value(members.take("consent")),
        )
        members.finish()
        return facts


@dataclass(frozen=True, kw_only=True)
class RecordPart:
    """One category of the record: its latest revision's fields."""

    category: Category
    case: CaseFacts
    fields: Mapping[str, object]

    def to_bytes(self) -> bytes:
        """The JSON to be sealed."""
        return canonical(
            {
                "version": VERSION,
                "category": str(self.category),
                "case": self.case.as_members(),
                "fields": dict(self.fields),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> RecordPart:
        """Read one part; raises `Malformed` or `VersionUnknown`."""
        members = Members(parse(data, limit=MAX_RECORD_BYTES))
        members.version(VERSION)
        part = cls(
            category=word_of(members, "category", Category),
            case=CaseFacts.from_value(members.take("case")),
            fields=members.mapping("fields", _FIELD, high=500),
        )
        members.finish()
        return part


@dataclass(frozen=True, kw_only=True)
class DocumentHeader:
    """The line before a document: which file this is. The name is shown, never used as a path."""

    case: CaseFacts
    name: str
    media_type: str

    def to_bytes(self) -> bytes:
        """The header line with its newline."""
        return (
            canonical(
                {
                    "version": VERSION,
                    "case": self.case.as_members(),
                    "name": self.name,
                    "media_type": self.media_type,
                }
            )
            + b"\n"
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> DocumentHeader:
        """Read the line without its newline; raises `Malformed` or `VersionUnknown`."""
        members = Members(parse(data, limit=MAX_HEADER_BYTES))
        members.version(VERSION)
        header = cls(
            case=CaseFacts.from_value(members.take("case")),
            name=members.text("name", _LINE),
            media_type=members.text("media_type", _LINE),
        )
        members.finish()
        return header


def split_document(source: BinaryIO) -> DocumentHeader:
    """Read the header line and leave `source` at the first byte of the file; raises `Malformed`."""
    line = source.readline(MAX_HEADER_BYTES + 1)
    if not line.endswith(b"\n"):
        raise Malformed("no header line before the document")
    return DocumentHeader.from_bytes(line[:-1])


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is sealed beside the clear word of a reply: a reason and words for people, never for machines."""

    reason: DeclineReason | None = None
    text: str = ""

    def to_bytes(self) -> bytes:
        """The JSON to be sealed."""
        reason = str(self.reason) if self.reason else ""
        return canonical({"version": VERSION, "reason": reason, "text": self.text})

    @classmethod
    def from_bytes(cls, data: bytes) -> Reply:
        """Read a reply; raises `Malformed` or `VersionUnknown`."""
        members = Members(parse(data, limit=MAX_REPLY_BYTES))
        members.version(VERSION)
        reason = members.take("reason")
        reply = cls(
            reason=None if reason == "" else _word(reason, DeclineReason),
            text=members.text("text", _TEXT),
        )
        members.finish()
        return reply


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """Why the sender stopped."""

    reason: WithdrawalReason

    def to_bytes(self) -> bytes:
        """The JSON to be sealed."""
        return canonical({"version": VERSION, "reason": str(self.reason)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Withdrawal:
        """Read a withdrawal; raises `Malformed` or `VersionUnknown`."""
        members = Members(parse(data, limit=MAX_REPLY_BYTES))
        members.version(VERSION)
        withdrawal = cls(reason=word_of(members, "reason", WithdrawalReason))
        members.finish()
        return withdrawal
