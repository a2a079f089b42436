"""Handing over and answering: closed lists wherever an offer speaks, words only where they travel sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from referral import labels
from referral.handover.payloads import MAX_TEXT
from referral.record import world
from referral.rules.offer_contents import MAX_CHILDREN, MAX_LANGUAGES
from referral.vocabulary import (
    LANGUAGE_CODES,
    AgeBand,
    Category,
    DeclineReason,
    HandoverKind,
    MessageKind,
    Mobility,
    NeedCode,
    SexBand,
    Stage,
    Urgency,
)


GROUPS = (
    (_("What the person needs"), "", ("needs", "urgency")),
    (
        _("What they may know before they answer"),
        _("Only what helps to find a place. Nobody can tell from it who the person is."),
        ("sex", "age", "languages", "other_language", "mobility", "children"),
    ),
    (_("How it goes on"), "", ("kind", "stage")),
)
"""Title, note and fields of the panels of the second page."""


def language_choices(codes: Collection[str] = LANGUAGE_CODES) -> list[tuple[str, str]]:
    """Languages an offer may name, in the language of the page."""
    named = world.languages((get_language() or "en")[:2])
    return [(choice.code, choice.label) for choice in named if choice.code in codes]


class ReceiverForm(forms.Form):
    """Page 1: to whom."""

    receiver = forms.ChoiceField(label=_("Organisation"))

    def __init__(self, data: Any = None, *, addresses: Sequence[str]) -> None:
        """`addresses` are those of the organisations on the page."""
        super().__init__(data)
        self._offer("receiver", [(address, address) for address in addresses])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class OfferForm(forms.Form):
    """Page 2: what goes into the sealed record, and what the offer says in codes."""

    categories = forms.MultipleChoiceField(label=_("Parts of the record"))
    needs = forms.MultipleChoiceField(
        label=_("Services asked for"),
        help_text=_("Only what this organisation offers."),
        widget=forms.CheckboxSelectMultiple,
    )
    urgency = forms.ChoiceField(
        label=_("How soon an answer is needed"),
        help_text=_("Immediate: within a day. Soon: within three days. Planned: within a week."),
        choices=labels.choices(Urgency),
        widget=forms.RadioSelect,
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=labels.choices(SexBand), widget=forms.RadioSelect)
    age = forms.ChoiceField(
        label=_("Age"), help_text=_("A band, never a date."), choices=[("", "—"), *labels.choices(AgeBand)]
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages the person speaks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other_language = forms.ChoiceField(label=_("Another language"), required=False)
    mobility = forms.ChoiceField(
        label=_("Getting around"), choices=labels.choices(Mobility), widget=forms.RadioSelect
    )
    children = forms.IntegerField(
        label=_("Children who come along"), min_value=0, max_value=MAX_CHILDREN, initial=0
    )
    kind = forms.ChoiceField(
        label=_("Kind of handover"),
        help_text=_(
            "Referral: you stay responsible. Transfer: they become responsible when they open the record."
        ),
        choices=labels.choices(HandoverKind),
        widget=forms.RadioSelect,
    )
    stage = forms.ChoiceField(
        label=_("Stage in which they go on"),
        choices=[(code, name) for code, name in labels.choices(Stage) if code != Stage.CLOSED],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        initial: dict[str, Any],
        possible: Collection[str],
        services: Collection[str],
        spoken: Collection[str],
        kinds: Collection[HandoverKind],
    ) -> None:
        """`possible` categories can go now, in these `kinds`; `services` and `spoken` are the receiver's."""
        super().__init__(data, initial=initial)
        known = {code: name for code, name in labels.choices(NeedCode) if code in services}
        self._offer(
            "categories", [(code, name) for code, name in labels.choices(Category) if code in possible]
        )
        self._offer("kind", [(kind.value, labels.name(kind)) for kind in kinds])
        if HandoverKind.TRANSFER not in kinds:
            self.fields["kind"].help_text = _(
                "Another organisation is responsible for this case, and stays so: you can refer it further."
            )
        self._offer("needs", list(known.items()))
        self._offer("languages", language_choices(spoken))
        self._offer("other_language", [("", "—"), *language_choices()])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """One language at least, without repetition."""
        said = super().clean() or {}
        spoken = {*said.get("languages", ()), said.get("other_language", "")} - {""}
        if not spoken:
            self.add_error("languages", _("Choose a language the person speaks."))
        elif len(spoken) > MAX_LANGUAGES:
            self.add_error("languages", _("Choose the few languages the person speaks best."))
        said["spoken"] = sorted(spoken)
        return said


class SealForm(forms.Form):
    """Page 3: what the page showed, as digests; nothing else is sealed than what somebody has looked at."""

    to = forms.CharField(widget=forms.HiddenInput, required=False)
    what = forms.CharField(widget=forms.HiddenInput, required=False)
    agreed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, chosen: Mapping[str, str]) -> None:
        """`chosen` are the digests of what would be sealed now."""
        super().__init__(data, initial=dict(chosen))

    def clean(self) -> dict[str, Any]:
        """Say what has changed since the page was shown, in another tab or by a colleague."""
        shown = super().clean() or {}
        changed = [name for name in self.fields if shown.get(name) != self.initial[name]]
        if "to" in changed:
            self.add_error(
                None,
                _("You have chosen another organisation since this page was shown. Look at who gets it now."),
            )
        if "what" in changed:
            self.add_error(
                None,
                _("What goes or what is asked for has changed since this page was shown. Look at it again."),
            )
        if changed == ["agreed"]:
            self.add_error(None, _("It rests on another agreement now. Look at what the person agreed to."))
        return shown


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=_("Travels sealed. Do not write who the person is, or where they are."),
        required=required,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )


class AcceptForm(forms.Form):
    """A signed acceptance needs no words."""

    prefix = "accept"


class DeclineForm(forms.Form):
    """A reason from the list, and words if that helps."""

    prefix = "decline"
    reason = forms.ChoiceField(
        label=_("Reason"), choices=labels.choices(DeclineReason), widget=forms.RadioSelect
    )
    text = _words(_("Anything that helps to find another place"), required=False)


class MessageForm(forms.Form):
    """Words to the other side, of one of the kinds the state of the handover allows."""

    prefix = "message"
    kind = forms.ChoiceField(label=_("What it is"), widget=forms.RadioSelect)
    text = _words(_("Your message"))

    def __init__(self, data: Any = None, *, kinds: Sequence[MessageKind]) -> None:
        """`kinds` are what may be written now; one alone is not asked for."""
        super().__init__(data)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.value, labels.name(kind)) for kind in kinds]
            field.initial = kinds[0].value
        if len(kinds) == 1:
            field.widget = forms.HiddenInput()


class OpenForm(forms.Form):
    """Opening needs no words."""

    prefix = "open"
