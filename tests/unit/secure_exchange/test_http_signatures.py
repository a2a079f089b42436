"""Signed requests: what exactly is signed, and that it is taken as it was meant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import http_sf
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from secure_exchange import content_digest, dsse
from secure_exchange.errors import NotSigned
from secure_exchange.http_signatures import Content, Message, sign, signature_base, verify
from secure_exchange.testing import MemoryDirectory, member
from tests.factories.exchange import AT
from tests.factories.requests import signed_by_hand


VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "rfc9421" / "b-2-6.json").read_text())
NODE = member("node@it.connect.test", at=AT, categories=())
DIRECTORY = MemoryDirectory(NODE)
NONCE = bytes(range(16))
PUT = Message(
    method="PUT",
    authority="ro.connect.test",
    path="/exchange/envelopes/x/body",
    query="offset=0",
    content=Content("application/octet-stream", content_digest.EMPTY),
)
GET = Message(method="GET", authority="ro.connect.test", path="/exchange/waiting")


def signed(message=PUT, at=AT):
    return sign(message, NODE.signer, by=NODE.keys.party, at=at, nonce=NONCE)


def test_the_signature_base_of_the_rfc_is_ours_and_its_signature_holds():
    base = signature_base(VECTOR["covered"], VECTOR["signature_params"])
    assert base.decode().split("\n") == VECTOR["signature_base"]
    key = load_der_public_key(dsse.from_base64(VECTOR["public_key"]))
    assert isinstance(key, Ed25519PublicKey)
    signature, _ = http_sf.parse(VECTOR["signature"].encode(), tltype="dictionary")["sig-b26"]
    key.verify(signature, base)
    with pytest.raises(InvalidSignature):
        key.verify(signature, base + b"\n")


def test_a_request_with_a_body_is_signed_in_these_words():
    headers = signed()
    inner = (
        '("@method" "@authority" "@path" "@query" "content-digest" "content-type")'
        ";created=1795426200;expires=1795426260"
        ';nonce="AAECAwQFBgcICQoLDA0ODw=="'
        f';keyid="node@it.connect.test#{NODE.keys.fingerprint}";tag="connect-exchange"'
    )
    assert headers["Signature-Input"] == f"ed25519={inner}, ml-dsa-65={inner}"
    assert headers["Content-Digest"] == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
    assert headers["Content-Type"] == "application/octet-stream"
    base = "\n".join(
        [
            '"@method": PUT',
            '"@authority": ro.connect.test',
            '"@path": /exchange/envelopes/x/body',
            '"@query": ?offset=0',
            '"content-digest": sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
            '"content-type": application/octet-stream',
            f'"@signature-params": {inner}',
        ]
    ).encode()
    signatures = http_sf.parse(headers["Signature"].encode(), tltype="dictionary")
    NODE.keys.verifying.check(base, signatures["ed25519"][0], signatures["ml-dsa-65"][0])


def test_a_request_without_a_body_says_nothing_of_one_and_its_empty_query_is_signed():
    headers = signed(GET)
    assert set(headers) == {"Signature-Input", "Signature"}
    assert '("@method" "@authority" "@path" "@query");' in headers["Signature-Input"]
    assert verify(GET, headers, DIRECTORY, at=AT).by == NODE.keys.party
    with pytest.raises(NotSigned):
        verify(replace(GET, query="all=1"), headers, DIRECTORY, at=AT)


def test_who_signed_is_told_with_the_nonce_and_with_when_its_age_refuses_it():
    found = verify(PUT, signed(), DIRECTORY, at=AT)
    assert (found.by, found.nonce) == (NODE.keys.party, "AAECAwQFBgcICQoLDA0ODw==")
    assert found.until == AT + timedelta(seconds=360)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 59, 60, 359])
def test_clocks_may_be_five_minutes_apart(seconds):
    verify(PUT, signed(), DIRECTORY, at=AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-302, 360, 86400])
def test_more_is_refused(seconds):
    with pytest.raises(NotSigned):
        verify(PUT, signed(), DIRECTORY, at=AT + timedelta(seconds=seconds))


def test_what_was_taken_is_refused_by_its_age_from_the_moment_that_is_told():
    until = verify(PUT, signed(), DIRECTORY, at=AT).until
    verify(PUT, signed(), DIRECTORY, at=until - timedelta(microseconds=1))
    with pytest.raises(NotSigned):
        verify(PUT, signed(), DIRECTORY, at=until)


def test_another_implementation_may_write_the_parameters_in_another_order():
    headers = signed_by_hand(PUT, NODE, order=("tag", "keyid", "expires", "created", "nonce"))
    assert verify(PUT, headers, DIRECTORY, at=AT).by == NODE.keys.party


@pytest.mark.parametrize("value", ["", " /a", "/a ", "/a\nb", "/a\r\nb", "/ă", "/a\x00", "/a\tb"])
def test_a_value_that_could_be_read_as_two_is_never_signed(value):
    with pytest.raises(ValueError, match="@path"):
        signed(replace(PUT, path=value))


@pytest.mark.parametrize(
    "keyid",
    [NODE.address, NODE.keys.fingerprint, f"node@IT#{NODE.keys.fingerprint}", f"{NODE.address}#{'0' * 63}"],
    ids=lambda _: "said",
)
def test_nobody_is_asked_about_what_is_no_key_id(keyid):
    class Directory:
        def keys(self, address, fingerprint):
            raise AssertionError

    with pytest.raises(NotSigned, match="not a key id"):
        verify(PUT, signed_by_hand(PUT, NODE, keyid=keyid), Directory(), at=AT)


def test_a_node_without_a_current_key_set_signs_nothing_that_counts():
    late = AT + timedelta(days=400)
    with pytest.raises(NotSigned, match="keys-expired"):
        verify(PUT, signed(at=late), DIRECTORY, at=late)
