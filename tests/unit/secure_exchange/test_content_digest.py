"""What came is compared with what was announced, also while it is being kept."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest

from secure_exchange import content_digest
from secure_exchange.errors import NotSigned


BODY = b"sealed" * 100_000
DIGEST = hashlib.sha256(BODY).digest()


@pytest.fixture
def file(tmp_path):
    """A body of which some is there already."""
    path = tmp_path / "body"
    path.write_bytes(b"before")
    with path.open("r+b") as opened:
        yield opened


def keep(file, body, *, length, digest=DIGEST):
    with content_digest.undone_if_altered(file, BytesIO(body), length=length, digest=digest) as source:
        left = length
        while left and (piece := source.read(min(left, 1000))):
            file.write(piece)
            left -= len(piece)


def there(file):
    file.flush()
    file.seek(0)
    return file.read()


def test_a_body_is_announced_in_one_form():
    assert content_digest.announced({"Content-Digest": content_digest.header_of(DIGEST)}) == DIGEST


def test_the_digest_of_a_piece_is_of_that_piece():
    source = BytesIO(b"x" + BODY + b"y")
    source.read(1)
    assert content_digest.digest_of(source, len(BODY)) == DIGEST
    assert source.read() == b"y"
    assert content_digest.digest_of(BytesIO(b"short"), 10) == hashlib.sha256(b"short").digest()
    assert content_digest.digest_of(BytesIO(), 0) == content_digest.EMPTY


def test_another_body_than_announced_is_refused():
    content_digest.check(BODY, DIGEST)
    for other in (b"", BODY + b"x", BODY[:-1]):
        with pytest.raises(NotSigned):
            content_digest.check(other, DIGEST)


def test_a_piece_as_announced_is_kept_behind_what_is_there(file):
    keep(file, BODY, length=len(BODY))
    assert there(file) == b"before" + BODY


def test_a_piece_that_was_altered_leaves_nothing(file):
    with pytest.raises(NotSigned):
        keep(file, BODY[:-1] + b"x", length=len(BODY))
    assert there(file) == b"before"


def test_a_piece_that_was_altered_can_come_again(file):
    with pytest.raises(NotSigned):
        keep(file, b"x" * len(BODY), length=len(BODY))
    keep(file, BODY, length=len(BODY))
    assert there(file) == b"before" + BODY


def test_what_a_broken_connection_leaves_stays_to_be_continued(file):
    keep(file, BODY[:1234], length=len(BODY))
    assert there(file) == b"before" + BODY[:1234]


def test_a_fault_while_keeping_is_told_as_it_is(file):
    def broken():
        with content_digest.undone_if_altered(file, BytesIO(BODY), length=9, digest=DIGEST) as source:
            file.write(source.read(5))
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any
        broken()
    assert there(file) == b"beforeseale"
