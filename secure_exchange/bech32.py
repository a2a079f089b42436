"""Bech32 (BIP 173) without its length limit, as the age specification asks for keys.

Not checked: the 90 character limit of BIP 173, which age lifts.
"""

from __future__ import annotations

from typing import Final


ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
MAX_LENGTH: Final = 4096
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH: Final = 6


class Bech32Error(ValueError):
    """The text is not Bech32."""


def _feedback_table() -> tuple[int, ...]:
    table = []
    for top in range(32):
        value = 0
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                value ^= generator
        table.append(value)
    return tuple(table)


_FEEDBACK: Final = _feedback_table()


def _polymod(prefix: str, values: list[int]) -> int:
    codes = [ord(character) for character in prefix]
    state = 1
    for value in (*(code >> 5 for code in codes), 0, *(code & 31 for code in codes), *values):
        state = (state & 0x1FFFFFF) << 5 ^ value ^ _FEEDBACK[state >> 25]
    return state


def _to_fives(data: bytes) -> list[int]:
    bits = len(data) * 8
    padding = -bits % 5
    number = int.from_bytes(data, "big") << padding
    return [number >> shift & 31 for shift in range(bits + padding - 5, -1, -5)]


def _to_bytes(values: list[int]) -> bytes:
    number = 0
    for value in values:
        number = number << 5 | value
    padding = len(values) * 5 % 8
    if padding > 4 or number & (1 << padding) - 1:
        raise Bech32Error("wrong padding")
    return (number >> padding).to_bytes(len(values) * 5 // 8, "big")


def encode(prefix: str, data: bytes) -> str:
    """Text of `data` under a lower-case `prefix`."""
    values = _to_fives(data)
    checksum = _polymod(prefix, [*values, *[0] * _CHECKSUM_LENGTH]) ^ 1
    values += [checksum >> shift & 31 for shift in range(25, -1, -5)]
    return f"{prefix}1" + "".join(ALPHABET[value] for value in values)


def decode(text: str) -> tuple[str, bytes]:
    """Prefix (lower case) and data of `text`, all upper or all lower case; raises `Bech32Error`."""
    if len(text) > MAX_LENGTH or not text.isascii() or text not in {text.lower(), text.upper()}:
        raise Bech32Error("too long, not ASCII or of mixed case")
    prefix, separator, tail = text.lower().rpartition("1")
    if not separator or not prefix or len(tail) < _CHECKSUM_LENGTH:
        raise Bech32Error("no prefix or no checksum")
    if not all("!" <= character <= "~" for character in prefix):
        raise Bech32Error("prefix with a character that is not printed")
    try:
        values = [_VALUES[character] for character in tail]
    except KeyError as fault:
        raise Bech32Error("a character that is not in the alphabet") from fault
    if _polymod(prefix, values) != 1:
        raise Bech32Error("wrong checksum")
    return prefix, _to_bytes(values[:-_CHECKSUM_LENGTH])
