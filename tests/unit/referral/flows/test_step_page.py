"""The one page of all steps: shown, started, answered, put back; refused in words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from people.roles import Role
from referral.cases.age import change_age_status
from referral.cases.opening import open_case
from referral.cases.passing import pass_responsibility
from referral.flows import country, stages
from referral.flows.models import OPEN, StepTask
from referral.models import Assignment
from referral.vocabulary import AgeGround, AgeStatus, Citizenship, Stage
from tests.factories.people import AT, found


pytestmark = pytest.mark.django_db


@pytest.fixture
def here(at):
    return found(Role.CASEWORKER, Role.SUPERVISOR)


@pytest.fixture
def case(here, at):
    return open_case(
        by=here[Role.CASEWORKER],
        at=at,
        stage=Stage.IDENTIFICATION,
        age_status=AgeStatus.ADULT,
        citizenship=Citizenship.NATIONAL,
        begin=stages.begin,
    )


@pytest.fixture
def caseworker(client, here, signed_in):
    return signed_in(client, here.members[Role.CASEWORKER])


def what_it_says(answer):
    return answer.text.partition("<main")[2].partition("</main>")[0]


def waiting(case):
    return StepTask.objects.get(case=case, status__in=OPEN)


def test_a_step_is_started_answered_and_leads_back_to_the_case(caseworker, case):
    page = reverse("step", args=[waiting(case).pk])
    shown = caseworker.get(page)
    assert shown.status_code == 200
    assert "Safety and basic needs" in shown.text
    assert "check with a lawyer" in shown.text, "the basis is from memory"
    assert "safe_now" not in shown.text, "questions come when somebody has started"
    assert caseworker.post(page, {"action": "start"}).headers["Location"] == page
    assert "safe_now" in caseworker.get(page).text
    done = caseworker.post(page, {"action": "done", "outcome": "done", "safe_now": "do_not_know"})
    assert done.headers["Location"] == reverse("case", args=[case.reference])
    assert waiting(case).flow_task.name == "signs"


def test_an_unanswered_form_comes_back_with_what_is_missing_and_what_was_said(caseworker, case):
    page = reverse("step", args=[waiting(case).pk])
    caseworker.post(page, {"action": "start"})
    again = caseworker.post(page, {"action": "done", "safe_now": "no"})
    assert again.status_code == 422
    assert "Say how this step ended" in again.text
    assert again.context["form"]["safe_now"].value() == "no"


def test_a_step_sent_twice_is_answered_with_409_and_a_sentence(caseworker, case):
    page = reverse("step", args=[waiting(case).pk])
    answers = {"action": "done", "outcome": "done"}
    caseworker.post(page, {"action": "start"})
    assert caseworker.post(page, answers).status_code == 302
    twice = caseworker.post(page, answers)
    assert twice.status_code == 409
    assert "already done" in twice.text


def test_what_is_known_can_be_kept_without_finishing_and_is_there_again(caseworker, case):
    page = reverse("step", args=[waiting(case).pk])
    caseworker.post(page, {"action": "start"})
    kept = caseworker.post(page, {"action": "keep", "safe_now": "yes"})
    assert kept.headers["Location"] == reverse("case", args=[case.reference])
    assert waiting(case).flow_task.name == "safety"
    assert caseworker.get(page).context["form"]["safe_now"].value() == "yes"


@pytest.fixture
def reflecting(here, at):
    """The step of a reflection period in a case that came without its identification."""
    case = open_case(
        by=here[Role.CASEWORKER],
        at=at,
        stage=Stage.PROTECTION,
        age_status=AgeStatus.ADULT,
        citizenship=Citizenship.THIRD_COUNTRY,
        begin=stages.begin,
    )
    return StepTask.objects.get(case=case, flow_task__endswith=".reflection")


def test_a_limit_whose_start_nobody_told_shows_no_day_and_says_so(caseworker, reflecting):
    page = reverse("step", args=[reflecting.pk])
    assert "Start not known" in caseworker.get(page).text
    assert (
        "start of its time limit is not known"
        in caseworker.get(reverse("case", args=[reflecting.case.reference])).text
    )
    caseworker.post(page, {"action": "start"})
    assert caseworker.post(page, {"action": "keep", "granted_on": "2026-11-10"}).status_code == 302
    shown = caseworker.get(page)
    assert "Start not known" not in shown.text
    assert shown.context["step"].due.date().isoformat() == "2027-02-08"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2101-01-01", "yesterday"])
def test_a_day_that_nobody_means_is_refused_in_words(caseworker, reflecting, day):
    page = reverse("step", args=[reflecting.pk])
    caseworker.post(page, {"action": "start"})
    answer = caseworker.post(page, {"action": "keep", "granted_on": day})
    assert answer.status_code == 422
    assert answer.context["form"].errors["granted_on"]


def test_a_step_can_be_put_back(caseworker, case):
    page = reverse("step", args=[waiting(case).pk])
    caseworker.post(page, {"action": "start"})
    assert caseworker.post(page, {"action": "put_back"}).status_code == 302
    assert waiting(case).owner is None


def test_a_supervisor_sees_who_has_a_step_and_puts_it_back(client, here, case, caseworker, signed_in):
    page = reverse("step", args=[waiting(case).pk])
    caseworker.post(page, {"action": "start"})
    supervisor = signed_in(type(client)(), here.members[Role.SUPERVISOR])
    assert page in supervisor.get(reverse("case", args=[case.reference])).text
    shown = supervisor.get(page)
    assert f"{here.members[Role.CASEWORKER].user.name} has this step in hand" in shown.text
    assert 'value="put_back"' in shown.text
    assert 'value="start"' not in shown.text
    assert "safe_now" not in shown.text
    assert supervisor.post(page, {"action": "put_back"}).status_code == 302
    assert waiting(case).owner is None
    again = supervisor.get(page)
    assert 'value="put_back"' not in again.text
    assert 'value="start"' not in again.text


def test_a_step_that_nobody_does_says_so_calmly_to_who_can_assign_somebody(client, here, case, signed_in):
    supervisor = signed_in(client, here.members[Role.SUPERVISOR])
    step, page = reverse("step", args=[waiting(case).pk]), reverse("case", args=[case.reference])
    for address in (step, page):
        assert "has the role" not in supervisor.get(address).text
    Assignment.objects.filter(membership=here.members[Role.CASEWORKER]).update(
        ended_at=AT, ended_by=here.members[Role.SUPERVISOR]
    )
    for address in (step, page):
        shown = supervisor.get(address).text
        assert "No colleague who works this case has the role" in shown
        assert reverse("case-team", args=[case.reference]) in shown


def test_a_case_that_was_passed_on_shows_its_steps_as_ended(caseworker, case):
    step, page = waiting(case), reverse("case", args=[case.reference])
    StepTask.objects.filter(pk=step.pk).update(due=AT)
    assert reverse("step", args=[step.pk]) in caseworker.get(page).text
    pass_responsibility(case=case, to="casa@it.connect.test", actor="node@ro.connect.test", at=AT)
    shown = caseworker.get(page)
    assert "Its steps ended here" in shown.text
    assert reverse("step", args=[step.pk]) not in shown.text
    assert [row["due"] for row in shown.context["steps"]] == [None]
    assert "nothing is waiting" in caseworker.get(reverse("cases")).text
    assert caseworker.get(reverse("step", args=[step.pk])).status_code == 409


def test_a_step_that_was_set_aside_is_not_shown_as_done_by_somebody(caseworker, here, case):
    for age_status, ground in ((AgeStatus.CHILD, None), (AgeStatus.ADULT, AgeGround.ENTERED_BY_MISTAKE)):
        change_age_status(
            case=case,
            age_status=age_status,
            ground=ground,
            by=here[Role.CASEWORKER],
            at=AT,
            on_child=stages.age_changed,
        )
    done = caseworker.get(reverse("case", args=[case.reference])).context["done"]
    assert [step["who"] for step in done] == ["set aside"] * 3


def test_another_role_and_another_organisation_get_a_sentence_and_nothing_more(client, here, case, signed_in):
    page = reverse("step", args=[waiting(case).pk])
    supervisor = signed_in(client, here.members[Role.SUPERVISOR])
    for action in ("start", "done", "keep"):
        said = {"action": action, "outcome": "done"}
        assert supervisor.post(page, said).status_code == 403
    stranger = signed_in(type(client)(), found(Role.CASEWORKER).members[Role.CASEWORKER])
    theirs, nobodys = stranger.get(page), stranger.get(reverse("step", args=[999_999]))
    assert theirs.status_code == nobodys.status_code == 404
    assert what_it_says(theirs) == what_it_says(nobodys)
    assert waiting(case).status == "NEW"


def test_every_step_of_the_country_renders(caseworker, here, case):
    place = country.get("RO")
    task = waiting(case)
    for serving in place.stages.values():
        for _since, flow in serving:
            for step in flow.steps():
                StepTask.objects.filter(pk=task.pk).update(
                    flow_task=step, owner=here.members[Role.CASEWORKER].user, status="ASSIGNED"
                )
                assert caseworker.get(reverse("step", args=[task.pk])).status_code == 200


def test_none_of_viewflows_own_pages_is_mounted(client):
    for address in ("/workflow/", "/flows/", "/inbox/", "/queue/"):
        assert client.get(address).status_code == 404
