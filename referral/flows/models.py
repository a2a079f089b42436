"""Running flows: one process a stage of a case, one task a step.

The columns that lists need (case, organisation, role, due) are on the task itself, so that nobody's work is
found by scanning permissions. What viewflow keeps of permissions on a task is left out: who may do a step is
decided anew by the access rules every time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from viewflow.workflow.models import AbstractProcess, AbstractTask
from viewflow.workflow.status import STATUS

from people.roles import Role
from referral.flows.situation import Party, Situation
from referral.models import Case, Participation
from referral.models.closed_lists import one_of
from referral.vocabulary import Stage


OPEN = (STATUS.NEW.value, STATUS.ASSIGNED.value)
HUMAN = "HUMAN"


class StageProcess(AbstractProcess):
    """A case going through one stage in the flow class that was in force when it began."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stage_processes")
    stage = models.CharField(max_length=16)
    outcome = models.CharField(max_length=32, blank=True, default="")

    moment: datetime | None = None
    _situation: Situation | None = None

    class Meta:
        default_permissions = ("manage",)  # viewflow would add it to the class behind the migrations' back
        indexes = [models.Index(fields=["case", "-created"], name="stageprocess_by_case")]
        constraints = [one_of("stageprocess", "stage", Stage)]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.stage}"

    @property
    def situation(self) -> Situation:
        """The case as its flow sees it; read once in a transaction."""
        if self._situation is None:
            self._situation = situation_of(self.case)
        return self._situation


def situation_of(case: Case) -> Situation:
    """What flows may know of a case, in one query."""
    rows = Participation.objects.filter(case=case, left_at=None).values_list(
        "organisation_id", "organisation__kind"
    )
    parties = tuple(Party(organisation, kind) for organisation, kind in rows.order_by("joined_at", "pk"))
    responsible = next((party for party in parties if party.organisation == case.responsible_id), None)
    if responsible is None:
        responsible = Party(case.responsible_id, case.responsible.kind)
        parties = (responsible, *parties)
    return Situation(case.age_status, case.citizenship, responsible, parties)


class StepTask(AbstractTask):
    """A step of a process: who does it, until when, and the coded answers it was done with.

    `answers` holds codes, dates and yes/no, never a name and never free text. `about` is the step whose time
    limit passed, on a step that was raised for it. `failure` names the class of an error and nothing else.
    """

    process = models.ForeignKey(StageProcess, on_delete=models.CASCADE, related_name="steps")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="steps", null=True, blank=True
    )
    role = models.CharField(max_length=32, blank=True, default="")
    due = models.DateTimeField(null=True, blank=True)
    limit_key = models.CharField(max_length=64, blank=True, default="")
    limit_passed_at = models.DateTimeField(null=True, blank=True)
    raised = models.BooleanField(default=False)
    about = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="raised_steps", null=True, blank=True
    )
    answers = models.JSONField(default=dict, blank=True)
    failure = models.CharField(max_length=100, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="steps", null=True, blank=True
    )

    # Only on what `waiting.steps_of` gives.
    held: bool
    attended: bool

    scheduled = None
    external_task_id = None
    owner_permission = None
    owner_permission_content_type = None
    owner_permission_obj_pk = None
    owner_permission_obj = None
    artifact = None
    seed = None
    data = None

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["organisation", "role", "status", "due"], name="steptask_waiting"),
            models.Index(fields=["case", "-created"], name="steptask_by_case"),
            models.Index(
                fields=["due"],
                name="steptask_limits",
                condition=Q(limit_passed_at=None, due__isnull=False, status__in=OPEN),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=[role.value for role in Role]), name="steptask_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id}/{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fill what every task of a case has: its case, and its moment instead of the wall clock."""
        if self._state.adding:
            self.case_id = self.process.case_id
            self.created = self.process.moment or self.created
        super().save(*args, **kwargs)

    @property
    def says(self) -> Any:
        """The step's `Explanation`; None where a later version of the flow has no such step any more."""
        return getattr(self.flow_task, "says", None)

    @property
    def limit(self) -> Any:
        """The step's `TimeLimit` or `NoLimit`; None where the step is gone from the flow."""
        return getattr(self.flow_task, "limit", None)

    @property
    def start_unknown(self) -> bool:
        """Whether its limit is counted from something of which nobody has told the day: there is no date."""
        return self.is_open and self.due is None and bool(getattr(self.limit, "since", ()))

    def is_late(self, at: datetime) -> bool:
        """Whether its time limit has passed. It may still be done."""
        return self.is_open and self.due is not None and self.due < at

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.status in OPEN


def named(names: Iterable[str]) -> Q:
    """The condition for steps with one of these names, in whatever flow class."""
    return reduce(or_, (Q(flow_task__endswith=f".{name}") for name in names))


# Setting a generic relation to None in the class takes its columns but leaves the relation registered.
StepTask._meta.private_fields = []  # noqa: SLF001
StepTask.owner_permission_obj = None


# Django keeps an abstract parent's generic key even where its columns are left out. Nothing here points to
# "anything": a step belongs to a case by a real foreign key.
StepTask._meta.private_fields.clear()  # noqa: SLF001 - documented as the model API
StepTask.owner_permission_obj = None
