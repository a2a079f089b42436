"""One category of the record as a form, made from its fields; and why somebody opens what was disclosed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from referral import labels
from referral.record.field import NO_ANSWERS, Field, Kind, NotAccepted, Value, clean
from referral.record.fields import asked, of
from referral.record.in_words import is_heavy, options
from referral.vocabulary import Category, ReadingReason


INSTEAD = "instead-"
NUMBERS = re.compile(r"(?:\d[\s./-]?){7,}")
"""Seven digits in a row read like a telephone or document number (do-no-harm list, item 21)."""


class ReasonForm(forms.Form):
    """Why this is opened: a closed list, because the ledger holds no free text."""

    reason = forms.ChoiceField(
        label=_("Why do you need to open this?"),
        help_text=_("The reason is recorded for the data protection officer."),
        choices=labels.choices(ReadingReason),
        widget=forms.RadioSelect,
    )


@dataclass(frozen=True)
class Group:
    """Fields that stand together; heavy ones are shut until asked for."""

    title: str
    fields: list[BoundField]
    heavy: bool = False


class RecordForm(forms.Form):
    """The fields of one category. Each may be answered, left open, or told why there is no answer."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    checked = forms.BooleanField(
        required=False, label=_("I have checked it, and the number belongs here"), widget=forms.HiddenInput
    )

    def __init__(
        self, category: Category, values: Mapping[str, Value], data: Any = None, *, based_on: int = 0
    ) -> None:
        self.category = category
        self.kept = {field.name: values[field.name] for field in of(category) if field.name in values}
        super().__init__(data, initial={"based_on": based_on})
        for field in asked(category):
            self.fields[field.name] = form_field(field)
            self.fields[INSTEAD + field.name] = forms.ChoiceField(
                label=gettext("Or, for “%(question)s”") % {"question": gettext(field.label)},
                required=False,
                choices=[
                    ("", gettext("answered or left open")),
                    *((code, gettext(text)) for code, text in NO_ANSWERS.items()),
                ],
                widget=forms.Select(attrs={"class": "form-select-sm instead"}),
            )
            value = values.get(field.name)
            if isinstance(value, str) and value in NO_ANSWERS:
                self.initial[INSTEAD + field.name] = value
            elif value is not None:
                self.initial[field.name] = date.fromisoformat(value) if field.kind is Kind.DATE else value  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        """Check each answer as the record does, and warn once where free text holds a number."""
        cleaned: dict[str, Any] = super().clean() or {}
        for field in asked(self.category):
            self._clean_one(field, cleaned)
        if not cleaned.get("checked") and any(self._holds_number(field) for field in asked(self.category)):
            self.fields["checked"].widget = forms.CheckboxInput()
            self.add_error(
                "checked",
                gettext(
                    "A description seems to hold a telephone or document number. "
                    "Take it out, or say that it belongs here."
                ),
            )
        return cleaned

    def _clean_one(self, field: Field, cleaned: dict[str, Any]) -> None:
        answer, instead = plain(cleaned.get(field.name)), cleaned.get(INSTEAD + field.name)
        if answer and instead:
            answered, explained = self._changed(field.name), self._changed(INSTEAD + field.name)
            if answered == explained:
                self.add_error(field.name, gettext("Either answer, or say why there is no answer. Not both."))
                return
            instead = instead if explained else ""
        try:
            cleaned[field.name] = clean(field, instead or answer)
        except NotAccepted as refusal:
            self.add_error(field.name, gettext(refusal.sentence) % refusal.detail)

    def _changed(self, name: str) -> bool:
        return name in self.changed_data

    def _holds_number(self, field: Field) -> bool:
        text = self.cleaned_data.get(field.name)
        return field.kind is Kind.LONG_TEXT and isinstance(text, str) and bool(NUMBERS.search(text))

    def values(self) -> dict[str, Value]:
        """Everything the new revision holds: the answers, and what is kept but never asked for."""
        answers = {field.name: self.cleaned_data.get(field.name) for field in asked(self.category)}
        kept = {name: value for name, value in self.kept.items() if name not in answers}
        return kept | {name: value for name, value in answers.items() if value is not None}

    def beside(
        self, base: Mapping[str, Value], newest: Mapping[str, Value], number: int
    ) -> tuple[RecordForm, list[str]]:
        """What was typed, as a form on top of a revision that somebody else sealed meanwhile.

        `base` is what both began from, `newest` what stands now under `number`. Also gives the questions that
        both answered, each in another way: there the typed answer stands.
        """
        typed = self.values()
        changed = {field.name for field in of(self.category) if typed.get(field.name) != base.get(field.name)}
        values = {name: value for name, value in newest.items() if name not in changed}
        values |= {name: value for name, value in typed.items() if name in changed}
        both = [
            gettext(field.label)
            for field in of(self.category)
            if field.name in changed
            and newest.get(field.name) not in (base.get(field.name), typed.get(field.name))
        ]
        return RecordForm(self.category, values, based_on=number), both

    def groups(self) -> list[Group]:
        """The fields as the page shows them: the plain ones, then the heavy ones."""
        plain_ones = [field for field in asked(self.category) if not is_heavy(field)]
        heavy = [field for field in asked(self.category) if is_heavy(field)]
        groups = [Group("", self._with_instead(plain_ones))]
        if heavy:
            groups.append(Group(gettext("Descriptions"), self._with_instead(heavy), heavy=True))
        return groups

    def _with_instead(self, fields: list[Field]) -> list[BoundField]:
        return [self[name] for field in fields for name in (field.name, INSTEAD + field.name)]


def plain(value: object) -> object:
    """A cleaned form value in the shape the record takes."""
    return value.isoformat() if isinstance(value, date) else value


def form_field(field: Field) -> forms.Field:  # noqa: PLR0911 - one line a kind
    """The form field that asks for a field of the record; the record's own check has the last word."""
    said: dict[str, Any] = {
        "label": gettext(field.label),
        "help_text": gettext(field.help) if field.help else "",
        "required": False,
    }
    quiet = {"autocomplete": "off", "spellcheck": "false"}
    match field.kind:
        case Kind.LONG_TEXT:
            return forms.CharField(**said, widget=forms.Textarea(attrs={**quiet, "rows": 5}))
        case Kind.DATE:
            return forms.DateField(
                **said, widget=forms.DateInput(attrs={"type": "date", **quiet}, format="%Y-%m-%d")
            )
        case Kind.NUMBER:
            return forms.IntegerField(**said, min_value=0)
        case Kind.MULTIPLE_CHOICE:
            return forms.MultipleChoiceField(
                **said, choices=options(field), widget=forms.CheckboxSelectMultiple
            )
        case Kind.COUNTRIES:
            return forms.MultipleChoiceField(
                **said, choices=options(field), widget=forms.SelectMultiple(attrs={"size": 6})
            )
        case Kind.CHOICE | Kind.YES_NO_UNKNOWN | Kind.COUNTRY | Kind.LANGUAGE:
            return forms.ChoiceField(**said, choices=[("", gettext("not asked yet")), *options(field)])
        case _:
            return forms.CharField(**said, widget=forms.TextInput(attrs=quiet))
