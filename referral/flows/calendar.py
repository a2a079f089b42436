"""The clock and the calendars of the countries: working days, public holidays, months, days' ends.

Everything here but `now` is a function of its arguments. Countries are ISO 3166 codes that the `holidays`
package knows; time zones are IANA names.
"""

from __future__ import annotations

import calendar as _calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays


def now() -> datetime:
    """The time, for the edge of the program only: views, background tasks, commands."""
    return datetime.now(UTC)


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The national public holidays of a country in a year."""
    return frozenset(holidays.country_holidays(country, years=year))


def is_working_day(day: date, *, country: str) -> bool:
    """Whether offices of the country are open: not Saturday, not Sunday, not a national public holiday."""
    return day.weekday() < 5 and day not in public_holidays(country, day.year)


def add_working_days(start: date, amount: int, *, country: str) -> date:
    """The day on which `amount` working days are over; the day of the event itself is not counted."""
    day = start
    while amount > 0:
        day += timedelta(days=1)
        if is_working_day(day, country=country):
            amount -= 1
    return day


def add_months(start: date, amount: int) -> date:
    """The same day `amount` months later; the last day of the month where that month is too short.

    From 31 January one month is 28 or 29 February; from 29 February twelve months are 28 February.
    """
    index = start.year * 12 + start.month - 1 + amount
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(start.day, _calendar.monthrange(year, month)[1]))


def local_date(at: datetime, *, zone: str) -> date:
    """The date that the wall calendar shows in the zone at this moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, *, zone: str) -> datetime:
    """The first moment of a day in the zone: what began on a day began then at the earliest."""
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of_day(day: date, *, zone: str) -> datetime:
    """The last second of a day in the zone: a limit counted in days runs until then."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(zone)).astimezone(UTC)
