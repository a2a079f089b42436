"""One case on one page: where it stands, what comes next, what of the record this person may open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from people.actor import Actor
from people.labels import ROLES
from people.roles import Role
from referral import labels
from referral.cases.standing import standing, who
from referral.flows.forms import NOT_NEEDED
from referral.flows.models import OPEN, StageProcess, StepTask
from referral.flows.saying import shown
from referral.flows.waiting import steps_of
from referral.models import Assignment, Case, Consent, Revision
from referral.queries import case_handovers
from referral.queries.names import member_name, organisation_name
from referral.queries.who_helps import consents_seen, participations_seen
from referral.record import world
from referral.rules.access import Act, On, Who, may, sees_who_helps
from referral.rules.decision import Reason
from referral.vocabulary import AgeStatus, Category, Citizenship, ConsentManner, Direction, Purpose, Stage


ICONS = {
    Category.IDENTITY: "person-vcard",
    Category.CONTACT: "telephone",
    Category.FAMILY: "people",
    Category.EXPLOITATION: "flag",
    Category.HEALTH: "heart-pulse",
    Category.LEGAL: "bank",
    Category.IMMIGRATION: "globe2",
    Category.NEEDS: "house-heart",
    Category.RISK: "exclamation-triangle",
    Category.DOCUMENTS: "file-earmark-lock",
}
"""The sprite's icon for each category."""

NOT_HERE = {
    case_handovers.COMING: gettext_lazy("on its way from the sender"),
    case_handovers.SEALED: gettext_lazy("arrived, still sealed"),
    case_handovers.FAILED: gettext_lazy("came, could not be opened"),
}
"""What a tile says of a part of a received record that is not in the case yet."""


def case_page(case: Case, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The context of the page."""
    me, on = who(by, at=at), standing(case, by=by, at=at)
    handovers = case_handovers.handovers_of(case, by=by, at=at)
    received = next((each for each in handovers if each["direction"] == Direction.INCOMING.value), None)
    steps = list(steps_of(case, at=at))
    return {
        "case": {
            "reference": case.reference,
            "stage": labels.named(Stage, case.stage),
            "age": labels.named(AgeStatus, case.age_status),
            "citizenship": labels.named(Citizenship, case.citizenship),
            "child": case.is_child,
            "closed_at": case.closed_at,
            "received_from": received["counterpart"] if received else "",
            "received_url": received["url"] if received else "",
        },
        "passed": bool(case.passed_to),
        "nobody": any(_is_unattended(task, by=by) for task in steps),
        "stages": stage_track(case),
        "steps": [_step(task, me=me, on=on, by=by) for task in steps if task.status in OPEN],
        "done": [_done(task, by=by) for task in steps if task.finished],
        "categories": categories(case, me=me, on=on, received=received),
        "consents": [consent_in_words(each) for each in consents_seen(case, by=by) if each.in_force(at)],
        "withdrawals": [each["withdrawn"] for each in handovers if each["withdrawn"]],
        "handovers": handovers,
        "people": people(case, by=by),
        "may_hand_over": bool(may(me, Act.HAND_OVER, on)),
        "may_consent": bool(may(me, Act.WITHDRAW_CONSENT, on)),
        "may_documents": bool(may(me, Act.READ, replace(on, category=Category.DOCUMENTS))),
        "may_assign": bool(may(me, Act.ASSIGN, on)),
        "may_change_age": bool(may(me, Act.CHANGE_AGE, on)),
        "may_change_citizenship": bool(may(me, Act.CHANGE_CITIZENSHIP, on)),
    }


def stage_track(case: Case) -> list[dict[str, Any]]:
    """The stages in their usual order, with how far this case has come; they need not follow each other."""
    begun = {process.stage: process for process in StageProcess.objects.filter(case=case).order_by("created")}
    track = []
    for stage in (Stage.IDENTIFICATION, Stage.PROTECTION, Stage.ASSISTANCE, Stage.RETURN):
        process = begun.get(stage.value)
        if stage == case.stage:
            state, note = "now", _("now")
        elif process is not None and process.finished:
            state, note = "done", ""
        else:
            state, note = "next", _("not started")
        track.append({"name": labels.name(stage), "state": state, "note": note})
    return track


def _step(task: StepTask, *, me: Who, on: On, by: Actor) -> dict[str, Any]:
    ours = task.organisation_id == by.organisation.pk
    facts = replace(on, step_role=Role(task.role) if task.role else None, step_is_ours=ours)
    free = task.owner_id in {None, by.user.pk} or not task.held
    works, looks = free and may(me, Act.WORK_STEP, facts), may(me, Act.PUT_STEP_BACK, facts)
    role = str(ROLES[Role(task.role)]) if task.role else ""
    told = sees_who_helps(by.organisation.kind, keeps=on.keeps)
    elsewhere = f"{role}, {task.organisation.name}" if task.organisation and told and not ours else role
    return {
        "title": task.says.title if task.says else _("A step of an earlier version"),
        "note": _note(task, on, by=by),
        "who": _("you") if task.owner_id == by.user.pk else elsewhere,
        "url": reverse("step", args=[task.pk]) if works or looks else "",
        "act": _act(task) if works else _("Look"),
        "due": None if on.passed else task.due,
        "limit": shown(task.limit) if task.limit and not on.passed else None,
    }


def _act(task: StepTask) -> str:
    return _("Go on") if task.owner_id else _("Start")


def _is_unattended(task: StepTask, *, by: Actor) -> bool:
    """Whether a step of ours waits and nobody on the case can do it."""
    return task.is_open and task.organisation_id == by.organisation.pk and not task.attended


def _note(task: StepTask, on: On, *, by: Actor) -> str:
    if on.passed:
        return _("ended here")
    if _is_unattended(task, by=by):
        return _("nobody on the case does it yet")
    if task.raised and task.about_id:
        return _("a time limit has passed; help goes on")
    return _("the start of its time limit is not known") if task.start_unknown else ""


def _done(task: StepTask, *, by: Actor) -> dict[str, Any]:
    role = str(ROLES[Role(task.role)]) if task.role else ""
    return {
        "title": task.says.title if task.says else _("A step of an earlier version"),
        "at": task.finished,
        "who": _("set aside") if _is_set_aside(task) else _("you") if task.owner_id == by.user.pk else role,
    }


def _is_set_aside(task: StepTask) -> bool:
    return bool(task.answers.get("outcome") == NOT_NEEDED)


def categories(
    case: Case, *, me: Who, on: On, received: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The parts of the record as tiles: what may be opened, what is shut and why, what is still empty.

    `received` is the handover that the case came by: its parts may still be on their way, or sealed.
    """
    latest = dict(
        Revision.objects.filter(case=case)
        .values("category")
        .annotate(newest=Max("number"))
        .values_list("category", "newest")
    )
    latest[Category.DOCUMENTS.value] = case.documents.count()
    return [
        _tile(category, case, filled=bool(latest.get(category.value)), me=me, on=on, received=received)
        for category in Category
    ]


def _tile(
    category: Category, case: Case, *, filled: bool, me: Who, on: On, received: dict[str, Any] | None
) -> dict[str, Any]:
    decision = may(me, Act.READ, replace(on, category=category))
    not_here = received["parts"].get(category.value, "") if received else ""
    if received and not_here == case_handovers.SEALED and not filled:
        url, act = received["thread_url"], _("Take over")
    else:
        url, act = _record_url(category, case), _("Open")
        if not filled and may(me, Act.WRITE, replace(on, category=category)):
            act = _("Write")
    return {
        "name": labels.name(category),
        "icon": ICONS[category],
        "url": url if decision else "",
        "act": act,
        "note": _tile_note(decision.reason, filled=filled, not_here=not_here),
        "state": "" if decision else "shut",
        "filled": filled,
    }


def _record_url(category: Category, case: Case) -> str:
    if category is Category.DOCUMENTS:
        return reverse("documents", args=[case.reference])
    return reverse("record", args=[case.reference, category.value])


def _tile_note(reason: Reason, *, filled: bool, not_here: str) -> str:
    if reason is not Reason.ALLOWED:
        return str(labels.NAMES[Reason][reason])
    if not_here:
        return str(NOT_HERE[not_here])
    return "" if filled else _("nothing written yet")


def consent_in_words(consent: Consent) -> dict[str, Any]:
    """An agreement as a sentence's parts."""
    spoken = {choice.code: choice.label for choice in world.languages((get_language() or "en")[:2])}
    shared = [category for category in Category if category.value in consent.categories]
    return {
        "receiver": organisation_name(consent.receiver),
        "categories": ", ".join(str(labels.name(category)) for category in shared),
        "not_shared": ", ".join(str(labels.name(each)) for each in Category if each not in shared),
        "purpose": labels.named(Purpose, consent.purpose),
        "until": consent.until,
        "given_at": consent.given_at,
        "language": spoken.get(consent.language, consent.language),
        "manner": labels.named(ConsentManner, consent.manner),
        "by_guardian": consent.by_guardian,
    }


def people(case: Case, *, by: Actor) -> dict[str, Any]:
    """Who is responsible, who else works here, and our own team by role."""
    parts = participations_seen(case, by=by)
    team = Assignment.objects.filter(
        case=case, ended_at=None, membership__organisation=by.organisation
    ).select_related("membership__organisation")
    responsible = case.responsible_address
    return {
        "responsible": organisation_name(responsible),
        "organisations": [
            part.organisation.name for part in parts if part.organisation.address != responsible
        ],
        "team": [member_name(each.membership, me=by.membership) for each in team],
    }
