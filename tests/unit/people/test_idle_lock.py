"""The idle lock: one unlocks after it and goes on, and a page that asks by itself keeps nothing open."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from people.roles import Role
from tests.factories.people import PASSWORD, found


pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def inside(at, signed_in):
    return signed_in(Client(), found(Role.CASEWORKER).members[Role.CASEWORKER])


def is_open(client, **headers):
    return client.get(reverse("password-changed"), headers=headers).status_code == 200


def test_who_unlocks_after_a_long_pause_can_work_again(inside, at):
    assert is_open(inside)
    idle = settings.CONNECT.LOCK_AFTER_MINUTES * MINUTE
    with time_machine.travel(at + 2 * idle):
        assert not is_open(inside)
        assert inside.post(reverse("unlock"), {"password": PASSWORD}).status_code == 303
        assert is_open(inside)
    with time_machine.travel(at + 2 * idle + idle + 5 * MINUTE):
        assert not is_open(inside)


def test_a_page_that_asks_by_itself_does_not_keep_the_keys_open(inside, at):
    assert is_open(inside)
    for minutes in range(1, settings.CONNECT.LOCK_AFTER_MINUTES + 2):
        with time_machine.travel(at + minutes * MINUTE):
            last = is_open(inside, **{"HX-Request": "true"})
    assert not last
