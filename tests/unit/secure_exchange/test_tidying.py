"""Once a day what nobody needs is thrown away, and nothing that anybody might."""

from __future__ import annotations

import io
import os
from datetime import timedelta

import pytest
from django.conf import settings

from secure_exchange import bodies, inbox, outbox, tasks, tidying
from secure_exchange.inbox import taking
from secure_exchange.models import Incoming, Outgoing, StrangersRefused, Tidied
from secure_exchange.testing import Letter
from tests.factories.exchange import AT
from tests.unit.secure_exchange.test_inbox import hand_in, sealed


pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = AT + 3 * DAY


def aged(days=2):
    """Every file is so many days older than LATER."""
    moment = (LATER - days * DAY).timestamp()
    for path in files():
        os.utime(path, (moment, moment))


def files():
    return [path for path in settings.CONNECT.FILES.rglob("*") if path.is_file()]


def there(*rows):
    return [bodies.exists(row.body) if row.body else False for row in rows]


def left_behind():
    name, file = bodies.new()
    file.close()
    return name


@pytest.fixture
def came(known):
    """Three envelopes that came."""
    for _ in range(3):
        hand_in(*sealed(Letter(sender=known.italy, receivers=[known.ours], at=AT)))
    return list(Incoming.objects.order_by("pk"))


@pytest.fixture
def sent(known):
    envelope, name = Letter(sender=known.ours, receivers=[known.italy], at=AT).seal()
    return outbox.queue(envelope=envelope, body_name=name, to=known.italy.address, at=AT)


def settle(row, state, at=AT):
    Incoming.objects.filter(pk=row.pk).update(state=state, settled_at=at)


def test_what_a_crash_left_behind_is_deleted_and_nothing_else(came, sent, known):
    envelope, content = sealed(Letter(sender=known.italy, receivers=[known.ours], at=AT))
    place = inbox.announce(envelope.statement, at=AT).place
    inbox.append(place, 0, io.BytesIO(content[:5]), 5, at=AT)
    before = set(files())
    orphans = [left_behind(), left_behind()]
    stranger = settings.CONNECT.FILES / "sealed" / "not-ours"
    stranger.touch()
    aged()
    assert tidying.clear_orphans(at=LATER) == 2
    assert not any(bodies.exists(name) for name in orphans)
    assert set(files()) == {*before, stranger}
    assert tidying.clear_orphans(at=LATER) == 0


def test_a_file_of_today_may_still_get_its_row(came):
    fresh = left_behind()
    aged(days=0.9)
    assert tidying.clear_orphans(at=LATER) == 0
    assert bodies.exists(fresh)


def test_where_the_rows_are_missing_no_file_is_deleted(came, sent):
    aged()
    before = set(files())
    Incoming.objects.all().delete()
    Outgoing.objects.all().delete()
    assert tidying.clear_orphans(at=LATER) == 0
    assert set(files()) == before


def test_a_body_that_is_taken_in_while_rows_are_read_is_kept(came, known, monkeypatch):
    envelope, content = sealed(Letter(sender=known.italy, receivers=[known.ours], at=AT))
    place = inbox.announce(envelope.statement, at=AT).place
    inbox.append(place, 0, io.BytesIO(content), len(content), at=AT)
    aged()
    names = tidying.named

    def between():
        """As read before the commit in one table and after it in the other."""
        monkeypatch.setattr(tidying, "named", names)
        seen = names()
        body = taking.Announcement.objects.get().body
        inbox.commit(place, at=AT)
        return seen - {body}

    monkeypatch.setattr(tidying, "named", between)
    assert tidying.clear_orphans(at=LATER) == 0
    assert all(there(*Incoming.objects.all()))


def test_the_bodies_of_what_is_over_are_deleted_a_day_later(came):
    opened, withdrawn, _ = came
    settle(opened, "opened")
    settle(withdrawn, "withdrawn")
    assert tidying.clear_ended(at=AT + timedelta(hours=23)) == 0
    assert there(*came) == [True] * 3
    assert tidying.clear_ended(at=AT + DAY) == 2
    assert there(*came) == [False, False, True]
    assert [row.body != "" for row in Incoming.objects.order_by("pk")] == [False, False, True]
    assert tidying.clear_ended(at=AT + DAY) == 0


def test_what_failed_to_open_can_be_tried_again_until_it_expires(came):
    failed = came[0]
    settle(failed, "failed")
    assert tidying.clear_ended(at=AT + 6 * DAY) == 0
    assert there(failed) == [True]
    assert tidying.clear_ended(at=failed.expires + DAY) == 1
    assert there(failed) == [False]


def test_a_body_for_two_is_kept_until_both_are_done_with_it(known):
    hand_in(*sealed(Letter(sender=known.italy, receivers=[known.ours, known.neighbour], at=AT)))
    first, second = Incoming.objects.order_by("pk")
    settle(first, "opened")
    assert tidying.clear_ended(at=LATER) == 1
    assert there(second) == [True]
    settle(second, "opened")
    assert tidying.clear_ended(at=LATER) == 1
    assert not files()


def test_it_is_done_once_a_day_whoever_asks_and_not_on_the_first(came):
    settle(came[0], "opened", at=AT - DAY)
    assert not tidying.once_a_day(at=AT)
    assert there(came[0]) == [True]
    assert not tidying.once_a_day(at=AT + timedelta(hours=23))
    assert tidying.once_a_day(at=AT + DAY)
    assert there(came[0]) == [False]
    assert not tidying.once_a_day(at=AT + DAY)
    assert Tidied.objects.get().at == AT + DAY


def test_the_sweep_tidies(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.tidying, "once_a_day", lambda *, at: asked.append(at))
    tasks.sweep()
    assert len(asked) == 1


def test_how_often_strangers_were_refused_is_known_for_a_month():
    for days in (1, 29, 31):
        StrangersRefused.objects.create(act="a", actor="unknown", reason="r", minute=LATER - days * DAY)
    Tidied.objects.create(at=AT)
    assert tidying.once_a_day(at=LATER)
    assert StrangersRefused.objects.count() == 2
