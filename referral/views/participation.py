"""Who works a case: colleagues, and other organisations of this node, which a consent lets take part.

Letting an organisation take part is one thing a page: by which agreement, which parts of the record, a last
check. Between the pages the session holds that choice, sealed to the person who makes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.access import SignedIn, signed_in
from people.keys import drafts
from referral.cases.granting import works
from referral.cases.participating import add_organisation, assign, remove_organisation, unassign
from referral.cases.standing import find_case, require
from referral.flows import stages
from referral.flows.calendar import now
from referral.forms.cases import AssignForm, colleagues
from referral.forms.participation import AgreementForm, PartsForm
from referral.models import Assignment, Case
from referral.queries import taking_part
from referral.queries.taking_part import Agreement
from referral.queries.team import colleague, end_participation_page, participation_of, team_page
from referral.rules.access import Act
from referral.rules.refusals import NotCovered


@require_http_methods(["GET", "POST"])
@signed_in
def team(request: SignedIn, reference: str) -> HttpResponse:
    """Show who works the case; let a colleague work it too."""
    at = now()
    found = find_case(reference, by=request.actor, at=at)
    require(Act.ASSIGN, case=found, by=request.actor, at=at)
    working = Assignment.objects.filter(case=found, ended_at=None).values_list("membership_id", flat=True)
    others = colleagues(request.actor.membership, already=list(working), at=at)
    form = AssignForm(request.POST or None, colleagues=others)
    if request.method == "POST" and form.is_valid():
        chosen = next(each for each in others if str(each.user.uuid) == form.cleaned_data["membership"])
        assign(case=found, membership=chosen, by=request.actor, at=at)
        messages.success(request, _("Your colleague works this case too, from now on."))
        return redirect("case-team", reference=found.reference)
    context = team_page(found, by=request.actor, at=at) | {"form": form if others else None}
    return render(request, "referral/cases/team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def take_off(request: SignedIn, reference: str, uuid: UUID) -> HttpResponse:
    """Say what follows, then take a colleague off the case."""
    at = now()
    case = find_case(reference, by=request.actor, at=at)
    require(Act.ASSIGN, case=case, by=request.actor, at=at)
    member = colleague(case, uuid, by=request.actor)
    oneself = member.pk == request.actor.membership.pk
    if request.method == "POST":
        unassign(case=case, membership=member, by=request.actor, at=at, reconsider=stages.situation_changed)
        messages.success(request, _("Taken off. Steps in hand are back with the colleagues in the role."))
        return redirect("cases") if oneself else redirect("case-team", reference=case.reference)
    context = {
        "case": {"reference": case.reference},
        "colleague": {"name": member.user.name, "you": oneself, "left": not works(member, at=at)},
    }
    return render(request, "referral/cases/take_off.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def end_part(request: SignedIn, reference: str, uuid: UUID) -> HttpResponse:
    """Say what follows, then end an organisation's part in the case."""
    at = now()
    case = find_case(reference, by=request.actor, at=at)
    require(Act.REMOVE_ORGANISATION, case=case, by=request.actor, at=at)
    participation = participation_of(case, uuid)
    if request.method == "POST":
        remove_organisation(
            case=case,
            organisation=participation.organisation,
            by=request.actor,
            at=at,
            reconsider=stages.situation_changed,
        )
        messages.success(
            request, _("%(name)s no longer takes part.") % {"name": participation.organisation.name}
        )
        return redirect("case-team", reference=case.reference)
    return render(request, "referral/cases/end_part.html", end_participation_page(participation, at=at))


@require_http_methods(["GET", "POST"])
@signed_in
def who(request: SignedIn, reference: str) -> HttpResponse:
    """Page 1: the organisations of this node that the person agreed to share with."""
    at = now()
    case = _case(request, reference, at=at)
    agreed = taking_part.agreements(case, by=request.actor, at=at)
    form = None
    if request.method == "POST":
        form = AgreementForm(request.POST, agreements=[each.value for each in agreed if each.possible])
        if form.is_valid():
            drafts.keep(request, _name(case), {"agreement": form.cleaned_data["agreement"]})
            return redirect("take-part-what", reference=case.reference)
    chosen = str(drafts.kept(request, _name(case)).get("agreement", ""))
    context = taking_part.who_page(case, agreed, chosen=chosen) | {"form": form, "way": _way()}
    return render(request, "referral/cases/take_part_who.html", context, status=422 if form else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def what(request: SignedIn, reference: str) -> HttpResponse:
    """Page 2: the parts of the record that can be shared by the agreement."""
    at = now()
    case = _case(request, reference, at=at)
    draft = drafts.kept(request, _name(case))
    agreement = _agreement(request, case, draft, at=at)
    if agreement is None or not agreement.possible:
        return redirect("take-part", reference=case.reference)
    form = PartsForm(request.POST if request.method == "POST" else None, possible=agreement.possible)
    if form.is_bound and form.is_valid():
        drafts.keep(request, _name(case), {**draft, "categories": form.cleaned_data["categories"]})
        return redirect("take-part-check", reference=case.reference)
    chosen = request.POST.getlist("categories") if form.is_bound else draft.get("categories", [])
    context = taking_part.what_page(agreement, chosen=chosen) | {"form": form, "way": _way()}
    status = 422 if form.is_bound else 200
    return render(request, "referral/cases/take_part_what.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def check(request: SignedIn, reference: str) -> HttpResponse:
    """Page 3: what they could open and what would follow; then let them take part."""
    at = now()
    case = _case(request, reference, at=at)
    draft = drafts.kept(request, _name(case))
    categories = draft.get("categories", [])
    agreement = _agreement(request, case, draft, at=at)
    if request.method == "POST" and categories:
        if agreement is None:
            raise NotCovered
        add_organisation(
            case=case,
            organisation=agreement.organisation,
            consent=agreement.consent,
            categories=categories,
            by=request.actor,
            at=at,
            reconsider=stages.situation_changed,
        )
        drafts.forget(request, _name(case))
        messages.success(
            request, _("%(name)s takes part from now on.") % {"name": agreement.organisation.name}
        )
        return redirect("case-team", reference=case.reference)
    if agreement is None or not categories or not set(categories) <= set(agreement.possible):
        return redirect("take-part", reference=case.reference)
    context = taking_part.check_page(agreement, categories=categories, at=at) | {"way": _way()}
    return render(request, "referral/cases/take_part_check.html", context)


def _case(request: SignedIn, reference: str, *, at: datetime) -> Case:
    case = find_case(reference, by=request.actor, at=at)
    require(Act.ADD_ORGANISATION, case=case, by=request.actor, at=at)
    return case


def _agreement(request: SignedIn, case: Case, draft: dict[str, Any], *, at: datetime) -> Agreement | None:
    agreed = taking_part.agreements(case, by=request.actor, at=at)
    return next((each for each in agreed if each.value == draft.get("agreement")), None)


def _name(case: Case) -> str:
    return f"take-part-{case.reference}"


def _way() -> list[str]:
    return [_("Organisation"), _("Parts of the record"), _("Check")]
