"""A spreadsheet to bring in, and the key that an export is sealed to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """The spreadsheet; it is read in memory and never written to a disk in clear."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("The HTCDS form, saved as .xlsx. Nothing is brought in before you have looked at it."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )


class ExportForm(forms.Form):
    """To whose key the spreadsheet is sealed: there is no plain export of a record."""

    recipient = forms.CharField(
        label=_("Public key it is sealed to"),
        help_text=_(
            "It begins with age1pq1. Only whoever holds the secret key that belongs to it can open the file, "
            "with this software or with the public age tool."
        ),
        max_length=4000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
