"""Other people's identifiers, values that no form offers, and fields that no form has."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.cases.opening import open_case
from referral.flows import stages
from referral.models import Assignment, Case, Consent, Document
from referral.record.reading import open_category
from referral.vocabulary import AgeStatus, Category, Citizenship, Stage
from secure_exchange.models import Entry
from tests.before_and_after import nothing_but_an_entry
from tests.factories.handovers import NAME, PHONE
from tests.factories.people import AT
from tests.factories.whole_node import SECRETS, nowhere
from tests.house.test_routes import PAGES, address


pytestmark = [pytest.mark.django_db, pytest.mark.hostile, pytest.mark.usefixtures("at")]

OTHERS = sorted(name for name, page in PAGES.items() if page.names)
ALSO_BY_POST = {name for name in OTHERS if PAGES[name].posts}
NOT_BY_GET = {name for name in OTHERS if not PAGES[name].sees}


@pytest.fixture
def inside(node, signed_in) -> Client:
    return signed_in(Client(), node.ours.members[Role.CASEWORKER])


@pytest.fixture
def stranger(node, signed_in) -> Client:
    return signed_in(Client(), node.strangers.members[Role.CASEWORKER])


def last_entry() -> Entry:
    return Entry.objects.order_by("-sequence")[0]


@pytest.mark.parametrize("name", OTHERS)
def test_an_identifier_of_another_organisation_is_a_404_with_one_entry(node, stranger, name):
    methods = [
        *(["get"] if name not in NOT_BY_GET else []),
        *(["post"] if name in ALSO_BY_POST else []),
    ]
    for method in methods:
        found = []
        for there in (True, False):
            with nothing_but_an_entry():
                answer = getattr(stranger, method)(address(name, node, there=there))
            assert answer.status_code == 404
            assert not [secret for secret in SECRETS if secret in answer.content.decode()]
            entry = last_entry()
            assert "refused" in entry.act
            assert entry.actor == node.strangers[Role.CASEWORKER].pseudonym
            found.append((entry.act, entry.reason == "not-there", entry.category))
        assert found[0][0] == found[1][0], "the ledger's act tells whether it exists"


def test_what_belongs_to_another_case_is_not_found_through_ones_own(node, stranger):
    own = open_case(
        by=node.strangers[Role.CASEWORKER],
        at=AT,
        stage=Stage.IDENTIFICATION,
        age_status=AgeStatus.ADULT,
        citizenship=Citizenship.NATIONAL,
        begin=stages.begin,
    )
    for name, uuid in (
        ("document", node.document.uuid),
        ("withdraw-consent", node.consent.uuid),
        ("take-off", node.worker.user.uuid),
        ("end-part", node.guests.organisation.uuid),
    ):
        for method in ("get", "post"):
            with nothing_but_an_entry():
                answer = getattr(stranger, method)(reverse(name, args=[own.reference, uuid]))
            assert answer.status_code == 404, (name, method)
    assert Consent.objects.get(pk=node.consent.pk).withdrawn_at is None


def test_what_others_sent_is_not_opened_by_the_page_for_what_came(node, inside):
    for name, thread in (("offer", node.sent.thread), ("handover", node.received.thread)):
        with nothing_but_an_entry():
            assert inside.get(reverse(name, args=[thread])).status_code == 404


@pytest.mark.parametrize("category", ["nothing", "documents", "IDENTITY", "identity%00", "..", "x" * 300])
def test_a_part_that_no_record_has_is_not_found(node, inside, category):
    for name in ("record", "revise"):
        url = reverse(name, args=[node.case.reference, "PART"]).replace("PART", category)
        with nothing_but_an_entry(entries=0):
            for method in ("get", "post"):
                assert getattr(inside, method)(url).status_code == 404


@pytest.mark.parametrize("number", ["99", "0", "999999"])
def test_a_revision_that_was_never_made_is_not_found(node, inside, number):
    url = reverse("record", args=[node.case.reference, "identity"])
    with nothing_but_an_entry():
        answer = inside.post(url, {"revision": number})
    assert answer.status_code == 404
    assert NAME not in answer.content.decode()


@pytest.mark.parametrize("reference", [f"{NAME} {PHONE}", "RO-26-222223", "x" * 2000, "%00", "RO-26-ЖЖЖЖЖЖ"])
def test_whatever_stands_where_a_reference_should_is_not_kept(node, inside, reference):
    with nothing_but_an_entry():
        answer = inside.get(f"/cases/{reference}/")
    assert answer.status_code == 404
    assert last_entry().object == ""


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**400], ids=["0", "last", "beyond", "far"])
def test_a_step_with_a_strange_number_is_not_there(node, inside, number):
    for said in ({}, {"action": "start"}, {"action": "done"}, {"action": "put_back"}):
        with nothing_but_an_entry():
            assert inside.post(f"/steps/{number}/", said).status_code == 404
    assert inside.get(f"/steps/{'9' * 5000}/").status_code == 404


def test_opening_a_case_takes_two_facts_and_nothing_else(node, inside):
    said = {
        "age_status": "adult",
        "citizenship": "unknown",
        "reference": node.case.reference,
        "uuid": str(node.case.uuid),
        "stage": "return",
        "responsible": node.strangers.organisation.pk,
        "opened_at": "1999-01-01",
        "closed_at": "1999-01-01",
        "received_in": str(node.received.thread),
        "passed_to": node.strangers.organisation.address,
        "stays_with": node.strangers.organisation.address,
        "id": node.case.pk,
    }
    before = Case.objects.get(pk=node.case.pk)
    assert inside.post(reverse("case-open"), said).status_code == 302
    made = Case.objects.latest("pk")
    assert made.pk != node.case.pk
    assert made.responsible == node.ours.organisation
    assert (made.stage, made.closed_at, made.received_in, made.passed_to, made.stays_with) == (
        "identification",
        None,
        None,
        "",
        "",
    )
    assert made.opened_at.date() == AT.date()
    assert vars(Case.objects.get(pk=node.case.pk))["reference"] == before.reference


def test_an_agreement_is_of_the_case_in_the_address_and_in_force_from_now(node, inside):
    said = {
        "receiver": node.partner.organisation.address,
        "categories": ["needs"],
        "purpose": "assistance",
        "language": "ro",
        "manner": "written",
        "until": (AT.date() + timedelta(days=30)).isoformat(),
        "uuid": str(node.consent.uuid),
        "case": node.received.pk,
        "given_at": "1999-01-01",
        "withdrawn_at": "1999-01-01",
        "by_guardian": "on",
    }
    assert inside.post(reverse("consent", args=[node.case.reference]), said).status_code == 302
    made = Consent.objects.latest("pk")
    assert (made.case_id, made.withdrawn_at, made.by_guardian) == (node.case.pk, None, False)
    assert made.uuid != node.consent.uuid
    assert made.given_at.date() == AT.date()


@pytest.mark.parametrize(
    "wrong",
    [
        {"receiver": "nobody@nowhere.test"},
        {"receiver": "OWN"},
        {"categories": ["everything"]},
        {"categories": []},
        {"purpose": "prosecution-of-the-person"},
        {"language": "xx"},
        {"manner": "assumed"},
        {"until": "2999-01-01"},
        {"until": "2001-01-01"},
        {"until": "tomorrow"},
        {"until": ""},
    ],
    ids=str,
)
def test_an_agreement_outside_of_its_lists_is_a_422_and_none(node, inside, wrong):
    said = {
        "receiver": node.partner.organisation.address,
        "categories": ["needs"],
        "purpose": "assistance",
        "language": "ro",
        "manner": "written",
        "until": (AT.date() + timedelta(days=30)).isoformat(),
        **wrong,
    }
    if wrong.get("receiver") == "OWN":
        said["receiver"] = node.ours.organisation.address
    before = Consent.objects.count()
    answer = inside.post(reverse("consent", args=[node.case.reference]), said)
    assert answer.status_code == 422
    assert Consent.objects.count() == before
    assert re.search(r'role="alert"|is-invalid|invalid-feedback|error', answer.content.decode())


def test_a_record_takes_the_fields_of_its_own_part_only(node, inside):
    url = reverse("revise", args=[node.case.reference, "identity"])
    said = {
        "based_on": "1",
        "prs_FirstName": "Alta Inventata",
        "prs_MobilePhone": "+40700999999",
        "category": "contact",
        "number": "77",
        "made_by": str(node.strangers.members[Role.CASEWORKER].pk),
        "case": str(uuid4()),
    }
    assert inside.post(url, said).status_code == 302
    made = open_category(case=node.case, category=Category.IDENTITY, by=node.worker, at=AT)
    assert (made.number, made.fields["prs_FirstName"]) == (2, "Alta Inventata")
    assert "prs_MobilePhone" not in made.fields
    row = node.case.revisions.get(category="identity", number=2)
    assert row.made_by == node.ours.members[Role.CASEWORKER]
    assert node.case.revisions.filter(category="contact").count() == 1


@pytest.mark.parametrize("based_on", ["", "-1", "x", "9", "0"])
def test_a_revision_on_top_of_another_one_than_the_last_is_not_made(node, inside, based_on):
    url = reverse("revise", args=[node.case.reference, "identity"])
    before = node.case.revisions.count()
    answer = inside.post(url, {"based_on": based_on, "prs_FirstName": "Alta"})
    assert answer.status_code in {409, 422}
    assert node.case.revisions.count() == before


@pytest.mark.parametrize("whom", ["stranger", "administrator", "nobody", "already"])
def test_a_case_is_shared_with_ones_own_colleagues_only(node, inside, whom):
    uuid = {
        "stranger": node.strangers.members[Role.CASEWORKER].user.uuid,
        "administrator": node.ours.members[Role.ADMINISTRATOR].user.uuid,
        "nobody": nowhere("uuid"),
        "already": node.ours.members[Role.CASEWORKER].user.uuid,
    }[whom]
    before = Assignment.objects.count()
    answer = inside.post(reverse("case-team", args=[node.case.reference]), {"membership": str(uuid)})
    assert answer.status_code == 422
    assert Assignment.objects.count() == before


def test_a_step_takes_its_own_answers_only(node, inside):
    url = reverse("step", args=[node.step.pk])
    assert inside.post(url, {"action": "start"}).status_code == 302
    outcome = node.step.flow_task.form.outcomes[0][0]
    said = {
        "action": "done",
        "outcome": outcome,
        "owner": node.strangers.members[Role.CASEWORKER].user.pk,
        "status": "NEW",
        "notes": NAME,
        "due": date(1999, 1, 1).isoformat(),
    }
    assert inside.post(url, said).status_code == 302
    node.step.refresh_from_db()
    assert node.step.owner_id == node.worker.user.pk
    assert node.step.status == "DONE"
    assert NAME not in str(node.step.answers)
    assert "owner" not in node.step.answers


@pytest.mark.parametrize("action", ["", "DONE", "assign", "cancel", "undo", "revive", "unassign"])
def test_an_action_that_no_step_has_does_nothing(node, inside, action):
    with nothing_but_an_entry(entries=0):
        assert inside.post(reverse("step", args=[node.step.pk]), {"action": action}).status_code in {200, 422}


def test_a_download_says_nothing_by_its_name_and_runs_nothing(node, inside):
    answer = inside.get(reverse("document", args=[node.case.reference, node.document.uuid]))
    assert b"".join(answer).decode() in SECRETS
    assert re.fullmatch(r'attachment; filename="document-[0-9a-f]{8}\.txt"', answer["Content-Disposition"])
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Document.objects.count() == 1
