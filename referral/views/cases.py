"""Cases: the list, one case, opening one, its age status, and who works it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from people.access import SignedIn, signed_in
from referral.cases.age import change_age_status
from referral.cases.opening import open_case as open_a_case
from referral.cases.participating import assign
from referral.cases.standing import find_case, require, who
from referral.flows import stages
from referral.flows.calendar import now
from referral.forms.cases import AgeStatusForm, AssignForm, FindCaseForm, OpenCaseForm, colleagues
from referral.models import Assignment
from referral.queries.case_list import case_list, cases_found
from referral.queries.case_page import case_page
from referral.rules.access import Act, On, may
from referral.rules.refusals import denial
from referral.views.paging import start_of
from referral.vocabulary import AgeStatus, Citizenship, Stage
from secure_exchange.ledger import entries


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cases(request: SignedIn) -> HttpResponse:
    """The cases this person works; what is searched for is posted, so that no address holds it."""
    at, form = now(), FindCaseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        context = cases_found(parts=form.cleaned_data["q"], by=request.actor, at=at)
        if len(context["cases"]) == 1:
            return redirect(context["cases"][0]["url"])
        context["q"] = request.POST["q"]
    else:
        stage = request.GET.get("stage", "")
        context = case_list(by=request.actor, at=at, stage=stage, start=start_of(request)) | {"q": ""}
    status = 422 if form.errors else 200
    return render(request, "referral/cases/list.html", {**context, "form": form}, status=status)


@require_safe
@signed_in
def case(request: SignedIn, reference: str) -> HttpResponse:
    """One case; that somebody looked is recorded."""
    at = now()
    found = find_case(reference, by=request.actor, at=at)
    entries.append(act="case-seen", actor=request.actor.pseudonym, object=found.reference, at=at)
    return render(request, "referral/cases/case.html", case_page(found, by=request.actor, at=at))


@require_http_methods(["GET", "POST"])
@signed_in
def open_case(request: SignedIn) -> HttpResponse:
    """Open a case from the two facts that stand in clear."""
    decision = may(who(request.actor, at=now()), Act.OPEN_CASE, On())
    if not decision:
        raise denial(decision)
    form = OpenCaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = open_a_case(
            by=request.actor,
            at=now(),
            stage=Stage.IDENTIFICATION,
            age_status=AgeStatus(form.cleaned_data["age_status"]),
            citizenship=Citizenship(form.cleaned_data["citizenship"]),
            begin=stages.begin,
        )
        messages.success(
            request, _("The case is open. Its reference is %(reference)s.") % {"reference": opened.reference}
        )
        return redirect("case", reference=opened.reference)
    return render(request, "referral/cases/open.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def age_status(request: SignedIn, reference: str) -> HttpResponse:
    """Say that the person is, may be, or is not a child; the steps follow at once."""
    at = now()
    found = find_case(reference, by=request.actor, at=at)
    require(Act.CHANGE_AGE, case=found, by=request.actor, at=at)
    form = AgeStatusForm(request.POST or None, initial={"age_status": found.age_status})
    if request.method == "POST" and form.is_valid():
        change_age_status(
            case=found,
            age_status=AgeStatus(form.cleaned_data["age_status"]),
            by=request.actor,
            at=at,
            on_child=stages.age_changed,
        )
        messages.success(request, _("Recorded. The steps below follow it from now on."))
        return redirect("case", reference=found.reference)
    context = {"case": found, "form": form}
    return render(request, "referral/cases/age.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def team(request: SignedIn, reference: str) -> HttpResponse:
    """Let a colleague work the case too."""
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
        return redirect("case", reference=found.reference)
    context = {"case": found, "form": form, "others": others}
    return render(request, "referral/cases/team.html", context, status=422 if form.errors else 200)
