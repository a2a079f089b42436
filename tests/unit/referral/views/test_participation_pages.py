"""Who works a case, page by page: colleagues on and off it, another organisation in and out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Kind
from people.roles import Role
from referral.consent.giving import give_consent
from referral.consent.withdrawing import withdraw_consent
from referral.flows import stages
from referral.flows.models import OPEN, StepTask
from referral.models import Assignment, Handover, Participation
from referral.vocabulary import Category, Citizenship, ConsentManner, Purpose
from secure_exchange.models import Entry
from tests.before_and_after import nothing_but_an_entry
from tests.factories.people import AT, found, joined
from tests.factories.referral import CaseFactory, ConsentFactory, nothing_begins, team


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
AGREED = [Category.IDENTITY, Category.CONTACT, Category.LEGAL]


@pytest.fixture
def ngo():
    return team(name="Fundația Exemplu")


@pytest.fixture
def police():
    return found(Role.POLICE_LIAISON, Role.SUPERVISOR, kind=Kind.POLICE, name="Poliția Exemplu")


@pytest.fixture
def case(ngo):
    return CaseFactory.create(by=ngo[Role.CASEWORKER], begin=stages.begin, citizenship=Citizenship.NATIONAL)


@pytest.fixture
def inside(ngo, signed_in) -> Client:
    return signed_in(Client(), ngo.members[Role.CASEWORKER])


@pytest.fixture
def consent(ngo, case, police):
    return ConsentFactory.create(
        case=case,
        by=ngo[Role.CASEWORKER],
        receiver=police.organisation.address,
        categories=AGREED,
        purpose=Purpose.IDENTIFICATION,
    )


def at_page(name, case, *more) -> str:
    return reverse(name, args=[case.reference, *more])


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def choose(client, case, consent, *categories) -> None:
    said = {"agreement": str(consent.uuid)}
    assert client.post(at_page("take-part", case), said).status_code == 302
    parts = [category.value for category in categories]
    assert client.post(at_page("take-part-what", case), {"categories": parts}).status_code == 302


def let_in(client, case, consent, *categories) -> None:
    choose(client, case, consent, *categories)
    assert client.post(at_page("take-part-check", case), {"share": "1"}).status_code == 302


# Letting in


def test_an_organisation_of_this_node_can_be_agreed_to_on_the_consent_page(inside, case, police):
    url = at_page("consent", case)
    assert f'<option value="{police.organisation.address}">Poliția Exemplu</option>' in text_of(
        inside.get(url)
    )
    said = {
        "receiver": police.organisation.address,
        "categories": ["identity"],
        "purpose": Purpose.IDENTIFICATION.value,
        "language": "ro",
        "manner": "spoken",
        "until": (AT + timedelta(days=60)).date().isoformat(),
    }
    assert inside.post(url, said).status_code == 302
    assert "Poliția Exemplu" in text_of(inside.get(at_page("take-part", case)))


def test_without_an_agreement_the_page_says_to_talk_about_consent(inside, case, police):
    said = text_of(inside.get(at_page("take-part", case)))
    assert "Consent comes first" in said
    assert f'href="{at_page("consent", case)}"' in said
    assert 'name="agreement"' not in said
    assert "Poliția Exemplu" in said


def test_who_is_let_in_sees_the_case_and_only_what_was_ticked(inside, case, consent, police, signed_in):
    let_in(inside, case, consent, Category.LEGAL)
    entry = Entry.objects.get(act="organisation-added", object=case.reference)
    assert entry.reason == f"{consent.uuid} legal"
    chief = signed_in(Client(), police.members[Role.SUPERVISOR])
    assert chief.get(at_page("case", case)).status_code == 200
    assert chief.get(at_page("record", case, "legal")).status_code == 200
    for shut in ("identity", "contact"):
        assert chief.get(at_page("record", case, shut)).status_code == 403
    liaison = police.members[Role.POLICE_LIAISON]
    assert chief.post(at_page("case-team", case), {"membership": str(liaison.user.uuid)}).status_code == 302
    assert signed_in(Client(), liaison).get(at_page("case", case)).status_code == 200


def test_the_last_look_says_what_opens_what_stays_shut_and_who_sees_the_case(inside, case, consent):
    choose(inside, case, consent, Category.IDENTITY)
    with nothing_but_an_entry(entries=0):
        said = text_of(inside.get(at_page("take-part-check", case)))
    shut = said[said.index("Stays shut") : said.index("Until")]
    assert "Identity" not in shut
    assert "Contact" in shut
    assert "1 supervisor, who assigns colleagues there." in said


def test_the_steps_of_the_procedure_go_to_who_does_them_and_come_back(ngo, inside):
    social = found(Role.SOCIAL_WORKER, Role.SUPERVISOR, kind=Kind.SOCIAL_SERVICE)
    by = ngo[Role.CASEWORKER]
    case = CaseFactory.create(by=by, begin=stages.begin, child=True)
    agreed = ConsentFactory.create(
        case=case, by=by, receiver=social.organisation.address, by_guardian=True, categories=AGREED
    )
    theirs = {"Tell the DGASPC about the child", "A guardian for the child"}

    def held_by(organisation):
        steps = StepTask.objects.filter(case=case, organisation=organisation, status__in=OPEN)
        return {str(step.says.title) for step in steps}

    assert theirs < held_by(ngo.organisation)
    choose(inside, case, agreed, Category.IDENTITY)
    said = text_of(inside.get(at_page("take-part-check", case)))
    assert all(title in said for title in theirs)
    assert "Safety and basic needs" not in said
    inside.post(at_page("take-part-check", case), {"share": "1"})
    assert held_by(social.organisation) == theirs
    url = at_page("end-part", case, social.organisation.uuid)
    said = text_of(inside.get(url))
    assert all(title in said for title in theirs)
    inside.post(url)
    assert theirs < held_by(ngo.organisation)


def test_where_no_step_of_theirs_waits_the_last_look_says_so(case, consent, inside):
    choose(inside, case, consent, Category.IDENTITY)
    assert "None is waiting now" in text_of(inside.get(at_page("take-part-check", case)))


def test_what_the_police_never_open_is_neither_offered_nor_taken(inside, case, consent):
    inside.post(at_page("take-part", case), {"agreement": str(consent.uuid)})
    url = at_page("take-part-what", case)
    said = text_of(inside.get(url))
    assert 'value="identity"' in said
    assert 'value="contact"' not in said
    assert "their work never opens this" in said
    assert "checked" not in said
    for categories in (["contact"], ["identity", "contact"], ["needs"], ["everything"], []):
        with nothing_but_an_entry(entries=0):
            assert inside.post(url, {"categories": categories}).status_code == 422


def test_a_supervisor_is_offered_what_a_supervisor_reads(ngo, case, signed_in):
    chief = signed_in(Client(), ngo.members[Role.SUPERVISOR])
    shelter = team(kind=Kind.SHELTER)
    by = ngo[Role.CASEWORKER]
    more = ConsentFactory.create(
        case=case,
        by=by,
        receiver=shelter.organisation.address,
        categories=[Category.HEALTH, Category.NEEDS],
    )
    chief.post(at_page("take-part", case), {"agreement": str(more.uuid)})
    said = text_of(chief.get(at_page("take-part-what", case)))
    assert 'value="needs"' in said
    assert 'value="health"' not in said


def test_an_agreement_with_somebody_abroad_lets_nobody_in_here(ngo, case, inside):
    abroad = give_consent(
        case=case,
        receiver="casa-aperta@it.connect.test",
        categories=[Category.IDENTITY],
        purpose=Purpose.ASSISTANCE,
        language="ro",
        manner=ConsentManner.SPOKEN,
        given_at=AT,
        until=AT + timedelta(days=9),
        by=ngo[Role.CASEWORKER],
        at=AT,
    )
    url = at_page("take-part", case)
    assert str(abroad.uuid) not in text_of(inside.get(url))
    for agreement in (str(abroad.uuid), "", "x" * 300):
        with nothing_but_an_entry(entries=0):
            assert inside.post(url, {"agreement": agreement}).status_code == 422


def test_where_nobody_could_work_the_case_the_page_says_so_and_offers_no_choice(ngo, case, inside):
    empty = found(Role.ADMINISTRATOR, kind=Kind.POLICE)
    agreed = ConsentFactory.create(
        case=case, by=ngo[Role.CASEWORKER], receiver=empty.organisation.address, categories=AGREED
    )
    said = text_of(inside.get(at_page("take-part", case)))
    assert "Nobody there can work a case at present." in said
    assert str(agreed.uuid) not in said


def test_where_nobody_supervises_the_last_look_says_who_is_put_on_the_case(ngo, case, inside):
    unit = found(Role.POLICE_LIAISON, kind=Kind.POLICE)
    joined(unit.founded, Role.POLICE_LIAISON)
    agreed = ConsentFactory.create(
        case=case, by=ngo[Role.CASEWORKER], receiver=unit.organisation.address, categories=AGREED
    )
    choose(inside, case, agreed, Category.LEGAL)
    assert "Police liaison (2)" in text_of(inside.get(at_page("take-part-check", case)))


def test_the_button_pressed_after_the_person_said_no_lets_nobody_in(ngo, case, consent, police, inside):
    choose(inside, case, consent, Category.IDENTITY)
    withdraw_consent(
        consent=consent, by=ngo[Role.CASEWORKER], at=AT, stop=nothing_begins, reconsider=nothing_begins
    )
    with nothing_but_an_entry():
        assert inside.post(at_page("take-part-check", case), {"share": "1"}).status_code == 422
    assert inside.get(at_page("take-part-check", case)).status_code == 302
    assert not Participation.objects.filter(organisation=police.organisation).exists()


def test_the_button_pressed_twice_shares_once(case, consent, inside):
    let_in(inside, case, consent, Category.IDENTITY)
    with nothing_but_an_entry(entries=0):
        again = inside.post(at_page("take-part-check", case), {"share": "1"})
    assert (again.status_code, again["Location"]) == (302, at_page("take-part", case))


# The page of who works the case


def test_the_page_says_what_each_organisation_may_open_and_until_when(inside, case, consent):
    let_in(inside, case, consent, Category.IDENTITY, Category.LEGAL)
    said = text_of(inside.get(at_page("case-team", case)))
    assert "<strong>Identity, Legal</strong>" in said
    assert "Identification" in said
    assert "23 November 2027" in said
    assert "On this case: Supervisor" in said
    assert "Opens every part, each colleague as far as the role goes." in said


def test_who_takes_part_sees_its_own_people_by_name_and_others_by_role(
    inside, case, consent, ngo, police, signed_in
):
    let_in(inside, case, consent, Category.IDENTITY)
    chief = signed_in(Client(), police.members[Role.SUPERVISOR])
    said = text_of(chief.get(at_page("case-team", case)))
    for member in ngo.members.values():
        assert member.user.name not in said.replace(police.members[Role.SUPERVISOR].user.name, "")
    assert at_page("take-part", case) not in said
    assert "End their part" not in said
    for name in ("take-part", "take-part-what", "take-part-check"):
        with nothing_but_an_entry():
            assert chief.get(at_page(name, case)).status_code == 403
    with nothing_but_an_entry():
        assert chief.post(at_page("end-part", case, police.organisation.uuid)).status_code == 403


def test_a_colleague_is_taken_off_after_a_look_at_what_follows(ngo, case, inside, signed_in):
    chief = ngo.members[Role.SUPERVISOR]
    url = at_page("take-off", case, chief.user.uuid)
    assert url in text_of(inside.get(at_page("case-team", case)))
    with nothing_but_an_entry(entries=0):
        assert chief.user.name in text_of(inside.get(url))
    answer = inside.post(url)
    assert (answer.status_code, answer["Location"]) == (302, at_page("case-team", case))
    assert Entry.objects.filter(act="colleague-unassigned").count() == 1
    assert signed_in(Client(), chief).get(at_page("case", case)).status_code == 404


def test_who_takes_oneself_off_is_led_away_from_the_case(ngo, case, inside):
    answer = inside.post(at_page("take-off", case, ngo.members[Role.CASEWORKER].user.uuid))
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases"))


def test_the_last_one_stays_and_is_told_what_to_do(ngo, case, inside):
    inside.post(at_page("take-off", case, ngo.members[Role.SUPERVISOR].user.uuid))
    url = at_page("take-off", case, ngo.members[Role.CASEWORKER].user.uuid)
    assert url not in text_of(inside.get(at_page("case-team", case)))
    with nothing_but_an_entry():
        answer = inside.post(url)
    assert answer.status_code == 409
    assert "assign a colleague first" in text_of(answer)
    assert Assignment.objects.filter(case=case, ended_at=None).count() == 1


def test_a_colleague_who_is_not_on_the_case_cannot_be_taken_off_it(ngo, case, consent, police, inside):
    let_in(inside, case, consent, Category.IDENTITY)
    for member in (joined(ngo.founded, Role.CASEWORKER), police.members[Role.SUPERVISOR]):
        for method in ("get", "post"):
            with nothing_but_an_entry():
                answer = getattr(inside, method)(at_page("take-off", case, member.user.uuid))
            assert answer.status_code == 404


# Ending a part


def test_a_part_ends_after_a_look_at_what_follows(inside, case, consent, police, signed_in):
    let_in(inside, case, consent, Category.IDENTITY)
    url = at_page("end-part", case, police.organisation.uuid)
    assert url in text_of(inside.get(at_page("case-team", case)))
    with nothing_but_an_entry(entries=0):
        said = text_of(inside.get(url))
    assert "Their keys are taken away: Identity." in said
    assert "Their people no longer see the case: Supervisor." in said
    answer = inside.post(url)
    assert (answer.status_code, answer["Location"]) == (302, at_page("case-team", case))
    chief = signed_in(Client(), police.members[Role.SUPERVISOR])
    assert chief.get(at_page("case", case)).status_code == 404
    assert inside.get(url).status_code == 404


def test_the_responsible_organisation_has_no_part_to_end(inside, ngo, case):
    for method in ("get", "post"):
        with nothing_but_an_entry():
            url = at_page("end-part", case, ngo.organisation.uuid)
            assert getattr(inside, method)(url).status_code == 404


def test_withdrawing_says_beforehand_that_their_part_ends(inside, case, consent, police):
    let_in(inside, case, consent, Category.IDENTITY)
    url = at_page("withdraw-consent", case, consent.uuid)
    assert "Poliția Exemplu no longer works this case" in text_of(inside.get(url))
    answer = inside.post(url)
    assert (answer.status_code, answer["Location"]) == (302, at_page("consent", case))
    assert not Participation.objects.filter(organisation=police.organisation, left_at=None).exists()


def test_withdrawing_one_of_two_agreements_says_that_they_go_on(inside, ngo, case, consent, police):
    let_in(inside, case, consent, Category.IDENTITY)
    more = ConsentFactory.create(
        case=case,
        by=ngo[Role.CASEWORKER],
        receiver=police.organisation.address,
        categories=[Category.RISK],
    )
    let_in(inside, case, more, Category.RISK)
    said = text_of(inside.get(at_page("withdraw-consent", case, consent.uuid)))
    assert "Poliția Exemplu goes on working this case by another agreement" in said


def test_who_withdraws_the_agreement_one_takes_part_by_is_led_away_from_the_case(
    inside, case, consent, police, signed_in
):
    let_in(inside, case, consent, Category.IDENTITY)
    chief = signed_in(Client(), police.members[Role.SUPERVISOR])
    answer = chief.post(at_page("withdraw-consent", case, consent.uuid))
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases"))


# Who is not told which others help


def test_the_police_are_not_told_where_else_the_person_is_helped(
    inside, ngo, case, consent, police, signed_in
):
    """The name of a shelter tells where the person may be found."""
    shelter = team(kind=Kind.SHELTER, name="Casa Ascunsă")
    agreed = ConsentFactory.create(
        case=case,
        by=ngo[Role.CASEWORKER],
        receiver=shelter.organisation.address,
        categories=[Category.LEGAL, Category.NEEDS],
    )
    let_in(inside, case, agreed, Category.LEGAL)
    let_in(inside, case, consent, Category.LEGAL)
    StepTask.objects.filter(case=case).update(organisation=shelter.organisation)
    read = at_page("record", case, "legal")
    assert signed_in(Client(), shelter.members[Role.SUPERVISOR]).post(read, {"open": "1"}).status_code == 200
    pages = [at_page("case", case), at_page("case-team", case), at_page("consent", case), read]
    chief = signed_in(Client(), police.members[Role.SUPERVISOR])
    for url in pages:
        assert "Casa Ascunsă" not in text_of(chief.get(url)), url
        assert "Casa Ascunsă" in text_of(inside.get(url)), url
    assert "Poliția Exemplu" in text_of(chief.get(at_page("case-team", case)))
    assert "Poliția Exemplu" in text_of(chief.get(at_page("consent", case)))
    assert "Fundația Exemplu" in text_of(chief.get(at_page("case", case)))


def test_a_social_service_is_told_who_else_helps(inside, ngo, case, consent, signed_in):
    social = found(Role.SUPERVISOR, kind=Kind.SOCIAL_SERVICE)
    agreed = ConsentFactory.create(
        case=case, by=ngo[Role.CASEWORKER], receiver=social.organisation.address, categories=[Category.NEEDS]
    )
    let_in(inside, case, agreed, Category.NEEDS)
    let_in(inside, case, consent, Category.LEGAL)
    chief = signed_in(Client(), social.members[Role.SUPERVISOR])
    for name in ("case", "case-team", "consent"):
        assert "Poliția Exemplu" in text_of(chief.get(at_page(name, case)))


def test_the_list_does_not_say_from_where_a_case_came_to_who_takes_part(node, signed_in):
    """Only the organisation that received a case knows from whom."""
    Handover.objects.filter(pk=node.received.pk).update(case=node.case)
    guest = signed_in(Client(), node.guests.members[Role.SUPERVISOR])
    assert node.partner.organisation.name not in text_of(guest.get(reverse("cases")))
    host = signed_in(Client(), node.ours.members[Role.CASEWORKER])
    assert node.partner.organisation.name in text_of(host.get(reverse("cases")))
