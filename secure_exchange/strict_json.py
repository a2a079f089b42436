"""JSON from strangers: small, flat, without surprises, and every member checked before it is used.

RFC 8259 leaves open what duplicate names, huge numbers and lone surrogates mean; here each is refused.
Everything that can go wrong raises `Malformed` and nothing else.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, NoReturn, TypeVar

from secure_exchange.errors import Malformed, VersionUnknown


MAX_DEPTH: Final = 8
MAX_INTEGER_DIGITS: Final = 15
MOMENT_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
MISLEADING: Final = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
"""In a class of characters: what ends a line or turns its direction, so that a name is not what it seems."""

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")

Item = TypeVar("Item")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("duplicate member")
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise Malformed("integer too long")
    return int(digits)


def _refuse_number(_text: str) -> NoReturn:
    raise Malformed("only integers are allowed")


def _check(value: object, depth: int = 0) -> None:
    """Refuse what is nested too deep, and names and strings that no UTF-8 can write."""
    if depth > MAX_DEPTH:
        raise Malformed("nested too deep")
    if isinstance(value, str) and _HALF_A_CHARACTER.search(value):
        raise Malformed("half a character")
    if isinstance(value, dict):
        for name, member in value.items():
            _check(name, depth)
            _check(member, depth + 1)
    if isinstance(value, list):
        for member in value:
            _check(member, depth + 1)


def parse(data: bytes, *, limit: int) -> object:
    """Read at most `limit` bytes of UTF-8 JSON; raises `Malformed`."""
    if len(data) > limit:
        raise Malformed("JSON longer than allowed")
    try:
        value: object = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_int=_integer,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
        # An escape can name half of a surrogate pair, which nothing can write out again.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as fault:
        raise Malformed("not JSON") from fault
    _check(value)
    return value


def canonical(members: Mapping[str, object]) -> bytes:
    """The one form in which we write an object: names sorted, no spaces, ASCII."""
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def parse_canonical(data: bytes, *, limit: int) -> object:
    """`parse`, for what may be written in one way only, so that one content has one hash."""
    value = parse(data, limit=limit)
    if json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii") != data:
        raise Malformed("not in canonical form")
    return value


def moment_text(at: datetime) -> str:
    """RFC 3339, UTC, microseconds always written; a naive time is a programmer's mistake (`ValueError`)."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC).strftime(MOMENT_FORMAT).rjust(27, "0")


class Members:
    """The members of a JSON object, each taken once and checked; `finish` refuses what nobody took."""

    def __init__(self, value: object) -> None:
        """Refuses what is not an object."""
        if not isinstance(value, dict):
            raise Malformed("not an object")
        self._left: dict[str, object] = dict(value)

    def take(self, name: str) -> object:
        """The raw member."""
        if name not in self._left:
            raise Malformed(f"{name} is missing")
        return self._left.pop(name)

    def version(self, known: int) -> int:
        """The member `version`, which must be the one we know; raises `VersionUnknown`."""
        version = self.take("version")
        if type(version) is not int:
            raise Malformed("version is not a number")
        if version != known:
            raise VersionUnknown(f"version {version}")
        return version

    def text(self, name: str, pattern: re.Pattern[str]) -> str:
        """A string that matches `pattern` from end to end."""
        value = self.take(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed(f"{name} has the wrong form")
        return value

    def integer(self, name: str, *, low: int, high: int) -> int:
        """A whole number between `low` and `high`, both included."""
        value = self.take(name)
        if type(value) is not int or not low <= value <= high:
            raise Malformed(f"{name} is out of range")
        return value

    def uuid(self, name: str) -> uuid.UUID:
        """A UUID in its usual lower-case form."""
        value = self.take(name)
        try:
            parsed = uuid.UUID(value) if isinstance(value, str) else None
        except ValueError:
            parsed = None
        if parsed is None or str(parsed) != value:
            raise Malformed(f"{name} is not a UUID")
        return parsed

    def digest(self, name: str, *, optional: bool = False) -> str:
        """A SHA-256 in lower-case hexadecimal; "" too where `optional`."""
        value = self.take(name)
        if optional and value == "":
            return ""
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise Malformed(f"{name} is not a SHA-256")
        return value

    def moment(self, name: str) -> datetime:
        """An RFC 3339 moment in UTC with microseconds, the only form `moment_text` writes."""
        value = self.take(name)
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise Malformed(f"{name} is not a moment")
        try:
            return datetime.strptime(value, MOMENT_FORMAT).replace(tzinfo=UTC)
        except ValueError as fault:
            raise Malformed(f"{name} is not a moment") from fault

    def items(self, name: str, read: Callable[[object], Item], *, low: int, high: int) -> tuple[Item, ...]:
        """A list of `low` to `high` members, each read by `read`."""
        value = self.take(name)
        if not isinstance(value, list) or not low <= len(value) <= high:
            raise Malformed(f"{name} has too few or too many members")
        return tuple(read(item) for item in value)

    def mapping(self, name: str, names: re.Pattern[str], *, high: int) -> dict[str, object]:
        """An object whose member names match `names`, at most `high` of them."""
        value = self.take(name)
        if not isinstance(value, dict) or len(value) > high or not all(map(names.fullmatch, value)):
            raise Malformed(f"{name} has the wrong members")
        return value

    def finish(self) -> None:
        """Refuse members that nobody asked for."""
        if self._left:
            raise Malformed("unknown member")


def text_of(pattern: re.Pattern[str]) -> Callable[[object], str]:
    """A reader for `Members.items`: strings that match `pattern` from end to end."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed("a member has the wrong form")
        return value

    return read
