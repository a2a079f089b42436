"""A file to keep with a case. The file itself is sealed while it arrives, before this form is looked at."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DocumentForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Keep only what is needed. Its name is sealed with it."),
        allow_empty_file=True,
    )
