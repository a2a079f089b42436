"""Incoming offers: read, answer, ask, and open the record that follows an acceptance."""

from __future__ import annotations

from collections.abc import Callable
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
from referral.forms.handover import AcceptForm, DeclineForm, MessageForm, OpenForm
from referral.handover import answering, opening, reading, taking_over
from referral.models import Handover
from referral.queries.incoming import find_incoming, incoming_page, offer_page
from referral.rules import handover_states
from referral.rules.refusals import IllegalStep
from referral.views.handover import message_form, say
from referral.vocabulary import DeclineReason, HandoverAct, HandoverState, Side


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
    contents = reading.read_offer(handover=handover, by=request.actor, at=at)
    pressed = request.POST.get("act", "")
    forms_here = _forms(handover, request.POST if request.method == "POST" else None, pressed)
    if request.method == "POST":
        form = forms_here.get(f"{pressed}_form")
        if form is None:
            # The button was there when the page was drawn; the handover has moved on since.
            raise IllegalStep
        if form.is_valid():
            return ACTS[pressed](request, handover, form, at)
    context = {**offer_page(handover, contents, by=request.actor, at=at), **forms_here}
    context["open_form"] = forms_here["open_form"] if context["left"] else None
    status = 422 if request.method == "POST" else 200
    return render(request, "referral/incoming/offer.html", context, status=status)


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


def _accept(request: SignedIn, handover: Handover, form: forms.Form, at: datetime) -> HttpResponse:
    answering.accept(handover=handover, by=request.actor, at=at)
    messages.success(request, _("Accepted. The sealed record is on its way."))
    return redirect("offer", thread=handover.thread)


def _decline(request: SignedIn, handover: Handover, form: forms.Form, at: datetime) -> HttpResponse:
    answering.decline(
        handover=handover,
        reason=DeclineReason(form.cleaned_data["reason"]),
        text=form.cleaned_data["text"],
        by=request.actor,
        at=at,
    )
    messages.success(request, _("Declined. The reason goes back sealed."))
    return redirect("incoming")


def _ask(request: SignedIn, handover: Handover, form: forms.Form, at: datetime) -> HttpResponse:
    if isinstance(form, MessageForm):
        say(form, handover, request, at=at)
    return redirect("offer", thread=handover.thread)


def _open(request: SignedIn, handover: Handover, form: forms.Form, at: datetime) -> HttpResponse:
    if handover.state == HandoverState.OPENED:
        taking_over.take_over_parts(handover=handover, by=request.actor, at=at)
        return redirect("offer", thread=handover.thread)
    case = opening.open_record(handover=handover, by=request.actor, at=at, begin=stages.begin)
    messages.success(request, _("The record is open. The sender has your signed receipt."))
    return redirect("case", reference=case.reference)


ACTS: dict[str, Callable[[SignedIn, Handover, forms.Form, datetime], HttpResponse]] = {
    "accept": _accept,
    "decline": _decline,
    "ask": _ask,
    "open": _open,
}
