"""Cases: the list, one case, opening one, its age status and citizenship."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from people.access import SignedIn, signed_in
from referral.cases.age import change_age_status
from referral.cases.citizenship import change_citizenship
from referral.cases.opening import open_case as open_a_case
from referral.cases.standing import decide, find_case, require, who
from referral.flows import stages
from referral.flows.calendar import now
from referral.forms.cases import AgeStatusForm, CitizenshipForm, FindCaseForm, OpenCaseForm
from referral.queries.case_list import case_list, cases_found
from referral.queries.case_page import case_page
from referral.rules.access import Act, On, may
from referral.rules.refusals import denial
from referral.views.paging import start_of
from referral.vocabulary import AgeGround, AgeStatus, Citizenship, Stage
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
    form = AgeStatusForm(
        request.POST or None,
        now=AgeStatus(found.age_status),
        may_say_adult=bool(decide(Act.SAY_ADULT, case=found, by=request.actor, at=at)),
    )
    if request.method == "POST" and form.is_valid():
        ground = form.cleaned_data.get("ground")
        change_age_status(
            case=found,
            age_status=AgeStatus(form.cleaned_data["age_status"]),
            ground=AgeGround(ground) if ground else None,
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
def citizenship(request: SignedIn, reference: str) -> HttpResponse:
    """Say which group the citizenship is in; the steps about residence follow at once."""
    at = now()
    found = find_case(reference, by=request.actor, at=at)
    require(Act.CHANGE_CITIZENSHIP, case=found, by=request.actor, at=at)
    form = CitizenshipForm(request.POST or None, initial={"citizenship": found.citizenship})
    if request.method == "POST" and form.is_valid():
        change_citizenship(
            case=found,
            citizenship=Citizenship(form.cleaned_data["citizenship"]),
            by=request.actor,
            at=at,
            reconsider=stages.situation_changed,
        )
        messages.success(request, _("Recorded. The steps below follow it from now on."))
        return redirect("case", reference=found.reference)
    context = {"case": found, "form": form}
    return render(request, "referral/cases/citizenship.html", context, status=422 if form.errors else 200)
