"""What can go wrong with an age file; hostile bytes raise these and nothing else."""

from __future__ import annotations


class AgeError(Exception):
    """The file or the key is not what it should be."""


class KeyTextError(AgeError):
    """The text or the bytes are not an identity or a recipient of the post-quantum kind."""


class NoMatchingIdentity(AgeError):  # noqa: N818 - the public name of the design
    """The header is well formed, but none of the identities opens it."""


class HeaderError(AgeError):
    """The header is malformed, too large, of another kind, or its MAC does not hold."""


class PayloadError(AgeError):
    """The payload is damaged, cut short, reordered or followed by something."""
