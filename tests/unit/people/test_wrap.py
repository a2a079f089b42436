"""An identity under a password opens with that password and pepper, unaltered, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.keys.derive import Cost, derive
from people.keys.errors import WrongPassword
from people.keys.labelled import Mislabelled, open_identity, open_text, seal_identity, seal_text
from people.keys.wrap import unwrap, wrap
from secure_exchange.age import AgeError, Identity


CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
LABEL = "connect identity somebody"
PEPPER = b"p" * 32
PASSWORD = "slow river, paper lantern"  # noqa: S105 - nobody's
passwords = st.text(min_size=1, max_size=60)


@pytest.fixture(scope="module")
def identity():
    return Identity.generate()


@pytest.fixture(scope="module")
def wrapped(identity):
    return wrap(identity, label=LABEL, password=PASSWORD, pepper=PEPPER, cost=CHEAP)


@given(password=passwords, pepper=st.binary(min_size=32, max_size=32))
def test_a_wrapped_identity_opens_again(identity, password, pepper):
    made = wrap(identity, label=LABEL, password=password, pepper=pepper, cost=CHEAP)
    assert unwrap(made, label=LABEL, password=password, pepper=pepper) == identity


@given(password=passwords.filter(lambda text: text != PASSWORD))
def test_another_password_opens_nothing(wrapped, password):
    with pytest.raises(WrongPassword):
        unwrap(wrapped, label=LABEL, password=password, pepper=PEPPER)


@given(pepper=st.binary(min_size=1, max_size=64).filter(lambda value: value != PEPPER))
def test_another_pepper_opens_nothing(wrapped, pepper):
    with pytest.raises(WrongPassword):
        unwrap(wrapped, label=LABEL, password=PASSWORD, pepper=pepper)


@settings(suppress_health_check=[HealthCheck.data_too_large])
@given(data=st.data())
def test_any_flipped_bit_is_noticed(wrapped, data):
    place = data.draw(st.integers(min_value=0, max_value=len(wrapped.sealed) - 1))
    altered = bytearray(wrapped.sealed)
    altered[place] ^= 1 << data.draw(st.integers(min_value=0, max_value=7))
    with pytest.raises(WrongPassword):
        unwrap(replace(wrapped, sealed=bytes(altered)), label=LABEL, password=PASSWORD, pepper=PEPPER)


@given(cut=st.integers(min_value=0, max_value=1000))
def test_any_cut_is_noticed(wrapped, cut):
    with pytest.raises(WrongPassword):
        unwrap(
            replace(wrapped, sealed=wrapped.sealed[: -1 - cut]),
            label=LABEL,
            password=PASSWORD,
            pepper=PEPPER,
        )


@given(place=st.integers(min_value=0, max_value=15))
def test_an_altered_salt_opens_nothing(wrapped, place):
    salt = bytearray(wrapped.salt)
    salt[place] ^= 1
    with pytest.raises(WrongPassword):
        unwrap(replace(wrapped, salt=bytes(salt)), label=LABEL, password=PASSWORD, pepper=PEPPER)


def test_another_persons_wrap_does_not_pass_for_hers(wrapped):
    with pytest.raises(WrongPassword):
        unwrap(wrapped, label="connect identity somebody-else", password=PASSWORD, pepper=PEPPER)


def test_the_same_password_is_wrapped_differently_each_time(identity):
    first, second = (wrap(identity, label=LABEL, password=PASSWORD, pepper=PEPPER, cost=CHEAP) for _ in "ab")
    assert first.salt != second.salt
    assert first.sealed != second.sealed


def test_a_password_is_the_same_on_every_keyboard(identity):
    composed, taken_apart = "țară, \u0219apte", "t\u0326ara\u0306, s\u0326apte"
    made = wrap(identity, label=LABEL, password=composed, pepper=PEPPER, cost=CHEAP)
    assert unwrap(made, label=LABEL, password=taken_apart, pepper=PEPPER) == identity


def test_what_checks_a_password_does_not_open_an_identity():
    said = {"salt": b"s" * 16, "pepper": PEPPER, "cost": CHEAP}
    one, other = (
        derive(PASSWORD, purpose=purpose, **said) for purpose in ("connect sign-in", "connect identity")
    )
    assert one != other


def test_the_cost_in_service_is_the_one_decided(real_cost):
    assert real_cost == Cost(memory_kib=128 * 1024, passes=3, lanes=4)
    assert Cost.from_dict(real_cost.to_dict()) == real_cost


def test_a_sealed_secret_is_an_identity_file_for_the_age_tool(identity):
    door = Identity.generate()
    sealed = seal_identity(identity, label="connect clearance x health", recipients=[door.recipient])
    assert open_text(sealed, label="connect clearance x health", identities=[door]) == str(identity)
    with pytest.raises(Mislabelled):
        open_identity(sealed, label="connect clearance x identity", identities=[door])
    with pytest.raises(AgeError):
        open_identity(sealed, label="connect clearance x health", identities=[Identity.generate()])


def test_a_text_that_is_no_identity_is_not_taken_for_one():
    door = Identity.generate()
    sealed = seal_text("not a key", label="x", recipients=[door.recipient])
    with pytest.raises(Mislabelled):
        open_identity(sealed, label="x", identities=[door])
