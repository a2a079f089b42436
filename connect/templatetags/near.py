"""Dates as a person says them: near ones in words, the exact moment always in the element's title.

`{% near due %}` is for what is still to come ("tomorrow", "2 days late"), `{% since happened %}` for what
has been ("today, 09:12"), `{% nearness due %}` gives the kind of chip: late, soon or nothing.
"""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.template import Context
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referral.flows import calendar
from referral.labels import written


SOON_DAYS = 7
"""A time limit this many days away or nearer is marked as near; a reader's aid, not law."""
WORDS_DAYS = 30
"""Beyond this many days a date says more than a number of days."""

register = template.Library()


def due_in_words(due: date, now: datetime) -> str:
    """Say how far away a time limit is; a plain date runs until the end of its day."""
    days = _days(due, now)
    if days < 0:
        return ngettext("%(count)d day late", "%(count)d days late", -days) % {"count": -days}
    if _over(due, now):
        return _("due earlier today")
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days <= WORDS_DAYS:
        return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
    return _day(due)


def happened_in_words(moment: date, now: datetime) -> str:
    """Say when something happened: today and yesterday in words, with the time if there is one."""
    days = _days(moment, now)
    words = {0: _("today"), -1: _("yesterday")}.get(days) or _day(moment)
    if isinstance(moment, datetime):
        clock = formats.time_format(timezone.localtime(moment), "H:i")
        return _("%(day)s, %(time)s") % {"day": words, "time": clock}
    return words


def kind_of(due: date | None, now: datetime) -> str:
    """Return the kind of chip for a time limit: "late", "soon" or "" (also without a limit)."""
    if due is None:
        return ""
    if _over(due, now):
        return "late"
    return "soon" if _days(due, now) <= SOON_DAYS else ""


@register.simple_tag(takes_context=True)
def near(context: Context, due: date | None) -> SafeString:
    """Render a time limit; nothing when there is none."""
    return SafeString("") if due is None else _time(due, due_in_words(due, _now(context)))


@register.simple_tag(takes_context=True)
def since(context: Context, moment: date | None) -> SafeString:
    """Render when something happened; nothing when it has not."""
    return SafeString("") if moment is None else _time(moment, happened_in_words(moment, _now(context)))


@register.simple_tag(takes_context=True)
def nearness(context: Context, due: date | None) -> str:
    """Give the kind of a time limit's chip."""
    return kind_of(due, _now(context))


@register.simple_tag
def exact(moment: date) -> SafeString:
    """Render a day in full, for pages where "yesterday" would age: transcripts, consents, print."""
    return format_html('<time class="exact" datetime="{}">{}</time>', moment.isoformat(), _exact(moment))


@register.simple_tag
def day(moment: date) -> SafeString:
    """Render a moment by its day alone, for ends that are counted in days."""
    return format_html('<time class="exact" datetime="{}">{}</time>', moment.isoformat(), _day(moment))


def _now(context: Context) -> datetime:
    page = context.get("page")
    return page.now if page is not None else calendar.now()


def _local(moment: date) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _days(moment: date, now: datetime) -> int:
    return (_local(moment) - timezone.localtime(now).date()).days


def _over(due: date, now: datetime) -> bool:
    return due < now if isinstance(due, datetime) else due < timezone.localtime(now).date()


def _day(moment: date) -> str:
    return written(_local(moment), "DATE_FORMAT")


def _exact(moment: date) -> str:
    if isinstance(moment, datetime):
        return written(timezone.localtime(moment), "DATETIME_FORMAT")
    return _day(moment)


def _time(moment: date, words: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), _exact(moment), words)
