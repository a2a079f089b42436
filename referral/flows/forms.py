"""The base of every step's form: coded questions, each of which may stay without an answer.

A form of a step asks for codes, dates and yes or no; nothing that a person could be known by. What somebody
tells in words belongs in the sealed record, not here. The way on from a step is its `outcome`, and every step
has at least one outcome that leads on without a yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django import forms
from django.utils.translation import gettext_lazy as _

from referral.flows.limits import Confidence
from referral.flows.situation import Condition, Situation, everyone


if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Text: TypeAlias = "str | StrPromise"
Options: TypeAlias = tuple[tuple[str, Text], ...]

DO_NOT_KNOW = "do_not_know"
NOT_SAID = "not_said"
LATER = "later"
NOT_NEEDED = "not_needed"

NOT_ANSWERED: Options = (
    (DO_NOT_KNOW, _("I do not know")),
    (NOT_SAID, _("Did not want to say")),
    (LATER, _("Ask later")),
)
YES_NO: Options = (("yes", _("Yes")), ("no", _("No")))

DONE = "done"
DECLINED = "declined"
NOT_NOW = "not_now"
NOT_POSSIBLE = "not_possible"

DONE_OR_NOT: Options = (
    (DONE, _("Done")),
    (NOT_NOW, _("Not now; we go on without it")),
    (NOT_POSSIBLE, _("Not possible here")),
)
AGREED_OR_NOT: Options = (
    (DONE, _("The person agreed")),
    (DECLINED, _("The person does not want this")),
    (LATER, _("The person wants more time; we ask again later")),
)
EXITS = frozenset({DECLINED, NOT_NOW, NOT_POSSIBLE, LATER, DO_NOT_KNOW, NOT_SAID})


class Choice(forms.ChoiceField):
    """One of a closed list, or one of the three ways of not answering."""

    def __init__(
        self, label: Text, options: Options, *, help_text: Text = "", only_for: Condition = everyone
    ) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            choices=(*options, *NOT_ANSWERED),
            required=False,
            widget=forms.RadioSelect,
        )
        self.only_for = only_for


class YesNo(Choice):
    """Yes, no, or one of the three ways of not answering."""

    def __init__(self, label: Text, *, help_text: Text = "", only_for: Condition = everyone) -> None:
        super().__init__(label, YES_NO, help_text=help_text, only_for=only_for)


class Several(forms.MultipleChoiceField):
    """Any number of a closed list, none included."""

    def __init__(
        self, label: Text, options: Options, *, help_text: Text = "", only_for: Condition = everyone
    ) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            choices=(*options, *NOT_ANSWERED),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.only_for = only_for


class OnDate(forms.DateField):
    """A date, or nothing."""

    def __init__(self, label: Text, *, help_text: Text = "", only_for: Condition = everyone) -> None:
        super().__init__(
            label=label,
            help_text=help_text or _("Leave empty when it is not known."),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )
        self.only_for = only_for

    def clean(self, value: Any) -> date | None:
        """Refuse years that nobody means: time limits are counted from these dates."""
        day: date | None = super().clean(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(_("This year cannot be right. Check the date."))
        return day


YEARS = range(1990, 2101)
CODED = (Choice, Several, OnDate)


class StepForm(forms.Form):
    """A step's questions and, last, its outcome."""

    outcomes: ClassVar[Options] = DONE_OR_NOT
    outcome_label: ClassVar[Text] = _("How did this step end?")

    def __init__(self, *args: Any, situation: Situation, finish: bool = True, **kwargs: Any) -> None:
        """Leave out the questions that are not for this person, so that they are neither shown nor saved.

        A step that is kept and not finished yet needs no outcome.
        """
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if not getattr(self.fields[name], "only_for", everyone)(situation):
                del self.fields[name]
        self.fields["outcome"] = forms.ChoiceField(
            label=self.outcome_label,
            choices=self.outcomes,
            required=finish,
            widget=forms.RadioSelect,
            error_messages={"required": _("Say how this step ended. “Not now” is an answer too.")},
        )

    def answers(self) -> dict[str, Any]:
        """The answers as they are kept: codes, ISO dates, lists of codes; nothing for what stayed empty."""
        return {
            name: _kept(value) for name, value in self.cleaned_data.items() if value not in ("", None, [])
        }

    @classmethod
    def exits(cls) -> frozenset[str]:
        """The outcomes that lead on without a yes."""
        return EXITS & {code for code, _label in cls.outcomes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a step tells whoever does it: its name, why it is asked, its basis, the document it makes."""

    title: Text
    why: Text
    basis: str
    source: str
    confidence: Confidence
    document: Text = ""


class LimitPassed(StepForm):
    """What to do about a step whose time limit has passed; help goes on in every case."""

    reason = Choice(
        _("Why is the step still open?"),
        (
            ("person_needs_time", _("The person needs more time")),
            ("waiting_for_others", _("We wait for another organisation")),
            ("no_capacity", _("We did not get to it")),
            ("no_longer_useful", _("It is no longer useful for the person")),
        ),
    )
    outcomes = (
        ("goes_on", _("The step stays open and help goes on")),
        ("asked_lawyer", _("We asked a lawyer what the limit means here")),
        (NOT_NOW, _("Decide later")),
    )


def uncoded(form: type[StepForm]) -> Iterable[str]:
    """The names of fields that could hold free text; a check refuses a form that has any."""
    return (name for name, field in form.base_fields.items() if not isinstance(field, CODED))


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
