"""The pages of letting another organisation take part: by which agreement, which parts, what would follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.actor import Actor
from people.labels import KINDS
from people.models import Kind, Organisation
from people.roles import Role
from referral import labels
from referral.cases.granting import first_people, works
from referral.cases.standing import standing, who
from referral.flows.models import HUMAN, OPEN, StepTask, situation_of
from referral.flows.situation import Party
from referral.flows.step import Step
from referral.models import Assignment, Case, CategoryGrant, Consent, Participation
from referral.queries.case_page import ICONS, consent_in_words
from referral.queries.team import by_role, names
from referral.rules.access import Act, On, Who, may, work_opens
from referral.vocabulary import Category
from secure_exchange import directory


@dataclass(frozen=True)
class Part:
    """Whether a category can be shared by an agreement now, and why, or why not."""

    category: Category
    possible: bool
    why: str


@dataclass(frozen=True)
class Agreement:
    """A consent in force that names an organisation of this node, and what it allows now."""

    consent: Consent
    organisation: Organisation
    parts: tuple[Part, ...]
    why_not: str

    @property
    def value(self) -> str:
        """How a form calls it."""
        return str(self.consent.uuid)

    @property
    def possible(self) -> list[str]:
        """The categories that can be shared by it."""
        return [part.category.value for part in self.parts if part.possible and not self.why_not]


def agreements(case: Case, *, by: Actor, at: datetime) -> list[Agreement]:
    """Every agreement in force that names another organisation of this node, the newest first."""
    given = Consent.objects.filter(case=case).select_related("case").order_by("-given_at")
    me, on = who(by, at=at), standing(case, by=by, at=at)
    found = []
    for consent in given:
        organisation = _organisation_of(consent.receiver)
        if organisation is None or organisation.pk == case.responsible_id or not consent.in_force(at):
            continue
        parts = tuple(_parts(consent, organisation, me=me, on=on))
        found.append(Agreement(consent, organisation, parts, _why_not(organisation, parts, at=at)))
    return found


def who_page(case: Case, agreed: list[Agreement], *, chosen: str) -> dict[str, Any]:
    """The context of the first page, without its form."""
    named = {each.organisation.pk for each in agreed}
    here = set(
        Participation.objects.filter(case=case, left_at=None).values_list("organisation_id", flat=True)
    )
    others = Organisation.objects.exclude(pk__in=named | {case.responsible_id}).order_by("name")
    return {
        "case": {"reference": case.reference},
        "agreements": [
            {
                "value": each.value,
                "name": each.organisation.name,
                "kind": _kind(each.organisation),
                "consent": consent_in_words(each.consent),
                "takes_part": each.organisation.pk in here,
                "possible": bool(each.possible),
                "why_not": each.why_not,
                "chosen": each.value == chosen,
            }
            for each in agreed
        ],
        "others": [{"name": each.name, "kind": _kind(each)} for each in others],
    }


def what_page(agreement: Agreement, *, chosen: list[str]) -> dict[str, Any]:
    """The context of the second page, without its form."""
    return {
        "case": {"reference": agreement.consent.case.reference},
        "organisation": {"name": agreement.organisation.name, "kind": _kind(agreement.organisation)},
        "consent": consent_in_words(agreement.consent),
        "choices": [
            {
                "value": part.category.value,
                "name": labels.name(part.category),
                "icon": ICONS[part.category],
                "chosen": part.possible and part.category.value in chosen,
                "possible": part.possible,
                "why": part.why,
            }
            for part in agreement.parts
        ],
    }


def check_page(agreement: Agreement, *, categories: list[str], at: datetime) -> dict[str, Any]:
    """The context of the third page: what they open, who sees the case, which steps go to them."""
    case, organisation = agreement.consent.case, agreement.organisation
    rest = [category.value for category in Category if category.value not in categories]
    return {
        "case": {"reference": case.reference},
        "organisation": {"name": organisation.name, "kind": _kind(organisation)},
        "categories": [labels.name(category) for category in Category if category.value in categories],
        "rest": names(rest),
        "consent": consent_in_words(agreement.consent),
        "people_note": _people_note(case, organisation, at=at),
        "steps": _steps_that_go_to(case, organisation),
    }


def _organisation_of(address: str) -> Organisation | None:
    if not directory.is_here(address):
        return None
    return Organisation.objects.filter(slug=address.partition("@")[0]).first()


def _kind(organisation: Organisation) -> str:
    return str(KINDS[Kind(organisation.kind)])


def _parts(consent: Consent, organisation: Organisation, *, me: Who, on: On) -> list[Part]:
    theirs = work_opens(organisation.kind)
    given = set(
        CategoryGrant.objects.filter(
            consent=consent, participation__organisation=organisation, revoked_at=None
        ).values_list("category", flat=True)
    )
    found = []
    for category in Category:
        ours = may(me, Act.ADD_ORGANISATION, replace(on, categories=frozenset({category})))
        why_not = {
            not ours: str(labels.name(ours.reason)),
            category.value not in consent.categories: _("the person has not agreed to share this"),
            category.value in given: _("they can open this already"),
            category not in theirs: _("their work never opens this"),
        }.get(True, "")
        found.append(Part(category, not why_not, why_not or _("the person agreed to share this")))
    return found


def _why_not(organisation: Organisation, parts: tuple[Part, ...], *, at: datetime) -> str:
    if not first_people(organisation, at=at):
        return _("Nobody there can work a case at present. Ask them to take in a colleague first.")
    if not any(part.possible for part in parts):
        return _("There is nothing more in this agreement that you could share with them.")
    return ""


def _people_note(case: Case, organisation: Organisation, *, at: datetime) -> str:
    working = Assignment.objects.filter(
        case=case, membership__organisation=organisation, ended_at=None
    ).select_related("membership__user")
    if any(works(each.membership, at=at) for each in working):
        return _("Their people who work this case already.")
    people = first_people(organisation, at=at)
    if any(Role(member.role) is Role.SUPERVISOR for member in people):
        return ngettext(
            "%(count)d supervisor, who assigns colleagues there.",
            "%(count)d supervisors, who assign colleagues there.",
            len(people),
        ) % {"count": len(people)}
    return _("Nobody supervises there, so everybody in the role that does this work: %(people)s.") % {
        "people": ", ".join(by_role(people))
    }


def _steps_that_go_to(case: Case, organisation: Organisation) -> list[str]:
    """The open steps that would be theirs; what a colleague has in hand stays there."""
    now = situation_of(case)
    then = replace(now, parties=(*now.parties, Party(organisation.pk, organisation.kind)))
    waiting = StepTask.objects.filter(case=case, owner=None, status__in=OPEN, flow_task_type=HUMAN).exclude(
        organisation=organisation
    )
    return [
        str(task.says.title)
        for task in waiting.order_by("created", "pk")
        if isinstance(task.flow_task, Step)
        and task.flow_task.only_for(then)
        and task.flow_task.by.place(then)[0] == organisation.pk
    ]
