"""Padme (PURBs, Nikitin et al., 2019, section 4): lengths that say little, for at most 12 % more bytes."""

from __future__ import annotations


def padme(length: int) -> int:
    """The padded length in bytes of `length` bytes: the next number with few significant bits."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    insignificant = exponent - exponent.bit_length()
    mask = (1 << insignificant) - 1
    return (length + mask) & ~mask
