"""Attacks on age files: everything fails with an AgeError, and nothing wrong ever comes out whole."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secure_exchange import age
from secure_exchange.age import AgeError, HeaderError, Identity, NoMatchingIdentity, PayloadError
from secure_exchange.age.header import (
    FILE_KEY_BYTES,
    MAX_HEADER_BYTES,
    Stanza,
    derive,
    write_header,
)
from secure_exchange.age.recipients import wrap
from secure_exchange.age.stream import (
    BLOCK_BYTES,
    CHUNK_BYTES,
    CHUNKS_A_BLOCK,
    NONCE_BYTES,
    SEALED_CHUNK_BYTES,
)


pytestmark = pytest.mark.hostile

IDENTITY = Identity.from_seed(b"\x07" * 32)
CONTENT = bytes(range(256)) * (3 * CHUNK_BYTES // 256) + b"the last chunk"
SEALED = age.encrypt_bytes(CONTENT, [IDENTITY.recipient])
SMALL = age.encrypt_bytes(b"small", [IDENTITY.recipient])
HEADER = SEALED[: SEALED.index(b"\n---") + 49]
START = len(HEADER) + NONCE_BYTES
CHUNKS = [
    SEALED[place : place + SEALED_CHUNK_BYTES] for place in range(START, len(SEALED), SEALED_CHUNK_BYTES)
]
FILE_KEY = bytes(FILE_KEY_BYTES)


def refused(sealed: bytes) -> AgeError:
    with pytest.raises(AgeError) as caught:
        age.decrypt_bytes(sealed, [IDENTITY])
    return caught.value


def with_header(stanzas: tuple[Stanza, ...]) -> bytes:
    """A whole, honest file under a header of our choice, with a MAC that holds."""
    nonce = bytes(NONCE_BYTES)
    target = BytesIO()
    stream = age.SealingStream(target, derive(FILE_KEY, salt=nonce, info=b"payload"))
    stream.write(b"content")
    stream.finish()
    return write_header(stanzas, FILE_KEY) + nonce + target.getvalue()


def test_the_pieces_of_these_tests_are_the_file() -> None:
    assert HEADER + SEALED[len(HEADER) : START] + b"".join(CHUNKS) == SEALED
    assert len(CHUNKS) == 4
    assert age.decrypt_bytes(SEALED, [IDENTITY]) == CONTENT


def test_no_byte_can_be_changed() -> None:
    for place in range(len(SMALL)):
        refused(SMALL[:place] + bytes([SMALL[place] ^ 1]) + SMALL[place + 1 :])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SEALED) - 1), st.integers(0, 7))
def test_no_bit_can_be_flipped_anywhere(place: int, bit: int) -> None:
    refused(SEALED[:place] + bytes([SEALED[place] ^ 1 << bit]) + SEALED[place + 1 :])


def test_a_small_file_cut_short_anywhere_is_refused() -> None:
    for place in range(len(SMALL)):
        refused(SMALL[:place])


@pytest.mark.parametrize("chunks", range(4))
@pytest.mark.parametrize("step", [-1, 0, 1, 15, 16, 17])
def test_a_file_cut_at_a_border_of_chunks_is_refused(chunks: int, step: int) -> None:
    refused(SEALED[: START + chunks * SEALED_CHUNK_BYTES + step])


@pytest.mark.parametrize(
    "count", [CHUNKS_A_BLOCK - 1, CHUNKS_A_BLOCK, CHUNKS_A_BLOCK + 1, 2 * CHUNKS_A_BLOCK]
)
def test_a_file_cut_at_a_border_of_blocks_is_refused(count: int) -> None:
    sealed = age.encrypt_bytes(bytes(2 * BLOCK_BYTES + CHUNK_BYTES + 1), [IDENTITY.recipient])
    start = sealed.index(b"\n---") + 49 + NONCE_BYTES
    assert isinstance(refused(sealed[: start + count * SEALED_CHUNK_BYTES]), PayloadError)


@given(st.permutations(range(4)).filter(lambda order: order != [0, 1, 2, 3]))
@settings(max_examples=23, deadline=None)
def test_chunks_in_another_order_are_refused(order: list[int]) -> None:
    assert isinstance(refused(SEALED[:START] + b"".join(CHUNKS[place] for place in order)), PayloadError)


@pytest.mark.parametrize("place", range(4))
def test_a_chunk_twice_or_missing_is_refused(place: int) -> None:
    before, after = b"".join(CHUNKS[: place + 1]), b"".join(CHUNKS[place + 1 :])
    refused(SEALED[:START] + before + CHUNKS[place] + after)
    refused(SEALED[:START] + b"".join(CHUNKS[:place]) + after)


@pytest.mark.parametrize(
    "tail",
    [b"\0", b"\n", b"x" * 16, SMALL, CHUNKS[-1], bytes(SEALED_CHUNK_BYTES)],
    ids=["null", "newline", "sixteen", "a-file", "a-chunk", "nulls"],
)
@pytest.mark.parametrize("sealed", [SMALL, SEALED], ids=["small", "large"])
def test_nothing_may_follow_the_last_chunk(sealed: bytes, tail: bytes) -> None:
    assert isinstance(refused(sealed + tail), PayloadError)


def test_a_chunk_of_another_file_is_refused() -> None:
    other = age.encrypt_bytes(CONTENT, [IDENTITY.recipient])
    refused(SEALED[: START + SEALED_CHUNK_BYTES] + other[START + SEALED_CHUNK_BYTES :])
    refused(HEADER + other[len(HEADER) :])


def test_an_empty_last_chunk_after_a_full_one_is_refused() -> None:
    key = derive(FILE_KEY, salt=bytes(NONCE_BYTES), info=b"payload")
    target = BytesIO()
    stream = age.SealingStream(target, key)
    stream._seal(memoryview(bytes(CHUNK_BYTES)), last=False)
    stream.finish()
    head = write_header(wrap(FILE_KEY, [IDENTITY.recipient]), FILE_KEY) + bytes(NONCE_BYTES)
    assert isinstance(refused(head + target.getvalue()), PayloadError)


def test_the_same_stanza_twice_is_refused_even_under_a_mac_that_holds() -> None:
    (stanza,) = wrap(FILE_KEY, [IDENTITY.recipient])
    assert age.decrypt_bytes(with_header((stanza,)), [IDENTITY]) == b"content"
    assert isinstance(refused(with_header((stanza, stanza))), HeaderError)


@pytest.mark.parametrize("kind", ["X25519", "scrypt", "ssh-ed25519", "ssh-rsa", "p256tag"])
def test_a_classical_recipient_beside_ours_is_refused(kind: str) -> None:
    stanzas = (*wrap(FILE_KEY, [IDENTITY.recipient]), Stanza((kind, "AAAA"), bytes(32)))
    assert isinstance(refused(with_header(stanzas)), HeaderError)
    assert isinstance(refused(with_header(stanzas[::-1])), HeaderError)


def test_an_unknown_stanza_beside_ours_is_passed_over() -> None:
    stanzas = (Stanza(("x.example/unknown", "argument"), b"?" * 100), *wrap(FILE_KEY, [IDENTITY.recipient]))
    assert age.decrypt_bytes(with_header(stanzas), [IDENTITY]) == b"content"


@pytest.mark.parametrize("size", [0, 15, 17, 31, 33, 48, 1000])
def test_a_stanza_body_of_another_size_is_refused_before_a_key_is_tried(size: int) -> None:
    (stanza,) = wrap(FILE_KEY, [IDENTITY.recipient])
    assert isinstance(refused(with_header((Stanza(stanza.arguments, bytes(size)),))), HeaderError)


def test_a_stanza_for_somebody_else_is_no_match() -> None:
    stranger = wrap(FILE_KEY, [Identity.generate().recipient])
    assert isinstance(refused(with_header(stranger)), NoMatchingIdentity)


def test_an_oversized_header_is_refused_without_reading_on() -> None:
    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            piece = b"age-encryption.org/v1\n" if not self.given else b"-> a\n\n" * (size // 6 + 1)
            self.given += size
            return piece[:size]

    source = Endless()
    with pytest.raises(HeaderError):
        age.decrypt(source, BytesIO(), [IDENTITY])  # type: ignore[arg-type]
    assert source.given <= MAX_HEADER_BYTES + 4096


def test_a_header_just_over_the_limit_is_refused_and_one_below_is_not() -> None:
    ours = wrap(FILE_KEY, [IDENTITY.recipient])
    room = MAX_HEADER_BYTES - len(write_header((Stanza(("grease", "x"), b""), *ours), FILE_KEY))
    fits = (Stanza(("grease", "x" * (room + 1)), b""), *ours)
    assert age.decrypt_bytes(with_header(fits), [IDENTITY]) == b"content"
    over = (Stanza(("grease", "x" * (room + 2)), b""), *ours)
    assert isinstance(refused(with_header(over)), HeaderError)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_raise_our_error(data: bytes) -> None:
    refused(data)
    refused(b"age-encryption.org/v1\n" + data)


LINES = st.sampled_from(
    [
        b"age-encryption.org/v1\n",
        b"-> mlkem768x25519 AAAA\n",
        b"-> X25519 AAAA\n",
        b"->\n",
        b"-> \n",
        b"\n",
        b"\r\n",
        b"A" * 64 + b"\n",
        b"AA==\n",
        b"--- " + b"A" * 43 + b"\n",
        b"---\n",
        b"\xff\n",
        HEADER.split(b"\n")[1] + b"\n",
        base64.b64encode(bytes(30)) + b"\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=12), st.binary(max_size=40))
def test_any_arrangement_of_header_lines_raises_our_error(lines: list[bytes], tail: bytes) -> None:
    refused(b"age-encryption.org/v1\n" + b"".join(lines) + tail)
