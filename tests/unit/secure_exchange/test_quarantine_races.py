"""A body that was taken in meanwhile is never thrown away by who looked at its announcement before."""

from __future__ import annotations

import io

import pytest

from secure_exchange import bodies, inbox
from secure_exchange.inbox.handling import throw_away
from secure_exchange.models import Announcement, Incoming
from secure_exchange.testing import Letter
from tests.factories.exchange import AT


pytestmark = pytest.mark.django_db


@pytest.fixture
def place(known):
    """Where the whole body of an envelope lies, announced and not committed yet."""
    sealed, name = Letter(sender=known.italy, receivers=[known.ours], at=AT).seal()
    with bodies.open_body(name) as body:
        content = body.read()
    announced = inbox.announce(sealed.statement, at=AT)
    inbox.append(announced.place, 0, io.BytesIO(content), len(content), at=AT)
    return announced.place


def test_who_looked_before_the_commit_deletes_nothing_after_it(place):
    seen_before = Announcement.objects.get(place=place)
    inbox.commit(place, at=AT)
    assert not throw_away(seen_before)
    with bodies.open_body(Incoming.objects.get().body) as body:
        assert body.read()


def test_what_nobody_took_is_thrown_away_with_its_body(place):
    announced = Announcement.objects.get(place=place)
    assert throw_away(announced)
    assert not Announcement.objects.exists()
    with pytest.raises(bodies.BodyMissing):
        bodies.open_body(announced.body)
