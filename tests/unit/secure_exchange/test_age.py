"""Sealing and opening files: what comes out is what went in, whatever the pieces."""

from __future__ import annotations

import tracemalloc
from io import BytesIO, RawIOBase
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secure_exchange import age, bech32
from secure_exchange.age import AgeError, Identity, KeyTextError, NoMatchingIdentity, PayloadError, Recipient
from secure_exchange.age.stream import BLOCK_BYTES, CHUNK_BYTES


IDENTITY = Identity.from_seed(bytes(range(32)))
OTHER = Identity.generate()
BORDERS = [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES, BLOCK_BYTES - CHUNK_BYTES, BLOCK_BYTES, 2 * BLOCK_BYTES]
SIZES = sorted({max(0, border + step) for border in BORDERS for step in (-1, 0, 1)})


def pattern(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_unchanged_at_every_border(size: int) -> None:
    content = pattern(size)
    assert age.decrypt_bytes(age.encrypt_bytes(content, [IDENTITY.recipient]), [IDENTITY]) == content


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=8))
def test_pieces_of_any_size_make_the_same_content(sizes: list[int]) -> None:
    content = pattern(sum(sizes))
    ends = [sum(sizes[:count]) for count in range(len(sizes) + 1)]
    target = BytesIO()
    with age.sealing(target, [IDENTITY.recipient]) as stream:
        for start, end in pairwise(ends):
            assert stream.write(memoryview(content)[start:end]) == end - start
    assert age.decrypt_bytes(target.getvalue(), [IDENTITY]) == content


def test_every_recipient_opens_and_nobody_else() -> None:
    sealed = age.encrypt_bytes(b"for two", [IDENTITY.recipient, OTHER.recipient])
    assert age.decrypt_bytes(sealed, [OTHER]) == b"for two"
    assert age.decrypt_bytes(sealed, [Identity.generate(), IDENTITY]) == b"for two"
    with pytest.raises(NoMatchingIdentity):
        age.decrypt_bytes(sealed, [Identity.generate()])
    with pytest.raises(NoMatchingIdentity):
        age.decrypt_bytes(sealed, [])


def test_an_exception_while_sealing_leaves_a_file_that_does_not_open() -> None:
    target = BytesIO()

    def break_off() -> None:
        with age.sealing(target, [IDENTITY.recipient]) as stream:
            stream.write(pattern(3 * BLOCK_BYTES))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with pytest.raises(PayloadError):
        age.decrypt_bytes(target.getvalue(), [IDENTITY])


@pytest.mark.parametrize(
    "recipients",
    [[], [IDENTITY.recipient] * 2, [Identity.generate().recipient for _ in range(age.MAX_RECIPIENTS + 1)]],
)
def test_no_recipient_the_same_twice_or_too_many_are_a_mistake(recipients: list[Recipient]) -> None:
    with pytest.raises(ValueError, match="different recipients"):
        age.encrypt_bytes(b"", recipients)


def test_the_largest_number_of_recipients_fits_into_a_header() -> None:
    everyone = [Identity.generate() for _ in range(age.MAX_RECIPIENTS)]
    sealed = age.encrypt_bytes(b"all", [identity.recipient for identity in everyone])
    assert age.decrypt_bytes(sealed, [everyone[-1]]) == b"all"


class Trickle(RawIOBase):
    """Reads and takes seven kilobytes at a time, like a slow pipe."""

    def __init__(self, content: bytes = b"") -> None:
        self._source = BytesIO(content)
        self.taken = bytearray()

    def read(self, size: int = -1) -> bytes:
        return self._source.read(min(size, 7000))

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._source.readinto(memoryview(buffer)[:7000])

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        self.taken += data[:7000]
        return min(len(data), 7000)


def test_sources_and_targets_that_move_a_little_at_a_time_lose_nothing() -> None:
    content = pattern(BLOCK_BYTES + 12345)
    target = Trickle()
    age.encrypt(Trickle(content), target, [IDENTITY.recipient])  # type: ignore[arg-type]
    back = Trickle()
    age.decrypt(Trickle(bytes(target.taken)), back, [IDENTITY])  # type: ignore[arg-type]
    assert bytes(back.taken) == content


class Counting(RawIOBase):
    """Counts what is written and keeps nothing; reads zeros."""

    def __init__(self, size: int = 0) -> None:
        self.left = size

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = min(self.left, len(buffer))
        self.left -= count
        return count

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        return len(data)


def test_memory_does_not_grow_with_the_file() -> None:
    tracemalloc.start()
    age.encrypt(Counting(64 * BLOCK_BYTES), Counting(), [IDENTITY.recipient])  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * BLOCK_BYTES


def test_text_forms_lead_back_to_the_key() -> None:
    assert Identity.parse(str(IDENTITY)) == IDENTITY
    assert Recipient.parse(str(IDENTITY.recipient)) == IDENTITY.recipient
    assert len({IDENTITY, Identity.parse(str(IDENTITY)), OTHER}) == 2
    assert str(IDENTITY).startswith("AGE-SECRET-KEY-PQ-1")
    assert str(IDENTITY.recipient).startswith("age1pq1")
    assert IDENTITY.seed == bytes(range(32))
    assert len(IDENTITY.recipient.fingerprint) == 64


def test_the_keys_of_the_specification_belong_together() -> None:
    """The identity and the first characters of its recipient as printed in C2SP age.md."""
    identity = Identity.parse("AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR")
    text = str(identity.recipient)
    assert text.startswith("age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95")
    assert text.endswith("tlhl53k2ykx3qheyty7saeq0d3fzv49zc0k")


def test_a_representation_never_shows_the_secret() -> None:
    for text in (repr(IDENTITY), f"{[IDENTITY]}", repr(vars(OTHER).get("recipient"))):
        assert "SECRET" not in text
        assert IDENTITY.seed.hex() not in text


@given(st.binary(max_size=300), st.sampled_from(["age1pq", "age-secret-key-pq-", "a"]))
def test_bech32_leads_back(data: bytes, prefix: str) -> None:
    text = bech32.encode(prefix, data)
    assert bech32.decode(text) == (prefix, data)
    assert bech32.decode(text.upper()) == (prefix, data)


@given(st.data())
def test_one_wrong_character_in_a_printed_identity_is_noticed(data: st.DataObject) -> None:
    text = str(IDENTITY)
    place = data.draw(st.integers(len("AGE-SECRET-KEY-PQ-1"), len(text) - 1))
    character = data.draw(st.sampled_from([c for c in bech32.ALPHABET.upper() if c != text[place]]))
    with pytest.raises(KeyTextError):
        Identity.parse(text[:place] + character + text[place + 1 :])


@given(st.text(max_size=200))
def test_any_text_is_a_key_or_raises_our_error(text: str) -> None:
    for parse in (Identity.parse, Recipient.parse):
        with pytest.raises(AgeError):
            parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0",
        str(IDENTITY).lower(),
        str(IDENTITY).capitalize(),
        str(IDENTITY.recipient),
        bech32.encode("age-secret-key-pq-", bytes(31)).upper(),
        "A" * 5000,
    ],
)
def test_other_keys_are_not_identities(text: str) -> None:
    with pytest.raises(KeyTextError):
        Identity.parse(text)


@pytest.mark.parametrize("share", [bytes(32), bytes.fromhex("01" + "00" * 31)])
def test_a_recipient_that_would_share_its_secret_with_everybody_is_refused(share: bytes) -> None:
    _, raw = bech32.decode(str(IDENTITY.recipient))
    with pytest.raises(KeyTextError):
        Recipient(raw[:-32] + share)
    with pytest.raises(KeyTextError):
        Recipient(b"\xff" * 1184 + raw[-32:])
    with pytest.raises(KeyTextError):
        Recipient(raw[:-1])
