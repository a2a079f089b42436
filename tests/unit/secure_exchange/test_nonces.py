"""A signed request is taken once, whatever becomes of the act, and forgotten when nobody can use it again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from secure_exchange import nonces
from secure_exchange.errors import NotSigned
from secure_exchange.models import SeenNonce
from tests.factories.exchange import AT


NODE = "node@it.connect.test"
UNTIL = AT + timedelta(seconds=360)


@pytest.mark.django_db
def test_a_nonce_is_taken_once_a_node():
    nonces.remember(NODE, "a", expires=UNTIL, at=AT)
    with pytest.raises(NotSigned, match="seen before"):
        nonces.remember(NODE, "a", expires=UNTIL, at=AT)
    nonces.remember(NODE, "b", expires=UNTIL, at=AT)
    nonces.remember("node@pt.connect.test", "a", expires=UNTIL, at=AT)
    assert SeenNonce.objects.count() == 3


@pytest.mark.django_db
def test_one_that_may_have_been_forgotten_is_refused():
    for expires in (AT, AT - timedelta(days=1)):
        with pytest.raises(NotSigned, match="expired"):
            nonces.remember(NODE, "a", expires=expires, at=AT)
    assert not SeenNonce.objects.exists()


@pytest.mark.django_db
def test_old_ones_are_forgotten_an_hour_after_their_age_refuses_them():
    nonces.remember(NODE, "a", expires=UNTIL, at=AT)
    assert nonces.forget_old(at=UNTIL + nonces.KEPT) == 0
    nonces.remember(NODE, "b", expires=UNTIL + timedelta(days=1), at=AT)
    assert nonces.forget_old(at=UNTIL + nonces.KEPT + timedelta(seconds=1)) == 1
    assert SeenNonce.objects.get().nonce == "b"


@pytest.mark.django_db(transaction=True)
def test_what_an_act_undoes_was_seen_all_the_same():
    with pytest.raises(ZeroDivisionError):
        nonces.remember(NODE, "a", expires=UNTIL, at=AT)
        with transaction.atomic():
            raise ZeroDivisionError
    with pytest.raises(NotSigned):
        nonces.remember(NODE, "a", expires=UNTIL, at=AT)


@pytest.mark.django_db(transaction=True)
def test_it_is_never_part_of_an_acts_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        nonces.remember(NODE, "a", expires=UNTIL, at=AT)
    assert not connection.in_atomic_block
    assert not SeenNonce.objects.exists()
