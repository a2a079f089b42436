"""Taking the place and the camera out of a photograph while it streams by.

JPEG (ITU-T T.81, annex B.1.1) is a chain of segments before the picture itself. Those that hold EXIF, XMP and
comments are left out; picture data, colour profile and Adobe's colour transform stay. Not done: PNG, HEIC,
PDF and pictures inside pictures; what is not plain JPEG passes unchanged.
"""

from __future__ import annotations


_START = b"\xff\xd8\xff"
_PICTURE_FOLLOWS = 0xDA
_COMMENT = 0xFE
_APPLICATION = range(0xE0, 0xF0)
_KEPT = {0xE0, 0xE2, 0xEE}
"""JFIF, colour profile, Adobe."""


class Cleaner:
    """Takes a file in pieces and gives it back without what a JPEG says about place and device."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._held = b""
        self._begun = False
        self._passing = False
        self._to_copy = 0
        self._to_drop = 0

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; give what is certain to stay."""
        self._held += piece
        kept = bytearray()
        while self._held and self._advance(kept):
            pass
        return bytes(kept)

    def finish(self) -> bytes:
        """Give what was held back; a file that ends in the middle of a segment ends there here too."""
        rest, self._held = self._held, b""
        return rest

    def _advance(self, kept: bytearray) -> bool:
        if self._passing:
            kept += self.finish()
            return False
        if self._to_copy or self._to_drop:
            return self._through_segment(kept)
        if not self._begun:
            return self._begin(kept)
        if len(self._held) < 4:
            return False
        marker, length = self._held[1], int.from_bytes(self._held[2:4])
        if self._held[0] != 0xFF or marker == _PICTURE_FOLLOWS or length < 2:
            self._passing = True
        elif marker == _COMMENT or (marker in _APPLICATION and marker not in _KEPT):
            self._to_drop = length + 2
        else:
            self._to_copy = length + 2
        return True

    def _begin(self, kept: bytearray) -> bool:
        if len(self._held) < len(_START) and _START.startswith(self._held):
            return False
        self._begun = True
        if self._held.startswith(_START):
            kept += self._held[:2]
            self._held = self._held[2:]
        else:
            self._passing = True
        return True

    def _through_segment(self, kept: bytearray) -> bool:
        count = min(self._to_copy or self._to_drop, len(self._held))
        if self._to_copy:
            kept += self._held[:count]
            self._to_copy -= count
        else:
            self._to_drop -= count
        self._held = self._held[count:]
        return True
