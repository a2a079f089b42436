"""One category of the record: shut, open, and a new revision of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.access import SignedIn, signed_in
from referral import labels
from referral.cases.standing import find_case, require, standing, who
from referral.flows import stages
from referral.flows.calendar import now
from referral.forms.record import ReasonForm, RecordForm
from referral.models import Case
from referral.queries import record_page
from referral.record.field import Value
from referral.record.reading import Opened, open_category
from referral.record.revising import revise as revise_category
from referral.rules.access import Act, may, needs_reason
from referral.rules.refusals import Overtaken
from referral.vocabulary import Category, ReadingReason


@require_http_methods(["GET", "POST"])
@signed_in
def record(request: SignedIn, reference: str, category: str) -> HttpResponse:
    """Show a category shut; POST opens it, with a reason where the matrix asks for one."""
    at, part = now(), _category(category)
    case = find_case(reference, by=request.actor, at=at)
    require(Act.READ, case=case, by=request.actor, at=at, category=part)
    context = record_page.sealed_page(case, part, by=request.actor)
    on = replace(standing(case, by=request.actor, at=at), category=part)
    writes = may(who(request.actor, at=at), Act.WRITE, on)
    context["revise_url"] = reverse("revise", args=[reference, category]) if writes else ""
    context["empty"] = not context["revisions"]
    if needs_reason(request.actor.role, part):
        context["reason_form"] = ReasonForm(request.POST or None)
    form = context["reason_form"]
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = ReadingReason(form.cleaned_data["reason"]) if form else None
        opened = open_category(
            case=case, category=part, by=request.actor, at=at, reason=reason, number=_revision(request)
        )
        context |= _opened(opened)
        context["looks"] = record_page.looks(case, part, by=request.actor)
    status = 422 if form is not None and form.errors else 200
    return render(request, "referral/record/category.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def revise(request: SignedIn, reference: str, category: str) -> HttpResponse:
    """Write a new revision; what was there is opened for it, which is recorded like any opening."""
    at, part = now(), _category(category)
    case = find_case(reference, by=request.actor, at=at)
    require(Act.WRITE, case=case, by=request.actor, at=at, category=part)
    opened = open_category(case=case, category=part, by=request.actor, at=at)
    age_status = case.age_status
    form = RecordForm(part, opened.fields, request.POST or None, based_on=opened.number)
    if request.method == "POST" and form.is_valid():
        based_on = form.cleaned_data["based_on"]
        try:
            revise_category(
                case=case,
                category=part,
                fields=form.values(),
                based_on=based_on,
                by=request.actor,
                at=at,
                on_child=stages.age_changed,
            )
        except Overtaken:
            if not 0 <= based_on < opened.number:
                raise
            base: Mapping[str, Value] = {}
            if based_on:
                base = open_category(
                    case=case, category=part, by=request.actor, at=at, number=based_on
                ).fields
            form, both = form.beside(base, opened.fields, opened.number)
            context = _revising(case, opened, form) | {"overtaken": True, "both": both}
            return render(request, "referral/record/revise.html", context, status=409)
        messages.success(request, _("Sealed. Only the roles that may read this part can open it."))
        if case.age_status != age_status:
            messages.success(
                request, _("It says that the person is or may be a child: the steps follow that from now on.")
            )
        return redirect("record", reference=reference, category=category)
    return render(
        request,
        "referral/record/revise.html",
        _revising(case, opened, form),
        status=422 if form.errors else 200,
    )


def _revising(case: Case, opened: Opened, form: RecordForm) -> dict[str, Any]:
    category = opened.category
    return {
        "case": {"reference": case.reference},
        "category": {
            "name": labels.name(category),
            "record_url": reverse("record", args=[case.reference, category.value]),
        },
        "number": opened.number + 1,
        "form": form,
        "groups": form.groups(),
    }


def _opened(opened: Opened) -> dict[str, Any]:
    return {
        "opened": True,
        "revision": {"number": opened.number, "at": opened.made_at},
        "groups": record_page.opened_groups(opened),
    }


def _category(code: str) -> Category:
    """The category of an address; documents have a page of their own."""
    try:
        category = Category(code)
    except ValueError:
        raise Http404 from None
    if category is Category.DOCUMENTS:
        raise Http404
    return category


def _revision(request: SignedIn) -> int | None:
    number = request.POST.get("revision", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else None
