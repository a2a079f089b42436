"""Letting another organisation take part: by one agreement, with parts of the record that it covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referral import labels
from referral.vocabulary import Category


class AgreementForm(forms.Form):
    """Page 1: by which agreement, and so which organisation."""

    agreement = forms.ChoiceField(label=_("Organisation"))

    def __init__(self, data: Any = None, *, agreements: Sequence[str]) -> None:
        """`agreements` are those on the page that something can be shared by."""
        super().__init__(data)
        field = self.fields["agreement"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each, each) for each in agreements]


class PartsForm(forms.Form):
    """Page 2: which parts of the record; nothing is ticked beforehand."""

    categories = forms.MultipleChoiceField(label=_("Parts of the record"))

    def __init__(self, data: Any = None, *, possible: Sequence[str]) -> None:
        """`possible` categories can be shared now."""
        super().__init__(data)
        field = self.fields["categories"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, name) for code, name in labels.choices(Category) if code in possible]
