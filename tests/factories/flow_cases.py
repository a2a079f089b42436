"""Cases with the organisations and people that flows need, without keys: steps never open a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from django.contrib.auth.models import Permission

from people.actor import Actor, Keys
from people.models import Membership, Organisation
from people.roles import OWN_ROLE, Role
from referral.flows import performing, stages
from referral.flows.models import OPEN, StageProcess, StepTask
from referral.models import Assignment, Case, CaseUserObjectPermission, Participation
from referral.rules import references
from referral.vocabulary import AgeStatus, Citizenship, Stage
from tests.factories.people import AT, MembershipFactory, OrganisationFactory


@dataclass
class FlowCase:
    """A case, and everybody who works on it by organisation and role."""

    case: Case
    actors: dict[tuple[int, str], Actor] = field(default_factory=dict)

    def join(self, kind: str, *, country: str = "", roles: tuple[Role, ...] = ()) -> Organisation:
        """One more organisation takes part, with a person in the role its kind works in, and these roles."""
        organisation = OrganisationFactory.create(kind=kind, country=country or self.case.responsible.country)
        self.staff(organisation, (OWN_ROLE[kind], *roles))
        return organisation

    def staff(self, organisation: Organisation, roles: tuple[Role, ...]) -> None:
        """Let the organisation take part with one assigned person a role."""
        members = [
            MembershipFactory.create(organisation=organisation, role=role.value) for role in set(roles)
        ]
        first = members[0]
        taking_part = Participation.objects.create(
            case=self.case, organisation=organisation, joined_at=AT, joined_by=first
        )
        for member in members:
            self.actors[organisation.pk, member.role] = self._assign(taking_part, member)

    def colleague(self, role: Role, organisation: Organisation | None = None) -> Actor:
        """One more person in a role works the case, in the responsible organisation if none is named."""
        here = organisation or self.case.responsible
        member = MembershipFactory.create(organisation=here, role=role.value)
        return self._assign(Participation.objects.get(case=self.case, organisation=here), member)

    def _assign(self, taking_part: Participation, member: Membership) -> Actor:
        Assignment.objects.create(
            case=self.case,
            participation=taking_part,
            membership=member,
            assigned_at=AT,
            assigned_by=taking_part.joined_by,
        )
        CaseUserObjectPermission.objects.create(
            user=member.user,
            permission=Permission.objects.get(codename="work_case"),
            content_object=self.case,
        )
        return actor(member)

    @property
    def mine(self) -> Actor:
        """The person of the responsible organisation who does its usual work."""
        here = self.case.responsible
        return self.actors[here.pk, OWN_ROLE[here.kind].value]

    def begin(self, stage: Stage = Stage.IDENTIFICATION, at: datetime = AT) -> StageProcess | None:
        """Start a stage."""
        return stages.begin(self.case, stage, self.mine, at)

    def open_steps(self) -> list[StepTask]:
        """What waits in the case, in the order it came to be."""
        return list(
            StepTask.objects.filter(case=self.case, status__in=OPEN, flow_task_type="HUMAN").order_by("pk")
        )

    def names(self) -> set[str]:
        """The names of the steps that wait."""
        return {task.flow_task.name for task in self.open_steps()}

    def whose(self, task: StepTask) -> Actor:
        """The person who may do a step."""
        return self.actors[task.organisation_id, task.role]

    def do(self, name: str, outcome: str = "", at: datetime = AT, **answers: object) -> StepTask:
        """Take and finish the waiting step of this name."""
        task = next(step for step in self.open_steps() if step.flow_task.name == name)
        by = self.whose(task)
        if task.owner_id != by.user.pk:
            performing.take(step=task.pk, by=by, at=at)
        outcome = outcome or task.flow_task.form.outcomes[0][0]
        return performing.perform(step=task.pk, answers={"outcome": outcome, **answers}, by=by, at=at)

    def walk(self, choose: Callable[[list[str]], str], at: datetime = AT, limit: int = 200) -> list[str]:
        """Do whatever waits, each step with the outcome that `choose` picks, until nothing waits."""
        done: list[str] = []
        while (steps := self.open_steps()) and len(done) < limit:
            task = steps[-1]
            done.append(task.flow_task.name)
            self.do(task.flow_task.name, choose([code for code, _label in task.flow_task.form.outcomes]), at)
        return done


def actor(member: Membership) -> Actor:
    """An actor who holds no keys."""
    return Actor(membership=member, keys=cast(Keys, None))


def flow_case(
    country: str = "RO",
    *,
    kind: str = "ngo",
    age_status: AgeStatus = AgeStatus.ADULT,
    citizenship: Citizenship = Citizenship.NATIONAL,
    with_kinds: tuple[str, ...] = (),
) -> FlowCase:
    """A case that an organisation of this kind and country is responsible for, with others taking part."""
    responsible = OrganisationFactory.create(kind=kind, country=country)
    opener = MembershipFactory.create(organisation=responsible, role=Role.SUPERVISOR.value)
    case = Case.objects.create(
        reference=references.mint(country=country, year=2026),
        stage=Stage.IDENTIFICATION.value,
        age_status=age_status.value,
        citizenship=citizenship.value,
        responsible=responsible,
        opened_at=AT,
        opened_by=opener,
    )
    made = FlowCase(case)
    made.staff(responsible, (OWN_ROLE[kind],))
    for other in with_kinds:
        made.join(other)
    return made
