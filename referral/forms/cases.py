"""Opening a case, its age status and citizenship, and who works it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.labels import ROLES
from people.models import Membership
from people.roles import Role
from referral import labels
from referral.rules import references
from referral.rules.access import SEES_CASES
from referral.rules.refusals import BadReference, GroundNeeded
from referral.vocabulary import AgeGround, AgeStatus, Citizenship


NO_PART = _("This cannot be part of a reference. A reference looks like RO-26-7KQ4M9; names are in no list.")


class FindCaseForm(forms.Form):
    """A reference or a part of it; a name that somebody types here is neither looked for nor shown again."""

    q = forms.CharField(
        label=_("Reference"),
        max_length=references.LONGEST,
        error_messages=dict.fromkeys(["required", "max_length"], NO_PART),
    )

    def clean_q(self) -> frozenset[str]:
        """The ways in which it can stand in a reference."""
        try:
            return references.parts(self.cleaned_data["q"])
        except BadReference as refusal:
            raise forms.ValidationError(NO_PART) from refusal


class OpenCaseForm(forms.Form):
    """The two facts that decide which steps come first; nothing is chosen beforehand."""

    age_status = forms.ChoiceField(
        label=_("Age"),
        help_text=_("Decides at once whether the rules for children hold."),
        choices=labels.choices(AgeStatus),
        widget=forms.RadioSelect,
    )
    citizenship = forms.ChoiceField(
        label=_("Citizenship"),
        help_text=_(
            "Decides whether steps about residence are shown. "
            "Which country it is goes into the sealed record."
        ),
        choices=labels.choices(Citizenship),
        widget=forms.RadioSelect,
    )


class AgeStatusForm(forms.Form):
    """That a person is, may be, or is not a child; an adult after all, for who may say so."""

    age_status = OpenCaseForm.base_fields["age_status"]
    ground = forms.ChoiceField(
        label=_("If the person is an adult: how is that known?"),
        help_text=_("Only for “Adult”, and recorded. A doubt needs no ground."),
        choices=labels.choices(AgeGround),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, now: AgeStatus, may_say_adult: bool) -> None:
        super().__init__(data, initial={"age_status": now.value})
        self.is_adult = now is AgeStatus.ADULT
        if self.is_adult or not may_say_adult:
            del self.fields["ground"]
        if not (self.is_adult or may_say_adult):
            offered = [choice for choice in labels.choices(AgeStatus) if choice[0] != AgeStatus.ADULT]
            self.fields["age_status"] = forms.ChoiceField(
                label=self.fields["age_status"].label,
                help_text=_(
                    "That the person is an adult is said by a caseworker or supervisor of the responsible "
                    "organisation."
                ),
                choices=offered,
                widget=forms.RadioSelect,
            )

    def clean(self) -> dict[str, Any]:
        """Ask for the ground when the person becomes an adult."""
        cleaned: dict[str, Any] = super().clean() or {}
        becomes = cleaned.get("age_status") == AgeStatus.ADULT and not self.is_adult
        if becomes and not cleaned.get("ground") and "ground" not in self.errors:
            self.add_error("ground", gettext(GroundNeeded.sentence))
        return cleaned


class CitizenshipForm(forms.Form):
    """Which group the person's citizenship is in."""

    citizenship = forms.ChoiceField(
        label=_("Citizenship"),
        help_text=_(
            "Citizens of this country and of the European Union have the right to stay: they have no steps "
            "about a reflection period or a permit. Everybody else has them, also while it is not known."
        ),
        choices=labels.choices(Citizenship),
        widget=forms.RadioSelect,
    )


class AssignForm(forms.Form):
    """A colleague of one's own organisation who shall work the case too."""

    membership = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=Membership.objects.none(),
        help_text=_("Sees what the role may see, from now on."),
    )

    def __init__(self, *args: object, colleagues: Iterable[Membership], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["membership"] = forms.ChoiceField(
            label=self.base_fields["membership"].label,
            help_text=self.base_fields["membership"].help_text,
            choices=[
                (str(each.user.uuid), f"{each.user.name} · {ROLES[Role(each.role)]}") for each in colleagues
            ],
        )


def colleagues(membership: Membership, *, already: Sequence[int], at: datetime) -> list[Membership]:
    """Members of the same organisation whose role works cases and who are not on this one yet."""
    active = Membership.objects.active(at.date()).filter(organisation=membership.organisation_id)
    wanted = active.filter(role__in=[role.value for role in SEES_CASES]).exclude(pk__in=already)
    return list(wanted.select_related("user").order_by("role", "pk"))
