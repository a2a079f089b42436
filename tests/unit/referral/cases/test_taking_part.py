"""Another organisation of this node takes part in a case: by consent, as far as its work goes, for a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from guardian.shortcuts import get_perms

from people.models import Kind
from people.roles import LEVELS, OWN_ROLE, Role
from referral import tasks
from referral.cases.disclosing import disclose
from referral.cases.granting import drop_ended_grants
from referral.cases.participating import add_organisation, assign, remove_organisation, unassign
from referral.cases.standing import decide, find_case
from referral.consent.withdrawing import withdraw_consent
from referral.flows import performing, stages
from referral.flows.models import OPEN, StepTask
from referral.models import Assignment, CategoryGrant, CategoryKeyWrap, Consent, Participation
from referral.rules.access import Act, work_opens
from referral.rules.refusals import (
    IllegalStep,
    LastOne,
    NobodyThere,
    NotCovered,
    NotForTheirWork,
    NotInYourRole,
    NotThere,
)
from referral.vocabulary import Category, Citizenship, Purpose
from secure_exchange.models import Entry
from tests.before_and_after import nothing_but_an_entry
from tests.factories.people import AT, actor_of, found
from tests.factories.people import joined as joins
from tests.factories.referral import YEAR, CaseFactory, ConsentFactory, joined, nothing_begins, team


pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FOR_THE_POLICE = [Category.IDENTITY, Category.LEGAL]


@pytest.fixture
def place():
    return team()


@pytest.fixture
def police():
    return found(Role.POLICE_LIAISON, Role.SUPERVISOR, kind=Kind.POLICE)


@pytest.fixture
def case(place):
    return CaseFactory.create(by=place[Role.CASEWORKER], begin=stages.begin, citizenship=Citizenship.NATIONAL)


def agreed(case, place, organisation, *, categories=FOR_THE_POLICE, **said) -> Consent:
    said = {"purpose": Purpose.IDENTIFICATION, **said}
    return ConsentFactory.create(
        case=case,
        by=place[Role.CASEWORKER],
        receiver=organisation.address,
        categories=categories,
        **said,
    )


def let_in(case, place, organisation, consent, *, categories=FOR_THE_POLICE, by=None, at=AT) -> Participation:
    return add_organisation(
        case=case,
        organisation=organisation,
        consent=consent,
        categories=categories,
        by=by or place[Role.CASEWORKER],
        at=at,
        reconsider=stages.situation_changed,
    )


def wraps(case, organisation) -> set[str]:
    return set(
        CategoryKeyWrap.objects.filter(
            category_key__case=case, clearance__organisation=organisation
        ).values_list("category_key__category", flat=True)
    )


def on_the_case(case, organisation) -> set[str]:
    rows = Assignment.objects.filter(case=case, membership__organisation=organisation, ended_at=None)
    return set(rows.values_list("membership__role", flat=True))


def walk_to(case, by, name) -> StepTask:
    """Do the steps before this one, as the caseworker."""
    for _ in range(10):
        waiting = StepTask.objects.filter(case=case, status__in=OPEN, flow_task_type="HUMAN").order_by("pk")
        wanted = [task for task in waiting if task.flow_task.name == name]
        if wanted:
            return wanted[0]
        step = waiting[0]
        performing.take(step=step.pk, by=by, at=AT)
        outcome = step.flow_task.form.outcomes[0][0]
        performing.perform(step=step.pk, answers={"outcome": outcome}, by=by, at=AT)
    raise AssertionError(f"{name} never came")


# What an organisation may be given at all


@pytest.mark.parametrize("kind", Kind)
def test_the_work_of_each_kind_opens_what_its_own_role_reads_and_no_more(kind):
    levels = LEVELS[OWN_ROLE[kind]]
    assert work_opens(kind) == {category for category in Category if levels[category] in {"F", "R", "C"}}


def test_the_police_are_never_given_where_the_person_is():
    assert work_opens(Kind.POLICE) == {
        Category.IDENTITY,
        Category.EXPLOITATION,
        Category.LEGAL,
        Category.RISK,
    }


def test_what_an_organisation_s_work_never_opens_is_not_shared_even_with_consent(place, case, police):
    everything = [Category.IDENTITY, Category.CONTACT]
    consent = agreed(case, place, police.organisation, categories=everything)
    with nothing_but_an_entry(), pytest.raises(NotForTheirWork):
        let_in(case, place, police.organisation, consent, categories=everything)
    entry = Entry.objects.get(act="organisation-added-refused")
    assert (entry.object, entry.reason) == (case.reference, "not_for_their_work")


def test_nobody_shares_what_they_may_not_read(place, case):
    other = team(kind=Kind.SHELTER)
    consent = agreed(case, place, other.organisation, categories=[Category.NEEDS, Category.HEALTH])
    with nothing_but_an_entry(), pytest.raises(NotInYourRole):
        let_in(
            case,
            place,
            other.organisation,
            consent,
            categories=[Category.NEEDS, Category.HEALTH],
            by=place[Role.SUPERVISOR],
        )


def test_the_responsible_organisation_is_not_let_in_to_its_own_case(place, case):
    consent = agreed(case, place, place.organisation)
    with nothing_but_an_entry(), pytest.raises(IllegalStep):
        let_in(case, place, place.organisation, consent)


# Who is put on the case


def test_its_supervisors_are_put_on_the_case_and_nobody_else(place, case, police):
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    assert on_the_case(case, police.organisation) == {"supervisor"}


def test_where_nobody_supervises_those_whose_work_it_is_are_put_on_the_case(place, case):
    unit = found(Role.POLICE_LIAISON, Role.ADMINISTRATOR, kind=Kind.POLICE)
    another = actor_of(joins(unit.founded, Role.POLICE_LIAISON))
    let_in(case, place, unit.organisation, agreed(case, place, unit.organisation))
    for liaison in (unit[Role.POLICE_LIAISON], another):
        assert find_case(case.reference, by=liaison, at=AT) == case
        assert decide(Act.READ, case=case, by=liaison, at=AT, category=Category.LEGAL)
    assert on_the_case(case, unit.organisation) == {"police_liaison"}


def test_an_authority_without_a_supervisor_works_through_its_focal_point(place, case):
    authority = found(Role.FOCAL_POINT, Role.ADMINISTRATOR, kind=Kind.AUTHORITY)
    consent = agreed(case, place, authority.organisation, categories=[Category.IDENTITY])
    let_in(case, place, authority.organisation, consent, categories=[Category.IDENTITY])
    assert on_the_case(case, authority.organisation) == {"focal_point"}


def test_an_organisation_in_which_nobody_can_work_a_case_does_not_join(place, case):
    empty = found(Role.ADMINISTRATOR, kind=Kind.POLICE)
    consent = agreed(case, place, empty.organisation)
    with nothing_but_an_entry(), pytest.raises(NobodyThere):
        let_in(case, place, empty.organisation, consent)


def test_sharing_more_puts_people_on_again_when_everybody_there_has_left(place, case):
    unit = found(Role.POLICE_LIAISON, kind=Kind.POLICE)
    first = agreed(case, place, unit.organisation, categories=[Category.LEGAL])
    let_in(case, place, unit.organisation, first, categories=[Category.LEGAL])
    left = unit.members[Role.POLICE_LIAISON]
    left.starts_on, left.ends_on = (AT - 9 * DAY).date(), (AT - DAY).date()
    left.save()
    newcomer = actor_of(joins(unit.founded, Role.POLICE_LIAISON))
    more = agreed(case, place, unit.organisation)
    let_in(case, place, unit.organisation, more, categories=[Category.IDENTITY])
    assert find_case(case.reference, by=newcomer, at=AT) == case


# On what ground


def test_a_consent_withdrawn_in_the_meantime_lets_nobody_in(place, case, police):
    consent = agreed(case, place, police.organisation)
    seen_before = Consent.objects.select_related("case").get(pk=consent.pk)
    withdraw_consent(
        consent=consent,
        by=place[Role.CASEWORKER],
        at=AT,
        stop=nothing_begins,
        reconsider=stages.situation_changed,
    )
    with nothing_but_an_entry(), pytest.raises(NotCovered):
        let_in(case, place, police.organisation, seen_before, at=AT + DAY)


def test_the_same_button_pressed_twice_shares_once(place, case, police):
    consent = agreed(case, place, police.organisation)
    let_in(case, place, police.organisation, consent)
    with nothing_but_an_entry(), pytest.raises(IllegalStep):
        let_in(case, place, police.organisation, consent)
    assert CategoryGrant.objects.filter(consent=consent).count() == len(FOR_THE_POLICE)


def test_a_second_agreement_opens_more_to_who_takes_part_already(place, case, police):
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    more = agreed(case, place, police.organisation, categories=[Category.RISK], purpose=Purpose.PROTECTION)
    let_in(case, place, police.organisation, more, categories=[Category.RISK])
    assert wraps(case, police.organisation) == {"identity", "legal", "risk"}
    assert Participation.objects.filter(case=case, organisation=police.organisation).count() == 1


def test_what_takes_part_by_consent_discloses_nothing_beyond_it(place, case, police):
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    with nothing_but_an_entry(), pytest.raises(NotInYourRole):
        disclose(case=case, category=Category.IDENTITY, until=AT + 7 * DAY, by=police[Role.SUPERVISOR], at=AT)


# When the consent ends


def withdrawn(consent, by, *, at=AT, told=None) -> None:
    withdraw_consent(
        consent=consent,
        by=by,
        at=at,
        stop=nothing_begins,
        reconsider=stages.situation_changed if told is None else lambda *what: told.append(what),
    )


def test_an_organisation_s_part_ends_with_the_last_consent_it_rests_on(place, case, police):
    consent = agreed(case, place, police.organisation)
    participation = let_in(case, place, police.organisation, consent)
    told = []
    withdrawn(consent, place[Role.CASEWORKER], at=AT + DAY, told=told)
    participation.refresh_from_db()
    assert participation.left_at == AT + DAY
    assert participation.left_by == place.members[Role.CASEWORKER]
    assert told == [(case, AT + DAY)]
    assert not get_perms(police[Role.SUPERVISOR].user, case)
    assert not wraps(case, police.organisation)
    with pytest.raises(NotThere):
        find_case(case.reference, by=police[Role.SUPERVISOR], at=AT + DAY)
    entry = Entry.objects.get(act="organisation-removed")
    assert (entry.object, entry.reason) == (case.reference, police.organisation.address)
    assert entry.actor == place[Role.CASEWORKER].pseudonym


def test_a_part_that_rests_on_another_consent_too_goes_on_with_that_one(place, case, police):
    consent = agreed(case, place, police.organisation)
    participation = let_in(case, place, police.organisation, consent)
    other = agreed(case, place, police.organisation, categories=[Category.RISK], purpose=Purpose.PROTECTION)
    let_in(case, place, police.organisation, other, categories=[Category.RISK])
    told = []
    withdrawn(consent, place[Role.CASEWORKER], told=told)
    participation.refresh_from_db()
    assert participation.left_at is None
    assert not told
    assert wraps(case, police.organisation) == {"risk"}
    assert set(get_perms(police[Role.SUPERVISOR].user, case)) == {"work_case", "hand_over_case", "read_risk"}


def test_a_part_ends_by_itself_when_the_consent_has_run_out(place, case, police):
    consent = agreed(case, place, police.organisation, until=AT + 30 * DAY)
    participation = let_in(case, place, police.organisation, consent)
    told = []
    over = AT + 30 * DAY
    assert drop_ended_grants(at=over, reconsider=lambda *what: told.append(what)) == 1
    participation.refresh_from_db()
    assert (participation.left_at, participation.left_by) == (over, None)
    assert told == [(case, over)]
    assert not get_perms(police[Role.SUPERVISOR].user, case)
    entry = Entry.objects.get(act="organisation-removed")
    assert entry.actor == "node@ro.connect.test"
    assert drop_ended_grants(at=over, reconsider=pytest.fail) == 0


def test_one_case_that_fails_does_not_keep_the_others_keys_in_place(place, case, police):
    other_case = CaseFactory.create(by=place[Role.CASEWORKER])
    for each in (case, other_case):
        let_in(each, place, police.organisation, agreed(each, place, police.organisation))

    def fails_for_the_first(about, _at):
        if about == case:
            raise RuntimeError("a broken flow")

    assert drop_ended_grants(at=AT + YEAR, reconsider=fails_for_the_first) == 1
    assert not wraps(other_case, police.organisation)
    assert drop_ended_grants(at=AT + YEAR, reconsider=nothing_begins) == 1
    assert not wraps(case, police.organisation)


def test_the_sweep_brings_the_flows_in_line_with_who_is_left(place, case, police, at):
    consent = agreed(case, place, police.organisation, until=AT + timedelta(seconds=1))
    let_in(case, place, police.organisation, consent)
    formal = walk_to(case, place[Role.CASEWORKER], "formal")
    assert (formal.organisation, formal.role) == (police.organisation, "police_liaison")
    Consent.objects.filter(pk=consent.pk).update(given_at=AT - DAY, until=AT)
    CategoryGrant.objects.filter(consent=consent).update(until=AT)
    tasks.sweep()
    assert not Participation.objects.filter(organisation=police.organisation, left_at=None).exists()
    assert walk_to(case, place[Role.CASEWORKER], "own_view").organisation == place.organisation


def test_the_responsible_organisation_stays_when_a_disclosure_of_its_own_ends(place, case):
    disclose(case=case, category=Category.CONTACT, until=AT + DAY, by=place[Role.CASEWORKER], at=AT)
    assert drop_ended_grants(at=AT + DAY, reconsider=pytest.fail) == 1
    assert wraps(case, place.organisation) == set(Category)
    assert find_case(case.reference, by=place[Role.CASEWORKER], at=AT + DAY) == case


# Its steps


def test_the_police_unit_of_an_ngo_s_case_does_its_step_and_the_case_goes_on(place, case, police):
    by = place[Role.CASEWORKER]
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    liaison = police[Role.POLICE_LIAISON]
    assign(case=case, membership=liaison.membership, by=police[Role.SUPERVISOR], at=AT)
    formal = walk_to(case, by, "formal")
    performing.take(step=formal.pk, by=liaison, at=AT)
    performing.perform(step=formal.pk, answers={"outcome": "identified"}, by=liaison, at=AT)
    case.refresh_from_db()
    assert case.stage == "protection"


def test_when_their_part_ends_the_way_goes_on_without_them(place, case, police):
    by = place[Role.CASEWORKER]
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    liaison = police[Role.POLICE_LIAISON]
    assign(case=case, membership=liaison.membership, by=police[Role.SUPERVISOR], at=AT)
    formal = walk_to(case, by, "formal")
    performing.take(step=formal.pk, by=liaison, at=AT)
    remove_organisation(
        case=case, organisation=police.organisation, by=by, at=AT, reconsider=stages.situation_changed
    )
    own_view = walk_to(case, by, "own_view")
    assert (own_view.organisation, own_view.role) == (place.organisation, "caseworker")


@pytest.mark.parametrize("ended", ["closed", "passed"])
def test_a_part_can_be_ended_in_a_case_that_is_closed_or_was_passed_on(place, case, police, ended):
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    if ended == "closed":
        case.closed_at, case.closed_by = AT, place.members[Role.CASEWORKER]
    else:
        case.passed_to = "casa-aperta@it.connect.test"
    case.save()
    assert not decide(Act.ADD_ORGANISATION, case=case, by=place[Role.CASEWORKER], at=AT)
    remove_organisation(
        case=case,
        organisation=police.organisation,
        by=place[Role.CASEWORKER],
        at=AT,
        reconsider=nothing_begins,
    )
    assert not wraps(case, police.organisation)


def test_who_takes_part_ends_nobody_s_part(place, case, police):
    third = team(kind=Kind.SHELTER)
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    joined(case, third.organisation, by=place[Role.CASEWORKER], categories=[Category.NEEDS])
    with nothing_but_an_entry(), pytest.raises(NotInYourRole):
        remove_organisation(
            case=case,
            organisation=third.organisation,
            by=police[Role.SUPERVISOR],
            at=AT,
            reconsider=pytest.fail,
        )


# Colleagues


def taken_off(case, who, by) -> None:
    unassign(case=case, membership=who.membership, by=by, at=AT, reconsider=stages.situation_changed)


def test_a_step_in_the_hands_of_who_is_taken_off_goes_back_to_the_role(place, case):
    colleague = actor_of(joins(place.founded, Role.CASEWORKER))
    assign(case=case, membership=colleague.membership, by=place[Role.SUPERVISOR], at=AT)
    step = walk_to(case, colleague, "safety")
    performing.take(step=step.pk, by=colleague, at=AT)
    taken_off(case, colleague, place[Role.SUPERVISOR])
    step.refresh_from_db()
    assert (step.owner, step.status, step.role) == (None, "NEW", "caseworker")
    performing.take(step=step.pk, by=place[Role.CASEWORKER], at=AT)


def test_a_step_in_hand_stays_with_who_is_still_on_the_case(place, case):
    colleague = actor_of(joins(place.founded, Role.CASEWORKER))
    assign(case=case, membership=colleague.membership, by=place[Role.SUPERVISOR], at=AT)
    step = walk_to(case, colleague, "safety")
    performing.take(step=step.pk, by=place[Role.CASEWORKER], at=AT)
    taken_off(case, colleague, place[Role.SUPERVISOR])
    step.refresh_from_db()
    assert step.owner == place[Role.CASEWORKER].user


def test_the_last_one_is_not_taken_off(place, case):
    taken_off(case, place[Role.SUPERVISOR], place[Role.CASEWORKER])
    with nothing_but_an_entry(), pytest.raises(LastOne):
        taken_off(case, place[Role.CASEWORKER], place[Role.CASEWORKER])


def test_a_colleague_who_has_left_counts_as_nobody(place, case):
    gone = place.members[Role.SUPERVISOR]
    gone.starts_on, gone.ends_on = (AT - 9 * DAY).date(), (AT - DAY).date()
    gone.save()
    with nothing_but_an_entry(), pytest.raises(LastOne):
        taken_off(case, place[Role.CASEWORKER], place[Role.CASEWORKER])
    unassign(
        case=case, membership=gone, by=place[Role.CASEWORKER], at=AT, reconsider=stages.situation_changed
    )
    assert on_the_case(case, place.organisation) == {"caseworker"}


def test_nobody_takes_off_a_colleague_of_another_organisation(place, case, police):
    let_in(case, place, police.organisation, agreed(case, place, police.organisation))
    with nothing_but_an_entry(), pytest.raises(IllegalStep):
        taken_off(case, police[Role.SUPERVISOR], place[Role.CASEWORKER])
