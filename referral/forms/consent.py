"""What a person agreed to share. Nothing is ticked beforehand; each part of the record is its own tick."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from referral import labels
from referral.record import world
from referral.vocabulary import LANGUAGE_CODES, Category, ConsentManner, Purpose


LAST_SECOND = time(23, 59, 59)


class ConsentForm(forms.Form):
    """One agreement with one receiver."""

    receiver = forms.ChoiceField(
        label=_("With whom"),
        help_text=_("One organisation. A second one is a second agreement."),
    )
    categories = forms.MultipleChoiceField(
        label=_("What may be shared"),
        help_text=_("Talk about each part on its own. What is not ticked stays here."),
        choices=labels.choices(Category),
        widget=forms.CheckboxSelectMultiple,
    )
    purpose = forms.ChoiceField(
        label=_("For what"),
        choices=[("", "—"), *labels.choices(Purpose)],
    )
    language = forms.ChoiceField(
        label=_("In which language it was explained"), help_text=_("One the person understands well.")
    )
    manner = forms.ChoiceField(
        label=_("How the person agreed"),
        choices=[("", "—"), *labels.choices(ConsentManner)],
    )
    until = forms.DateField(
        label=_("Until when"),
        help_text=_("At most two years ahead. The person may end it any day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    by_guardian = forms.BooleanField(label=_("The guardian agrees too"), required=False)

    def __init__(self, data: Any = None, *, receivers: list[tuple[str, str]], child: bool) -> None:
        super().__init__(data)
        language = (get_language() or "en")[:2]
        spoken = [
            (choice.code, choice.label)
            for choice in world.languages(language)
            if choice.code in LANGUAGE_CODES
        ]
        self._choices("receiver", receivers)
        self._choices("language", spoken)
        if not child:
            del self.fields["by_guardian"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "—"), *choices]

    def clean_until(self) -> datetime:
        """The agreement holds to the last second of its last day, which is the day that pages show."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], LAST_SECOND))
