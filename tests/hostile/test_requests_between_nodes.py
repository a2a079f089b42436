"""Requests another node did not sign like this: refused with 401, without a cause, leaving nothing behind."""

from __future__ import annotations

import base64
import hashlib
import json
import string
from dataclasses import dataclass, field, replace
from datetime import timedelta

import http_sf
import pytest
from django.conf import settings
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from secure_exchange import content_digest, dsse, problems, request_signatures, signing, testing
from secure_exchange.errors import NotSigned
from secure_exchange.http_signatures import (
    MAX_HEADER_CHARS,
    Content,
    Message,
    components,
    signature_base,
    verify,
)
from secure_exchange.models import Peer, SeenNonce
from secure_exchange.testing import MemoryDirectory
from tests.before_and_after import nothing_but_an_entry
from tests.factories import exchange
from tests.factories.exchange import AT
from tests.factories.requests import LABELS, headers_of, inner_list, parameters, signed_by_hand


pytestmark = pytest.mark.hostile

BODY = b"sealed"
DIGEST = hashlib.sha256(BODY).digest()
PUT = Message(
    method="PUT",
    authority="ro.connect.test",
    path="/exchange/envelopes/5b1c/body",
    query="offset=0",
    content=Content("application/octet-stream", DIGEST),
)
COMPONENTS = list(components(PUT))
MEMBERS = exchange.members()
NODE = MEMBERS.italy_node
OTHER_NODE = testing.member("node@pt.connect.test", at=AT, categories=())
DIRECTORY = MemoryDirectory(NODE, OTHER_NODE)


@dataclass(frozen=True)
class Arriving:
    """A request as it comes from the network; good unless a test changes something."""

    method: str = PUT.method
    target: str = f"{PUT.path}?{PUT.query}"
    body: bytes = BODY
    host: str = PUT.authority
    headers: dict[str, str] = field(default_factory=lambda: signed_by_hand(PUT, NODE))

    def having(self, **headers: str | None) -> Arriving:
        """With other headers; None takes one away."""
        changed = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={name: value for name, value in changed.items() if value is not None})


def take(arriving: Arriving, at=AT) -> str:
    """What a view does: who signed it, and then whether the body is the one that was announced."""
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in arriving.headers.items()}
    if "HTTP_CONTENT_TYPE" in named:
        named["CONTENT_TYPE"] = named.pop("HTTP_CONTENT_TYPE")
    request = RequestFactory().generic(
        arriving.method, arriving.target, arriving.body, HTTP_HOST=arriving.host, **named
    )
    if "CONTENT_TYPE" not in named:
        del request.META["CONTENT_TYPE"]
    signed = request_signatures.signed_by(request, at=at)
    signed.checked(request.read())
    return signed.node


@pytest.fixture
def acquainted(db):
    """This node knows and trusts the node in Italy and the one in Portugal, and organisations of both."""
    exchange.acquaint(MEMBERS)
    testing.acquaint(OTHER_NODE, at=AT)


def assert_refused(arriving: Arriving, at=AT) -> None:
    with nothing_but_an_entry(entries=0), pytest.raises(NotSigned) as refused:
        take(arriving, at)
    answer = problems.refusal(refused.value)
    assert answer.status_code == 401
    assert json.loads(answer.content) == {"type": "about:blank", "title": "Unauthorized", "status": 401}


def over(*, covered=COMPONENTS, by=NODE, message=PUT, **changes) -> dict[str, str]:
    """Headers really signed over these components, in this order, with these parameters."""
    text = inner_list(covered, parameters(by, **changes))
    values = components(message)
    base = "\n".join(
        [*(f'"{name}": {values.get(name, "x")}' for name in covered), f'"@signature-params": {text}']
    )
    return headers_of(message, text, by, base.encode())


def test_a_good_request_is_taken_once(acquainted):
    assert take(Arriving()) == NODE.address
    assert_refused(Arriving())
    assert_refused(Arriving(), AT + timedelta(seconds=30))


def test_a_nonce_is_not_taken_again_for_another_request(acquainted):
    take(Arriving())
    other = replace(PUT, query="offset=6")
    assert_refused(Arriving(target=f"{PUT.path}?offset=6", headers=signed_by_hand(other, NODE)))


def test_two_nodes_may_have_chosen_the_same_nonce(acquainted):
    assert take(Arriving()) == NODE.address
    assert take(Arriving(headers=signed_by_hand(PUT, OTHER_NODE))) == OTHER_NODE.address


@pytest.mark.parametrize("method", ["POST", "GET", "HEAD", "DELETE", "PATCH", "put"])
def test_another_method(acquainted, method):
    assert_refused(Arriving(method=method))


@pytest.mark.parametrize(
    "target",
    [
        "/exchange/envelopes/5b1d/body?offset=0",
        "/exchange/envelopes/5b1c/commit?offset=0",
        "/exchange/envelopes/5b1c/body/?offset=0",
        "//exchange/envelopes/5b1c/body?offset=0",
        "/Exchange/envelopes/5b1c/body?offset=0",
        "/exchange/envelopes/5b1c/b%20ody?offset=0",
        "/exchange/envelopes/5b1c/b%0Aody?offset=0",
        "/exchange/envelopes/5b1c/body",
        "/exchange/envelopes/5b1c/body?",
        "/exchange/envelopes/5b1c/body?offset=6",
        "/exchange/envelopes/5b1c/body?offset=0&offset=6",
        "/exchange/envelopes/5b1c/body?offset=%30",
        "/exchange/envelopes/5b1c/body?offset=0%0a",
    ],
)
def test_another_target_or_query(acquainted, target):
    assert_refused(Arriving(target=target))


@pytest.mark.parametrize(
    "authority", ["pt.connect.test", "ro.connect.test:8443", "RO.connect.test", "localhost"]
)
def test_a_request_for_another_node_that_is_handed_on(acquainted, authority):
    meant = signed_by_hand(replace(PUT, authority=authority), NODE)
    for host in ("ro.connect.test", authority):
        assert_refused(Arriving(host=host, headers=meant))


def test_what_a_proxy_says_of_the_host_changes_nothing(acquainted, monkeypatch):
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    assert take(Arriving(host="10.0.0.3:8401")) == NODE.address


@pytest.mark.parametrize("body", [b"", b"sealeD", b"sealed\0", b"seale"])
def test_a_changed_body_costs_its_sender_the_nonce_and_nothing_else(acquainted, body):
    with pytest.raises(NotSigned):
        take(Arriving(body=body))
    SeenNonce.objects.get().delete()
    assert take(Arriving()) == NODE.address


def test_a_changed_body_with_its_own_digest(acquainted):
    other = hashlib.sha256(b"other").digest()
    assert_refused(replace(Arriving(), body=b"other").having(Content_Digest=content_digest.header_of(other)))


SHA_512 = f"sha-512=:{dsse.to_base64(hashlib.sha512(BODY).digest())}:"
SHA_256 = content_digest.header_of(DIGEST)


@pytest.mark.parametrize(
    "digest",
    [
        None,
        "",
        SHA_512,
        f"{SHA_256}, {SHA_512}",
        f"{SHA_256},{SHA_256}",
        f"{SHA_256};x=1",
        f" {SHA_256}",
        f"{SHA_256} ",
        f"{SHA_256}\n",
        SHA_256.upper(),
        SHA_256.replace("=:", ":").replace("sha-256", "sha-256="),
        SHA_256.replace("+", "-"),
        "sha-256=::",
        "sha-256=?1",
        "md5=:XrY7u+Ae7tCTyyK7j1rNww==:",
    ],
)
def test_a_digest_that_is_missing_of_another_kind_or_in_another_form(acquainted, digest):
    assert_refused(Arriving().having(Content_Digest=digest))


def test_a_digest_whose_last_bits_say_nothing(acquainted):
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    text = f"{SHA_256[:-3]}{letters[letters.index(SHA_256[-3]) ^ 1]}=:"
    assert base64.b64decode(text.split(":")[1]) == DIGEST
    assert_refused(Arriving().having(Content_Digest=text))


@pytest.mark.parametrize("seconds", [-86400, -361, 302, 86400])
def test_a_clock_that_is_wrong(acquainted, seconds):
    assert_refused(Arriving(headers=signed_by_hand(PUT, NODE, at=AT + timedelta(seconds=seconds))))


@pytest.mark.parametrize("seconds", [61, 3600, 10**12, 0, -1, -(10**12)])
def test_a_signature_that_is_good_for_too_long_or_never(acquainted, seconds):
    created = int(AT.timestamp())
    assert_refused(Arriving(headers=signed_by_hand(PUT, NODE, expires=created + seconds)))


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_that_is_not_covered(acquainted, name):
    assert_refused(Arriving(headers=over(covered=[one for one in COMPONENTS if one != name])))


@pytest.mark.parametrize(
    "covered",
    [
        [],
        [*COMPONENTS, "host"],
        [*COMPONENTS, "@method"],
        [*COMPONENTS, "@signature-params"],
        [*COMPONENTS, "@status"],
        COMPONENTS[::-1],
        [name.upper() for name in COMPONENTS],
    ],
)
def test_other_components_than_ours(acquainted, covered):
    assert_refused(Arriving(headers=over(covered=covered)))


@pytest.mark.parametrize("parameter", ["bs", "sf", "req", "tr", 'key="sha-256"', 'name="offset"'])
@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_that_means_something_else(acquainted, name, parameter):
    text = inner_list(COMPONENTS, parameters(NODE)).replace(f'"{name}"', f'"{name}";{parameter}')
    base = signature_base(components(PUT), text)
    assert_refused(Arriving(headers=headers_of(PUT, text, NODE, base)))


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in ("created", "expires", "nonce", "keyid", "tag")),
        {"alg": "ed25519"},
        {"x": 1},
        {"tag": "sealed-transfer"},
        {"tag": ""},
        {"tag": "Connect-Exchange"},
        {"tag": http_sf.Token("connect-exchange")},
        {"created": str(int(AT.timestamp()))},
        {"created": float(AT.timestamp())},
        {"created": True},
        {"created": -1},
        {"expires": AT},
        {"nonce": ""},
        {"nonce": dsse.to_base64(bytes(15))},
        {"nonce": dsse.to_base64(bytes(17))},
        {"nonce": dsse.to_base64(bytes(16)).rstrip("=")},
        {"nonce": "AAAAAAAAAAAAAAAAAAAAAB=="},
        {"nonce": bytes(16)},
        {"nonce": 1},
        {"keyid": ""},
        {"keyid": NODE.address},
        {"keyid": f"{NODE.address}#"},
        {"keyid": NODE.keys.fingerprint},
        {"keyid": f"{NODE.address}#{NODE.keys.fingerprint.upper()}"},
        {"keyid": f"{NODE.address}#{NODE.keys.fingerprint}#"},
        {"keyid": f" {NODE.address}#{NODE.keys.fingerprint}"},
        {"keyid": f"NODE@it.connect.test#{NODE.keys.fingerprint}"},
        {"keyid": f"{NODE.address}#{'0' * 64}"},
        {"keyid": f"node@{'a.' * 2000}test#{NODE.keys.fingerprint}"},
        {"keyid": NODE.keys.verifying.key_ids[0]},
    ],
    ids=lambda _: "said",
)
def test_parameters_that_are_missing_left_over_or_of_another_kind(acquainted, changes):
    assert_refused(Arriving(headers=signed_by_hand(PUT, NODE, **changes)))


def rearranged(change) -> dict[str, str]:
    """Good headers whose signed words were changed afterwards."""
    good = signed_by_hand(PUT, NODE)
    return good | {"Signature-Input": change(good["Signature-Input"])}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(';tag="connect-exchange"', "").replace(")", ');tag="connect-exchange"'),
        lambda text: text.replace("created", "expired"),
        lambda text: text.replace("expires=", "expires=1;expires="),
        lambda text: text.replace(";created=", ";created=1;created="),
        lambda text: text.replace(";nonce=", "; nonce="),
        lambda text: text.replace('" "', '"  "'),
        lambda text: text.replace(", ", ","),
        lambda text: text.replace(", ", ",\t"),
        lambda text: text.replace("(", "( "),
        lambda text: f" {text}",
        lambda text: f"{text} ",
        lambda text: f"{text},",
        lambda text: f"{text}, {text}",
        lambda text: f"{text},{text}",
        lambda text: text.replace("ed25519=(", "Ed25519=("),
        lambda text: text.replace('tag="connect', 'tag="\\connect'),
        lambda text: text.replace("created=", "created=0"),
        lambda text: text.replace(str(int(AT.timestamp())), str(int(AT.timestamp()) + 1)),
    ],
)
def test_words_that_were_changed_after_signing(acquainted, change):
    changed = rearranged(change)
    assert changed != signed_by_hand(PUT, NODE)
    assert_refused(Arriving(headers=changed))


def by_label(text: str) -> dict[str, str]:
    """The members of one of the two headers."""
    return {
        label: http_sf.ser([member])
        for label, member in http_sf.parse(text.encode(), tltype="dictionary").items()
    }


def written(members: dict[str, str]) -> str:
    return ", ".join(f"{label}={text}" for label, text in members.items())


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("where", [("Signature-Input",), ("Signature",), ("Signature-Input", "Signature")])
def test_one_of_the_two_signatures_is_missing(acquainted, label, where):
    headers = signed_by_hand(PUT, NODE)
    for name in where:
        left = {one: text for one, text in by_label(headers[name]).items() if one != label}
        headers[name] = written(left)
    assert_refused(Arriving(headers=headers))


def test_a_third_label(acquainted):
    good = signed_by_hand(PUT, NODE)
    inputs, signatures = by_label(good["Signature-Input"]), by_label(good["Signature"])
    third = {"third": inputs["ed25519"]}, {"third": signatures["ed25519"]}
    for names in (third, (third[0], {}), ({}, third[1])):
        changed = {"Signature-Input": written(inputs | names[0]), "Signature": written(signatures | names[1])}
        assert_refused(Arriving(headers=good | changed))


def test_other_labels(acquainted):
    good = signed_by_hand(PUT, NODE)
    renamed = {name: good[name].replace("ed25519=", "sig1=") for name in ("Signature-Input", "Signature")}
    assert_refused(Arriving(headers=good | renamed))


def test_one_signature_twice_or_under_the_others_label(acquainted):
    good = signed_by_hand(PUT, NODE)
    one, two = by_label(good["Signature"]).values()
    for pair in ((one, one), (two, two), (two, one)):
        assert_refused(Arriving(headers=good | {"Signature": written(dict(zip(LABELS, pair, strict=True)))}))


@pytest.mark.parametrize("label", LABELS)
def test_one_of_the_two_signatures_is_by_another_key(acquainted, label):
    good, other = signed_by_hand(PUT, NODE), by_label(signed_by_hand(PUT, OTHER_NODE)["Signature"])
    mixed = by_label(good["Signature"]) | {label: other[label]}
    assert_refused(Arriving(headers=good | {"Signature": written(mixed)}))


def test_the_two_labels_say_different_things(acquainted):
    good, later = signed_by_hand(PUT, NODE), signed_by_hand(PUT, NODE, at=AT + timedelta(seconds=1))
    mixed = {
        name: written(
            {LABELS[0]: by_label(good[name])[LABELS[0]], LABELS[1]: by_label(later[name])[LABELS[1]]}
        )
        for name in ("Signature-Input", "Signature")
    }
    assert_refused(Arriving(headers=good | mixed))


@pytest.mark.parametrize("value", ["?1", "1", '"AAAA"', "()", "(:AAAA:)", "::", ":AAAA:", ":AAAA:;x=1"])
def test_a_signature_that_is_none(acquainted, value):
    good = signed_by_hand(PUT, NODE)
    for label in LABELS:
        changed = written(by_label(good["Signature"]) | {label: value})
        assert_refused(Arriving(headers=good | {"Signature": changed}))


def test_a_signature_that_says_more(acquainted):
    good = signed_by_hand(PUT, NODE)
    for label in LABELS:
        signatures = by_label(good["Signature"])
        changed = written(signatures | {label: f"{signatures[label]};x=1"})
        assert_refused(Arriving(headers=good | {"Signature": changed}))


@pytest.mark.parametrize(
    "media_type", [None, "", "application/json", "application/octet-stream; charset=x", "ă"]
)
def test_another_content_type(acquainted, media_type):
    assert_refused(Arriving().having(Content_Type=media_type))


def test_the_key_of_another_node_under_this_ones_name(acquainted):
    keyid = f"{NODE.address}#{NODE.keys.fingerprint}"
    assert_refused(Arriving(headers=signed_by_hand(PUT, OTHER_NODE, keyid=keyid)))


@pytest.mark.parametrize("name", ["italy", "ours", "neighbour", "stranger"])
def test_an_organisations_key(acquainted, name):
    assert_refused(Arriving(headers=signed_by_hand(PUT, getattr(MEMBERS, name))))


def test_a_node_nobody_knows(acquainted):
    unknown = testing.member("node@xx.connect.test", at=AT, categories=())
    assert_refused(Arriving(headers=signed_by_hand(PUT, unknown)))


def test_a_node_nobody_confirmed(acquainted):
    unconfirmed = testing.member("node@xx.connect.test", at=AT, categories=())
    testing.acquaint(unconfirmed, at=AT, trusted=False)
    assert_refused(Arriving(headers=signed_by_hand(PUT, unconfirmed)))


def test_a_node_whose_trust_was_taken_back(acquainted):
    Peer.objects.filter(address=NODE.address).update(trusted_at=None, trusted_fingerprint="", trusted_by="")
    assert_refused(Arriving())


def test_a_key_set_that_is_not_valid_any_more(acquainted):
    late = AT + timedelta(days=400)
    assert_refused(Arriving(headers=signed_by_hand(PUT, NODE, at=late)), late)


def test_keys_somebody_made_under_the_name_of_a_node_we_know(acquainted):
    impostor = testing.member(NODE.address, at=AT, categories=())
    assert_refused(Arriving(headers=signed_by_hand(PUT, impostor)))


def test_our_own_request_come_back(acquainted):
    headers = request_signatures.signed_headers(
        "ro.connect.test", "PUT", f"{PUT.path}?{PUT.query}", content=PUT.content, at=AT
    )
    assert_refused(Arriving(headers=headers))


def test_what_a_node_signs_elsewhere_is_no_request_and_a_request_nothing_else():
    text = inner_list(COMPONENTS, parameters(NODE))
    base = signature_base(components(PUT), text)
    statement = signing.sign(signing.RECEIPT, base, NODE.signer)
    one, two = (signature.value for signature in dsse.read(statement).signatures)
    lent = {LABELS[0]: f":{dsse.to_base64(one)}:", LABELS[1]: f":{dsse.to_base64(two)}:"}
    with pytest.raises(NotSigned):
        verify(PUT, headers_of(PUT, text, NODE) | {"Signature": written(lent)}, DIRECTORY, at=AT)
    assert not base.startswith(b"DSSE")


def test_headers_that_are_missing(acquainted):
    for name in ("Signature-Input", "Signature"):
        assert_refused(Arriving().having(**{name: None}))
        assert_refused(Arriving().having(**{name: ""}))
    assert_refused(Arriving(headers={}))


def test_header_lines_that_came_twice_and_were_joined(acquainted):
    good = signed_by_hand(PUT, NODE)
    for name in ("Signature-Input", "Signature", "Content-Digest", "Content-Type"):
        for between in (",", ", "):
            assert_refused(Arriving(headers=good | {name: good[name] + between + good[name]}))


@pytest.mark.parametrize(
    "inside", ["\r\nX-Admin: 1", "\n", "\r", "\0", '"', '";x="', "\\", "\t", "ă", "\x7f"]
)
def test_lines_injected_into_what_is_signed(acquainted, inside):
    good = signed_by_hand(PUT, NODE)
    for name in ("Signature-Input", "Signature", "Content-Digest", "Content-Type"):
        middle = len(good[name]) // 2
        assert_refused(Arriving(headers=good | {name: good[name][:middle] + inside + good[name][middle:]}))


def test_huge_headers_are_not_even_read(acquainted, monkeypatch):
    def read(*said, **more):
        raise AssertionError

    monkeypatch.setattr(http_sf, "parse", read)
    good = signed_by_hand(PUT, NODE)
    for huge in ("a" * 10_000_000, "a=1, " * MAX_HEADER_CHARS, " " * (MAX_HEADER_CHARS + 1)):
        assert_refused(Arriving(headers=good | {"Signature-Input": huge}))


def test_headers_that_are_as_long_as_is_allowed(acquainted):
    good = signed_by_hand(PUT, NODE)
    for name in ("Signature-Input", "Signature"):
        for fill in ("a=1,", "(", ";a", "a=(1 ", ":", '"', "\\", "x=:A"):
            assert_refused(Arriving(headers=good | {name: (fill * MAX_HEADER_CHARS)[:MAX_HEADER_CHARS]}))
            longer = (f"{good[name]}, {fill * MAX_HEADER_CHARS}")[:MAX_HEADER_CHARS]
            assert_refused(Arriving(headers=good | {name: longer}))


@pytest.mark.parametrize("address", ["casa-aperta@it.connect.test", "node@it.connect.test"])
def test_a_node_speaks_for_its_own_organisations(address):
    assert request_signatures.SignedRequest(NODE.address, DIGEST).speaks_for(address)


@pytest.mark.parametrize(
    "address", ["a@pt.connect.test", "a@it.connect.test.pt", "a@connect.test", "node@ro.connect.test"]
)
def test_a_node_speaks_for_no_others(address):
    assert not request_signatures.SignedRequest(NODE.address, DIGEST).speaks_for(address)


GOOD = signed_by_hand(PUT, NODE)
NAMES = sorted(GOOD)


def verdict(headers: dict[str, str], message: Message = PUT) -> bool:
    """Whether it is taken; anything but our refusal is a failure."""
    try:
        verify(message, headers, DIRECTORY, at=AT)
    except NotSigned:
        return False
    return True


@given(st.sampled_from(NAMES[:1] + NAMES[2:]), st.data())
def test_no_letter_can_be_changed(name, data):
    text = GOOD[name]
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(max_codepoint=255))
    changed = text[:place] + letter + text[place + 1 :]
    assert verdict(GOOD | {name: changed}) == (changed == text)


@given(st.sampled_from(NAMES[:1] + NAMES[2:]), st.data())
def test_no_piece_can_be_cut_out_or_put_in(name, data):
    text = GOOD[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    changed = text[:start] + data.draw(st.text(max_size=8)) + text[end:]
    assert verdict(GOOD | {name: changed}) == (changed == text)


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=300)))
def test_no_text_raises_anything_but_the_refusal(headers):
    assert not verdict(headers)
    verdict(GOOD | headers)


BARE = st.one_of(
    st.integers(-(10**15), 10**15).map(str),
    st.decimals(-1000, 1000, places=3).map(str),
    st.text(st.characters(min_codepoint=32, max_codepoint=126)).map(
        lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.binary(max_size=70).map(lambda data: f":{dsse.to_base64(data)}:"),
    st.sampled_from(
        ["?0", "?1", "@0", "@253402300800", "@-62135596801", "token", "*", '%"x%c3%a9"', '%"%ff"', "a/b"]
    ),
)
PARAMETERS = st.lists(
    st.tuples(st.sampled_from(["created", "expires", "nonce", "keyid", "tag", "alg", "x"]), BARE), max_size=6
).map(lambda pairs: "".join(f";{name}={value}" for name, value in pairs))
INNER = st.tuples(
    st.lists(BARE | st.sampled_from([f'"{one}"' for one in COMPONENTS]), max_size=7), PARAMETERS
).map(lambda pair: f"({' '.join(pair[0])}){pair[1]}")
DICTIONARY = st.lists(
    st.tuples(st.sampled_from([*LABELS, "sig1"]), INNER | st.tuples(BARE, PARAMETERS).map("".join)),
    max_size=3,
).map(lambda pairs: ", ".join(f"{label}={member}" for label, member in pairs))


@given(DICTIONARY, DICTIONARY)
def test_no_structured_field_raises_anything_but_the_refusal(inputs, signatures):
    assert not verdict(GOOD | {"Signature-Input": inputs, "Signature": signatures})
    assert not verdict(GOOD | {"Signature": signatures})
    assert not verdict(GOOD | {"Signature-Input": inputs})


@given(PARAMETERS)
def test_parameters_a_node_really_signed_raise_nothing_but_the_refusal(said):
    text = inner_list(COMPONENTS, {}) + said
    assert not verdict(headers_of(PUT, text, NODE))


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_request_raises_anything_but_the_refusal(method, path, query, media_type):
    message = replace(PUT, method=method, path=path, query=query, content=Content(media_type, DIGEST))
    assert not verdict(GOOD, message)


@given(st.binary(max_size=70))
def test_no_bytes_of_a_signature_raise_anything_but_the_refusal(signature):
    for label in LABELS:
        changed = by_label(GOOD["Signature"]) | {label: f":{dsse.to_base64(signature)}:"}
        assert not verdict(GOOD | {"Signature": written(changed)})
