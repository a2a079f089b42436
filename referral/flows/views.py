"""One page for every step of every country: start it, answer it, keep it for later, put it back."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.access import SignedIn, signed_in
from referral.flows import performing
from referral.flows.calendar import now
from referral.flows.forms import StepForm
from referral.flows.holding import is_attended, is_held
from referral.flows.limits import TimeLimit
from referral.flows.models import StepTask
from referral.flows.saying import shown
from referral.flows.step import Step
from referral.rules.access import Act
from referral.rules.refusals import NotThere


LAST_NUMBER = 2**63 - 1
"""Of a row; what is longer would not fit into the ledger either."""


@require_http_methods(["GET", "POST"])
@signed_in
def step(request: SignedIn, pk: int) -> HttpResponse:
    """Show a step; a POST's `action` is start, put_back, keep or done. The middleware answers a `Denied`."""
    if pk > LAST_NUMBER:
        raise NotThere
    at = now()
    match request.POST.get("action"):
        case "start":
            performing.take(step=pk, by=request.actor, at=at)
            return redirect("step", pk=pk)
        case "put_back":
            task = performing.put_back(step=pk, by=request.actor, at=at)
            messages.success(request, _("The step is back in the list for your colleagues."))
            return redirect("case", reference=task.case.reference)
        case "done" | "keep":
            return _answered(request, pk, finish=request.POST["action"] == "done")
    return _page(request, performing.see(step=pk, by=request.actor, at=at), at=at)


def _answered(request: SignedIn, pk: int, *, finish: bool) -> HttpResponse:
    at = now()
    task = performing.see(step=pk, by=request.actor, at=at)
    form = task.flow_task.form(request.POST, situation=task.process.situation, finish=finish)
    if not form.is_valid():
        return _page(request, task, form, at=at)
    act = performing.perform if finish else performing.keep
    done = act(step=pk, answers=form.answers(), by=request.actor, at=at)
    messages.success(
        request, _("The step is done.") if finish else _("Kept. The step stays open, and yours.")
    )
    return redirect("case", reference=done.case.reference)


def _page(request: SignedIn, task: StepTask, form: StepForm | None = None, *, at: datetime) -> HttpResponse:
    node: Step = task.flow_task
    mine = task.owner_id == request.user.pk
    taken = not mine and is_held(task, at)
    puts_back = performing.allowed(task, Act.PUT_STEP_BACK, by=request.actor, at=at)
    filled = form or node.form(situation=task.process.situation, initial=task.answers)
    context = {
        "step": task,
        "says": node.says,
        "unsure": gettext(node.says.confidence.sentence) if node.says.confidence.check_with_a_lawyer else "",
        "limit": shown(node.limit),
        "earliest": node.earliest(task, at),
        "start_unknown": task.start_unknown,
        "near": isinstance(node.limit, TimeLimit) and task.due is not None and node.limit.near(task.due, at),
        "late": task.is_late(at),
        "about": "" if task.about is None else task.about.title,
        "mine": mine,
        "taken": taken,
        "may_start": not taken and performing.allowed(task, Act.WORK_STEP, by=request.actor, at=at),
        "may_put_back": taken and puts_back,
        "nobody": puts_back and not is_attended(task, at),
        "form": filled,
    }
    return render(request, "flows/step.html", context, status=422 if filled.errors else 200)
