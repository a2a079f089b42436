"""Words to the other side of a handover: the form for what may be written now, and sending them sealed."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _

from people.access import SignedIn
from referral.cases.standing import refusals_recorded
from referral.forms.handover import MessageForm
from referral.handover import answering, stepping
from referral.models import Handover
from referral.rules import handover_states
from referral.rules.decision import Reason
from referral.rules.refusals import IllegalStep
from referral.vocabulary import HandoverAct, HandoverState, MessageKind


KINDS = {
    HandoverAct.ASK: MessageKind.QUESTION,
    HandoverAct.ANSWER: MessageKind.ANSWER,
    HandoverAct.NOTE: MessageKind.NOTE,
}
SAY = {
    MessageKind.QUESTION: answering.ask,
    MessageKind.ANSWER: answering.answer,
    MessageKind.NOTE: answering.note,
}


def message_form(handover: Handover, data: Any) -> MessageForm | None:
    """The form for the words that this side may write now, or None."""
    acts = handover_states.acts(HandoverState(handover.state), stepping.side_of(handover))
    kinds = [kind for act, kind in KINDS.items() if act in acts]
    return MessageForm(data, kinds=kinds) if kinds else None


def say(form: forms.Form | None, handover: Handover, request: SignedIn, *, at: datetime) -> None:
    """Send the words of a valid form, sealed; raises `IllegalStep` where there is no form any more."""
    if form is None:
        raise IllegalStep(Reason.HANDOVER_STATE)
    kind = MessageKind(form.cleaned_data["kind"])
    SAY[kind](handover=handover, text=form.cleaned_data["text"], by=request.actor, at=at)
    messages.success(request, _("Sealed and on its way."))


def answered(handover: Handover, request: SignedIn, *, at: datetime) -> tuple[MessageForm | None, HTTPStatus]:
    """Send what was typed; where the handover has moved on meanwhile, the words stay for who typed them.

    Gives the form with the words in it, None where nothing can be said any more, and the status to answer.
    """
    form = message_form(handover, request.POST)
    if form is not None and not form.is_valid():
        return form, HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with refusals_recorded(act="handover.message", by=request.actor, about=str(handover.thread), at=at):
            say(form, handover, request, at=at)
    except IllegalStep:
        handover.refresh_from_db()
        form = message_form(handover, request.POST)
        if form is not None and form.is_valid():
            form.add_error(
                None, _("The handover has moved on in the meantime: look at it, then send this again.")
            )
        return form, HTTPStatus.CONFLICT
    return form, HTTPStatus.FOUND
