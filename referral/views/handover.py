"""Handing over, one thing a page: who, what, check, seal and send; then following it, and its transcript.

Between the pages the session holds an address, categories and the closed list of the offer, sealed to the
person who chooses them.
"""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.access import SignedIn, signed_in
from people.keys import drafts
from referral.cases.standing import find_case, refusals_recorded, require
from referral.flows.calendar import now
from referral.forms.handover import GROUPS, OfferForm, ReceiverForm, SealForm
from referral.handover import offering, seeing, withdrawing
from referral.models import Case
from referral.queries import handing_over
from referral.queries.handover_page import find_handover, transcript_page
from referral.queries.handovers import handovers_page, progress_page
from referral.rules.access import Act
from referral.rules.offer_contents import OfferContents
from referral.rules.refusals import IllegalStep, NotCovered, NotThere, OfferRefused
from referral.views.paging import start_of
from referral.views.words import answered, message_form
from referral.vocabulary import Category, Citizenship, Direction, NeedCode, Stage
from secure_exchange import directory


def _draft(request: SignedIn, case: Case) -> dict[str, Any]:
    return drafts.kept(request, _name(case))


def _keep(request: SignedIn, case: Case, **said: Any) -> None:
    drafts.keep(request, _name(case), {**_draft(request, case), **said})


def _name(case: Case) -> str:
    return f"hand-over-{case.reference}"


def _case(request: SignedIn, reference: str, *, at: datetime) -> Case:
    case = find_case(reference, by=request.actor, at=at)
    require(Act.HAND_OVER, case=case, by=request.actor, at=at)
    return case


@require_http_methods(["GET", "POST"])
@signed_in
def who(request: SignedIn, reference: str) -> HttpResponse:
    """Page 1: organisations that offer what is needed."""
    at = now()
    case = _case(request, reference, at=at)
    draft = _draft(request, case)
    asked = request.GET.getlist("need") or draft.get("asked", [])
    needs = [code for code in asked if code in set(NeedCode)]
    form = None
    if request.method == "POST":
        own = request.actor.organisation.address
        addresses = [one.address for one in handing_over.receivers(own=own, needs=needs)]
        form = ReceiverForm(request.POST, addresses=addresses)
        if form.is_valid():
            _keep(request, case, receiver=form.cleaned_data["receiver"], asked=needs)
            return redirect("hand-over-what", reference=case.reference)
    context = handing_over.who_page(
        case, by=request.actor, at=at, needs=needs, chosen=draft.get("receiver", "")
    )
    return render(
        request,
        "referral/handover/who.html",
        {**context, "form": form},
        status=422 if form else 200,
    )


@require_http_methods(["GET", "POST"])
@signed_in
def what(request: SignedIn, reference: str) -> HttpResponse:
    """Page 2: the parts of the record that can go, and the closed list of the offer."""
    at = now()
    case = _case(request, reference, at=at)
    draft = _draft(request, case)
    receiver = str(draft.get("receiver", ""))
    profile = directory.profile_of(receiver) if receiver else None
    if profile is None:
        return redirect("hand-over", reference=case.reference)
    possible = handing_over.possible_categories(case, receiver=receiver, by=request.actor, at=at)
    said = draft.get("said") or {"needs": draft.get("asked", []), "children": 0, "stage": case.stage}
    form = OfferForm(
        request.POST if request.method == "POST" else None,
        initial=said,
        possible=[one.category.value for one in possible if one.possible],
        services=profile.services,
        spoken=profile.languages,
        kinds=handing_over.kinds(case, by=request.actor),
    )
    if form.is_bound and form.is_valid() and _one_consent(form, case, receiver=receiver, at=at):
        _keep(request, case, said=form.cleaned_data)
        return redirect("hand-over-check", reference=case.reference)
    chosen = request.POST.getlist("categories") if form.is_bound else said.get("categories", [])
    context = handing_over.what_page(case, receiver=receiver, possible=possible, chosen=chosen)
    context |= {"form": form, "groups": _groups(form), "back_url": _who_url(case)}
    return render(request, "referral/handover/what.html", context, status=422 if form.is_bound else 200)


def _one_consent(form: OfferForm, case: Case, *, receiver: str, at: datetime) -> bool:
    categories = form.cleaned_data["categories"]
    if handing_over.consent_covering(case, receiver=receiver, categories=categories, at=at) is None:
        form.add_error("categories", _("No one agreement covers all of these parts together."))
        return False
    return True


def _groups(form: OfferForm) -> list[dict[str, Any]]:
    return [
        {"title": title, "note": note, "fields": [form[name] for name in names]}
        for title, note, names in GROUPS
    ]


def _who_url(case: Case) -> str:
    return reverse("hand-over", args=[case.reference])


@require_http_methods(["GET", "POST"])
@signed_in
def check(request: SignedIn, reference: str) -> HttpResponse:
    """Page 3: what they read at once and what waits; then seal and send."""
    at = now()
    case = _case(request, reference, at=at)
    draft = _draft(request, case)
    if not draft.get("receiver") or not draft.get("said"):
        return redirect("hand-over", reference=case.reference)
    receiver = str(draft["receiver"])
    contents = _contents(draft["said"], case)
    categories = [category.value for category in contents.categories]
    consent = handing_over.consent_covering(case, receiver=receiver, categories=categories, at=at)
    if consent is None and request.method == "POST":
        raise NotCovered
    if consent is None:
        return redirect("hand-over-what", reference=case.reference)
    chosen = handing_over.chosen(receiver=receiver, contents=contents, consent=consent)
    form = SealForm(request.POST, chosen=chosen) if request.method == "POST" else None
    if form is not None and _shown(form, case, request, at=at):
        handover = offering.offer(
            case=case, to=receiver, contents=contents, consent=consent, by=request.actor, at=at
        )
        drafts.forget(request, _name(case))
        return redirect("handover", thread=handover.thread)
    context = handing_over.check_page(
        case, receiver=receiver, contents=contents, consent=consent, by=request.actor, at=at
    )
    context |= {
        "change_who_url": _who_url(case),
        "change_what_url": reverse("hand-over-what", args=[case.reference]),
        "form": form,
        "shown": SealForm(chosen=chosen),
    }
    status = HTTPStatus.CONFLICT if form else HTTPStatus.OK
    return render(request, "referral/handover/check.html", context, status=status)


def _shown(form: SealForm, case: Case, request: SignedIn, *, at: datetime) -> bool:
    """Whether the page showed what would be sealed now; if not, that is a refusal like any other."""
    try:
        with refusals_recorded(act="handover.offer", by=request.actor, about=case.reference, at=at):
            _require_shown(form)
    except IllegalStep:
        return False
    return True


def _require_shown(form: SealForm) -> None:
    if not form.is_valid():
        raise IllegalStep("not-as-shown")


def _contents(said: dict[str, Any], case: Case) -> OfferContents:
    """The offer in its closed list; what a session should not hold is refused like anything else."""
    try:
        return OfferContents(
            kind=said["kind"],
            stage=Stage(said["stage"]),
            urgency=said["urgency"],
            needs=tuple(said["needs"]),
            sex=said["sex"],
            age=said["age"],
            languages=tuple(said["spoken"]),
            citizenship=Citizenship(case.citizenship),
            mobility=said["mobility"],
            children=said["children"],
            categories=tuple(Category(code) for code in said["categories"]),
        )
    except (KeyError, ValueError) as fault:
        raise OfferRefused from fault


@require_http_methods(["GET", "POST"])
@signed_in
def progress(request: SignedIn, thread: UUID) -> HttpResponse:
    """How far a handover that was sent has come; questions are answered here."""
    at = now()
    handover = find_handover(thread, by=request.actor, at=at)
    if handover.direction != Direction.OUTGOING:
        raise NotThere
    form, status, unsent = message_form(handover, None), 200, ""
    if request.method == "POST":
        form, status = answered(handover, request, at=at)
        if status == HTTPStatus.FOUND:
            return redirect("handover", thread=thread)
        unsent = "" if form else request.POST.get("message-text", "")
    if not request.headers.get("HX-Request"):  # a page that asks again by itself is nobody who looks
        seeing.see(handover=handover, by=request.actor)
    context = progress_page(handover, by=request.actor, at=at) | {"answer_form": form, "unsent": unsent}
    return render(request, "referral/handover/sent.html", context, status=status)


@require_POST
@signed_in
def withdraw(request: SignedIn, thread: UUID) -> HttpResponse:
    """Take an offer back."""
    at = now()
    handover = find_handover(thread, by=request.actor, at=at)
    withdrawing.withdraw(handover=handover, by=request.actor, at=at)
    messages.success(request, _("The offer is withdrawn. What was held here is destroyed."))
    return redirect("handover", thread=thread)


@require_safe
@signed_in
def handovers(request: SignedIn) -> HttpResponse:
    """All handovers, both ways."""
    context = handovers_page(
        by=request.actor, at=now(), direction=request.GET.get("direction", ""), start=start_of(request)
    )
    return render(request, "referral/handover/list.html", context)


@require_safe
@signed_in
def transcript(request: SignedIn, thread: UUID) -> HttpResponse:
    """Every envelope and receipt of a thread, checked now."""
    at = now()
    handover = find_handover(thread, by=request.actor, at=at)
    context = transcript_page(handover, by=request.actor, at=at)
    return render(request, "referral/handover/transcript.html", context)
