"""Dates as a person says them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from connect.templatetags import near


NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "words", "kind"),
    [
        (NOW - timedelta(days=2), "2 days late", "late"),
        (NOW - timedelta(days=1), "1 day late", "late"),
        (NOW - timedelta(minutes=1), "due earlier today", "late"),
        (NOW + timedelta(minutes=1), "today", "soon"),
        (date(2026, 11, 23), "today", "soon"),
        (date(2026, 11, 22), "1 day late", "late"),
        (NOW + timedelta(days=1), "tomorrow", "soon"),
        (NOW + timedelta(days=7), "in 7 days", "soon"),
        (NOW + timedelta(days=8), "in 8 days", ""),
        (NOW + timedelta(days=31), "24 December 2026", ""),
    ],
)
def test_a_time_limit_is_said_in_words_while_it_is_near(due, words, kind):
    assert near.due_in_words(due, NOW) == words
    assert near.kind_of(due, NOW) == kind


def test_no_time_limit_says_nothing():
    assert near.kind_of(None, NOW) == ""
    assert Template("{% load near %}[{% near due %}]").render(Context({"due": None})) == "[]"


def test_midnight_is_the_one_of_the_place_not_of_greenwich():
    late_evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    with timezone.override("Europe/Bucharest"):
        assert near.due_in_words(late_evening, NOW) == "tomorrow"


def test_the_exact_moment_is_always_in_the_title():
    page = type("Page", (), {"now": NOW})()
    html = Template("{% load near %}{% since at %}").render(
        Context({"at": NOW - timedelta(hours=1), "page": page})
    )
    assert 'title="23 November 2026, 09:00"' in html
    assert ">today, 09:00<" in html


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "22 January 2027"),
        ("it", "22 gennaio 2027"),
        ("pt", "22 de janeiro de 2027"),
        ("ro", "22 ianuarie 2027"),
    ],
)
def test_a_day_is_written_as_the_language_of_the_page_writes_it(language, words):
    with translation.override(language):
        assert near.due_in_words(NOW + timedelta(days=60), NOW) == words


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_said_late_is_marked_late(due):
    assert ("late" in near.due_in_words(due, NOW) or "earlier" in near.due_in_words(due, NOW)) == (
        near.kind_of(due, NOW) == "late"
    )
