"""One category of the record: its revisions, who looked, and its values in words once it is open."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from people.actor import Actor
from referral import labels
from referral.models import Case, Revision
from referral.queries.case_page import ICONS
from referral.queries.names import actor_name, member_name
from referral.record.field import NO_ANSWERS, Field, Value
from referral.record.fields import of
from referral.record.in_words import in_words, is_heavy
from referral.record.reading import Opened
from referral.vocabulary import Category, ReadingReason
from secure_exchange.models import Entry


LOOKS = 20
MASKED = {Category.IDENTITY, Category.CONTACT}


def sealed_page(case: Case, category: Category, *, by: Actor) -> dict[str, Any]:
    """What the page shows while the category is shut."""
    revisions = Revision.objects.filter(case=case, category=category.value).select_related(
        "made_by__organisation"
    )
    return {
        "case": {"reference": case.reference},
        "category": {"name": labels.name(category), "icon": ICONS[category], "code": category.value},
        "opened": False,
        "reason_form": None,
        "revision": None,
        "groups": [],
        "revisions": [
            {
                "number": row.number,
                "at": row.made_at,
                "by": member_name(row.made_by, me=by.membership),
                "url": "",
            }
            for row in revisions.order_by("-number")
        ],
        "looks": looks(case, category, by=by),
        "revise_url": "",
    }


def looks(case: Case, category: Category, *, by: Actor) -> list[dict[str, Any]]:
    """Who opened this part, newest first, from the ledger."""
    rows = Entry.objects.filter(
        object=case.reference,
        category=category.value,
        act__in=("record-read", "documents-listed", "document-read"),
    ).order_by("-sequence")[:LOOKS]
    return [
        {"at": row.at, "who": actor_name(row.actor, me=by.membership), "reason": _reason(row.reason)}
        for row in rows
    ]


def _reason(code: str) -> str:
    return str(labels.named(ReadingReason, code)) if code in set(ReadingReason) else ""


def opened_groups(opened: Opened) -> list[dict[str, Any]]:
    """The values of an open category, plain ones first, hard ones shut until asked."""
    fields = of(opened.category)
    shown = [field for field in fields if field.asked or field.name in opened.fields]
    plain = [_shown(field, opened) for field in shown if not is_heavy(field)]
    heavy = [_shown(field, opened) for field in shown if is_heavy(field)]
    groups = [{"title": "", "fields": plain}]
    return [*groups, {"title": _("Descriptions"), "fields": heavy}] if heavy else groups


def _shown(field: Field, opened: Opened) -> dict[str, Any]:
    value: Value | None = opened.fields.get(field.name)
    said = gettext(NO_ANSWERS[value]) if isinstance(value, str) and value in NO_ANSWERS else ""
    answered = value is not None and not said
    return {
        "label": gettext(field.label),
        "value": in_words(field, value) if answered and value is not None else "",
        "said": said,
        "masked": answered and opened.category in MASKED,
        "heavy": answered and is_heavy(field),
    }
