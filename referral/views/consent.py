"""What a person agreed to share: shown, recorded, withdrawn."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.access import SignedIn, signed_in
from people.actor import Actor
from referral import labels
from referral.cases.standing import decide, find_case, refusals_recorded, require
from referral.consent.giving import give_consent
from referral.consent.withdrawing import withdraw_consent
from referral.flows import stages
from referral.flows.calendar import now
from referral.forms.consent import ConsentForm
from referral.handover import withdrawing
from referral.models import Case, Consent
from referral.queries.case_page import consent_in_words
from referral.queries.handing_over import receivers
from referral.queries.names import profile_name
from referral.queries.who_helps import consents_seen
from referral.queries.withdrawal_page import withdrawal_page
from referral.rules.access import Act
from referral.rules.decision import Reason
from referral.rules.refusals import ConsentRefused, IllegalStep, NotInYourRole, NotThere
from referral.vocabulary import Category, ConsentManner, Purpose


FIELD_OF = {
    Reason.CONSENT_NEEDS_GUARDIAN: "by_guardian",
    Reason.CONSENT_TOO_LONG: "until",
    Reason.CONSENT_OVER: "until",
    Reason.CONSENT_NOTHING: "categories",
}
"""Beside which question a refusal is said."""
MOVED_ON = {Reason.NOT_RESPONSIBLE, Reason.CASE_CLOSED}
"""What has become of the case since the form was shown."""


@require_http_methods(["GET", "POST"])
@signed_in
def consent(request: SignedIn, reference: str) -> HttpResponse:
    """Show every agreement; record a new one."""
    at = now()
    case = find_case(reference, by=request.actor, at=at)
    may_record = bool(decide(Act.GIVE_CONSENT, case=case, by=request.actor, at=at))
    said = request.POST if request.method == "POST" else None
    form, status = None, HTTPStatus.OK
    if said is not None or may_record:
        form = ConsentForm(said, receivers=_receivers(request.actor), child=case.is_child)
    if said is not None and form is not None:
        status = _given(case, form, by=request.actor, at=at)
        if status == HTTPStatus.FOUND:
            messages.success(request, _("The agreement is recorded. The person may end it any day."))
            return redirect("consent", reference=reference)
    context = {
        "case": {"reference": case.reference, "child": case.is_child},
        "consents": [_shown(each, by=request.actor, at=at) for each in consents_seen(case, by=request.actor)],
        "form": form,
        "may_record": may_record,
    }
    return render(request, "referral/consent/consent.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def withdraw(request: SignedIn, reference: str, uuid: UUID) -> HttpResponse:
    """The person changed their mind: show what stops, then stop it."""
    at = now()
    case = find_case(reference, by=request.actor, at=at)
    require(Act.WITHDRAW_CONSENT, case=case, by=request.actor, at=at)
    found = Consent.objects.select_related("case__responsible").filter(case=case, uuid=uuid).first()
    if found is None:
        raise NotThere
    if request.method == "POST":
        withdraw_consent(
            consent=found, by=request.actor, at=at, stop=withdrawing.stop, reconsider=stages.situation_changed
        )
        messages.success(
            request, _("Withdrawn. Nothing more is shared on this agreement, and the help goes on.")
        )
        # Who took part by this very agreement has just lost sight of the case.
        here = decide(Act.SEE_CASE, case=case, by=request.actor, at=at)
        return redirect("consent", reference=reference) if here else redirect("cases")
    return render(request, "referral/consent/withdraw.html", withdrawal_page(found, at=at))


def _given(case: Case, form: ConsentForm, *, by: Actor, at: datetime) -> HTTPStatus:
    """Record the agreement; what is refused is said beside the form, with everything still in it."""
    complete = form.is_valid()
    try:
        with refusals_recorded(act="consent-given", by=by, about=case.reference, at=at):
            require(Act.GIVE_CONSENT, case=case, by=by, at=at)
        if complete:
            _give(case, form.cleaned_data, by=by, at=at)
    except (ConsentRefused, IllegalStep, NotInYourRole) as refusal:
        reason = Reason(refusal.reason)
        if isinstance(refusal, NotInYourRole) and reason is not Reason.NOT_RESPONSIBLE:
            raise
        form.add_error(FIELD_OF.get(reason), str(labels.NAMES[Reason][reason]))
        return HTTPStatus.CONFLICT if reason in MOVED_ON else HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.FOUND if complete else HTTPStatus.UNPROCESSABLE_ENTITY


def _give(case: Case, said: dict[str, Any], *, by: Actor, at: datetime) -> None:
    give_consent(
        case=case,
        receiver=said["receiver"],
        categories=[Category(code) for code in said["categories"]],
        purpose=Purpose(said["purpose"]),
        language=said["language"],
        manner=ConsentManner(said["manner"]),
        given_at=at,
        until=said["until"],
        by_guardian=said.get("by_guardian", False),
        by=by,
        at=at,
    )


def _receivers(by: Actor) -> list[tuple[str, str]]:
    """Every organisation that something can be sealed to, but our own."""
    profiles = receivers(own=by.organisation.address)
    return sorted(
        ((profile.address, profile_name(profile)) for profile in profiles), key=lambda each: each[1]
    )


def _shown(each: Consent, *, by: Actor, at: datetime) -> dict[str, Any]:
    state = "withdrawn" if each.withdrawn_at else "in_force" if each.in_force(at) else "over"
    may_withdraw = state == "in_force" and decide(Act.WITHDRAW_CONSENT, case=each.case, by=by, at=at)
    return consent_in_words(each) | {
        "state": state,
        "ended_at": each.withdrawn_at or each.until,
        "withdraw_url": reverse("withdraw-consent", args=[each.case.reference, each.uuid])
        if may_withdraw
        else "",
    }
