"""Photographs lose what they say about place and device, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from referral.record.pictures import Cleaner


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2) + content


JFIF, TABLE = segment(0xE0, b"JFIF\0data"), segment(0xDB, bytes(64))
EXIF, XMP = segment(0xE1, b"Exif\0\0GPS 45.75 N 21.22 E"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0GPS")
COMMENT, COLOUR = segment(0xFE, b"taken at home"), segment(0xE2, b"ICC_PROFILE\0")
PICTURE = segment(0xDA, b"scan") + b"\x00\xff\xe1pixels that look like a segment" + b"\xff\xd9"
JPEG = b"\xff\xd8" + JFIF + EXIF + XMP + COLOUR + COMMENT + TABLE + PICTURE
CLEAN = b"\xff\xd8" + JFIF + COLOUR + TABLE + PICTURE


def cleaned(data: bytes, cuts: list[int] = []) -> bytes:  # noqa: B006
    cleaner, kept, last = Cleaner(), b"", 0
    for cut in [*sorted(cuts), len(data)]:
        kept += cleaner.feed(data[last:cut])
        last = max(last, cut)
    return kept + cleaner.finish()


def test_a_photograph_loses_place_device_and_comment():
    assert cleaned(JPEG) == CLEAN
    assert b"GPS" not in cleaned(JPEG)


@given(st.lists(st.integers(0, len(JPEG))))
def test_where_the_pieces_are_cut_makes_no_difference(cuts):
    assert cleaned(JPEG, cuts) == CLEAN


@given(st.binary().filter(lambda data: not data.startswith(b"\xff\xd8\xff")), st.lists(st.integers(0, 50)))
def test_what_is_no_jpeg_passes_unchanged(data, cuts):
    assert cleaned(data, cuts) == data


@given(st.binary())
def test_a_strange_jpeg_never_fails(data):
    result = cleaned(b"\xff\xd8\xff" + data)
    assert len(result) <= len(data) + 3
