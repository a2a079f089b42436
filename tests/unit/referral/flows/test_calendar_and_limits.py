"""Days, months and hours of time limits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.flows.calendar import add_months, add_working_days, end_of_day, is_working_day, local_date
from referral.flows.limits import Confidence, NoLimit, TimeLimit, Unit
from referral.flows.saying import shown


def limit(amount, unit, **said):
    return TimeLimit(
        key="x",
        amount=amount,
        unit=unit,
        basis="art. 1",
        source="S1",
        confidence=Confidence.READ,
        checked=date(2026, 11, 1),
        starts="the beginning",
        **said,
    )


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(start, months, end):
    assert add_months(start, months) == end


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_always_land_in_the_month_counted(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day <= start.day


def test_working_days_skip_weekends_and_the_countrys_own_holidays():
    assert not is_working_day(date(2026, 12, 1), country="RO"), "the national day"
    assert is_working_day(date(2026, 12, 2), country="IT")
    assert add_working_days(date(2026, 11, 27), 2, country="RO") == date(2026, 12, 3)
    assert add_working_days(date(2026, 11, 27), 2, country="PT") == date(2026, 12, 2)
    assert add_working_days(date(2026, 11, 27), 2, country="IT") == date(2026, 12, 1)


def test_a_limit_in_days_runs_to_the_end_of_the_local_day():
    start = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Bucharest
    assert local_date(start, zone="Europe/Bucharest") == date(2026, 11, 24)
    due = limit(90, Unit.DAYS).due(start, zone="Europe/Bucharest", country="RO")
    assert due == end_of_day(date(2027, 2, 22), zone="Europe/Bucharest")
    assert due == datetime(2027, 2, 22, 21, 59, 59, tzinfo=UTC)


def test_a_limit_in_hours_is_exact_across_a_change_of_the_clock():
    start = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    assert limit(72, Unit.HOURS).due(start, zone="Europe/Rome", country="IT") == start + timedelta(hours=72)


def test_years_and_months_and_working_days_end_on_their_day():
    start = datetime(2028, 2, 29, 12, tzinfo=UTC)
    zone = {"zone": "Europe/Lisbon", "country": "PT"}
    assert limit(1, Unit.YEARS).due(start, **zone).date() == date(2029, 2, 28)
    assert limit(6, Unit.MONTHS).due(start, **zone).date() == date(2028, 8, 29)
    assert limit(1, Unit.WORKING_DAYS).due(start, **zone).date() == date(2028, 3, 1)


def test_a_span_knows_its_earliest_end_and_when_it_is_near():
    span = limit(60, Unit.DAYS, minimum=30, notice=14)
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    due = span.due(start, zone="Europe/Lisbon", country="PT")
    assert span.earliest(start, zone="Europe/Lisbon", country="PT").date() == date(2026, 12, 23)
    assert not span.near(due, due - timedelta(days=15))
    assert span.near(due, due - timedelta(days=13))


def test_only_what_was_read_is_shown_as_sure():
    read = limit(1, Unit.DAYS)
    assert shown(read).sure
    for confidence in (Confidence.MEMORY, Confidence.UNCERTAIN):
        doubtful = NoLimit(
            key="y", why="None.", basis="b", source="s", confidence=confidence, checked=date(2026, 11, 1)
        )
        assert not shown(doubtful).sure
        assert "lawyer" in shown(doubtful).note
    assert (
        shown(limit(60, Unit.DAYS, minimum=30)).says
        == "at least 30 days, at most 60 days from: the beginning"
    )
