"""Incoming offers: read, answer, ask, and open the record that follows an acceptance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from people.access import SignedIn, signed_in
from referral.flows import stages
from referral.flows.calendar import now
from referral.forms.handover import AcceptForm, DeclineForm, OpenForm
from referral.handover import answering, opening, reading, taking_over
from referral.handover.permission import check_may_take_over, may_work
from referral.models import Handover
from referral.queries.incoming import find_incoming, incoming_page, offer_page, parts_page
from referral.rules import handover_states
from referral.rules.refusals import IllegalStep
from referral.views.words import message_form, say
from referral.vocabulary import DeclineReason, HandoverAct, HandoverState, Side


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button of the page, with its valid form."""

    request: SignedIn
    handover: Handover
    form: forms.Form
    at: datetime


@require_safe
@signed_in
def incoming(request: SignedIn) -> HttpResponse:
    """What others offer this organisation."""
    context = incoming_page(by=request.actor, at=now())
    return render(request, "referral/incoming/list.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def offer(request: SignedIn, thread: UUID) -> HttpResponse:
    """One offer; the first look at it is told to the sender."""
    at = now()
    handover = find_incoming(thread, by=request.actor)
    if handover.case is not None and not may_work(handover, by=request.actor, at=at):
        return _parts_only(request, handover, at=at)
    contents = reading.read_offer(handover=handover, by=request.actor, at=at)
    pressed = request.POST.get("act", "")
    forms_here = _forms(handover, request.POST if request.method == "POST" else None, pressed)
    if request.method == "POST":
        form = forms_here.get(f"{pressed}_form")
        if form is None:
            # The button was there when the page was drawn; the handover has moved on since.
            raise IllegalStep
        if form.is_valid():
            return ACTS[pressed](Pressed(request=request, handover=handover, form=form, at=at))
    context = {**offer_page(handover, contents, by=request.actor, at=at), **forms_here}
    context["open_form"] = forms_here["open_form"] if context["left"] else None
    status = 422 if request.method == "POST" else 200
    return render(request, "referral/incoming/offer.html", context, status=status)


def _parts_only(request: SignedIn, handover: Handover, *, at: datetime) -> HttpResponse:
    """For a colleague who does not work the case: the sealed parts that wait for this role, nothing else."""
    check_may_take_over(handover, by=request.actor, at=at)
    context = parts_page(handover, by=request.actor)
    if request.method == "POST":
        _take_over(request, handover, at=at)
        return redirect("incoming")
    return render(request, "referral/incoming/parts.html", context)


def _take_over(request: SignedIn, handover: Handover, *, at: datetime) -> None:
    taken = taking_over.take_over_parts(handover=handover, by=request.actor, at=at)
    if taken:
        messages.success(request, _("Taken over. The sender has your signed receipt."))


def _forms(handover: Handover, data: Any, pressed: str) -> dict[str, forms.Form | None]:
    """The forms this state allows; only the one whose button was pressed is bound."""
    acts = handover_states.acts(HandoverState(handover.state), Side.RECEIVER)
    opens = HandoverAct.OPEN in acts or handover.state == HandoverState.OPENED
    return {
        "accept_form": _bound(AcceptForm, data, pressed == "accept") if HandoverAct.ACCEPT in acts else None,
        "decline_form": _bound(DeclineForm, data, pressed == "decline")
        if HandoverAct.DECLINE in acts
        else None,
        "ask_form": message_form(handover, data if pressed == "ask" else None),
        "open_form": _bound(OpenForm, data, pressed == "open") if opens else None,
    }


def _bound(form: type[forms.Form], data: Any, pressed: bool) -> forms.Form:
    return form(data if pressed else None)


def _accept(pressed: Pressed) -> HttpResponse:
    answering.accept(handover=pressed.handover, by=pressed.request.actor, at=pressed.at)
    messages.success(pressed.request, _("Accepted. The sealed record is on its way."))
    return redirect("offer", thread=pressed.handover.thread)


def _decline(pressed: Pressed) -> HttpResponse:
    answering.decline(
        handover=pressed.handover,
        reason=DeclineReason(pressed.form.cleaned_data["reason"]),
        text=pressed.form.cleaned_data["text"],
        by=pressed.request.actor,
        at=pressed.at,
    )
    messages.success(pressed.request, _("Declined. The reason goes back sealed."))
    return redirect("incoming")


def _ask(pressed: Pressed) -> HttpResponse:
    say(pressed.form, pressed.handover, pressed.request, at=pressed.at)
    return redirect("offer", thread=pressed.handover.thread)


def _open(pressed: Pressed) -> HttpResponse:
    request, handover = pressed.request, pressed.handover
    if handover.state == HandoverState.OPENED:
        _take_over(request, handover, at=pressed.at)
        return redirect("offer", thread=handover.thread)
    case = opening.open_record(handover=handover, by=request.actor, at=pressed.at, begin=stages.begin)
    messages.success(request, _("The record is open. The sender has your signed receipt."))
    return redirect("case", reference=case.reference)


ACTS: dict[str, Callable[[Pressed], HttpResponse]] = {
    "accept": _accept,
    "decline": _decline,
    "ask": _ask,
    "open": _open,
}
