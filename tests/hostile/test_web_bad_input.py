"""What bad input gets: words in one's language, the right status, one entry, and nothing half-done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils.translation import gettext, override

from people.models import User
from people.roles import Role
from referral.consent.withdrawing import withdraw_consent
from referral.flows import performing
from referral.handover.refusals import NoLanguageInCommon
from referral.htcds import refusals as of_imports
from referral.models import Case, Document, Handover, ImportBatch
from referral.rules import refusals
from secure_exchange import directory, errors, profile
from secure_exchange.models import Entry, Outgoing, Peer, PublishedKeySet
from tests.before_and_after import files, nothing_but_an_entry
from tests.factories.handovers import parties
from tests.factories.people import AT, joined
from tests.factories.referral import nothing_begins
from tests.hostile.test_import_files import HEAD, SHEET, TAIL
from tests.house.test_routes import PAGES, address
from tests.spreadsheets import form, part, with_parts
from tests.unit.referral.handover.test_handover_pages import SAID, as_shown


pytestmark = [pytest.mark.django_db, pytest.mark.hostile, pytest.mark.usefixtures("at")]
TWO_GIGABYTES = 2 * 1024**3
ITALIAN = "it"


@pytest.fixture
def in_italian(signed_in):
    """Sign a member in who reads Italian."""

    def sign_in(membership) -> Client:
        User.objects.filter(pk=membership.user.pk).update(language=ITALIAN)
        return signed_in(Client(), membership)

    return sign_in


@pytest.fixture
def inside(node, in_italian) -> Client:
    return in_italian(node.ours.members[Role.CASEWORKER])


def assert_refused(answer, refusal: type[Exception], status: int) -> None:
    """The page of this refusal, in Italian, with one entry that names its cause."""
    with override(ITALIAN):
        sentence = gettext(refusal.sentence)
    assert sentence != refusal.sentence, "it has no Italian"
    assert answer.status_code == status
    assert sentence in unescape(answer.content.decode())


def last_entry() -> Entry:
    return Entry.objects.order_by("-sequence")[0]


# Sealing what may not be sealed


@pytest.fixture
def who():
    return parties()


@pytest.fixture
def ready(who, in_italian) -> Client:
    """Somebody one press of a button away from sending: both pages are filled in."""
    client = in_italian(who.sender.members[Role.CASEWORKER])
    reference = who.case.reference
    to = {"receiver": who.receiver.organisation.address}
    assert client.post(reverse("hand-over", args=[reference]), to).status_code == 302
    assert client.post(reverse("hand-over-what", args=[reference]), SAID).status_code == 302
    return client


def consent_withdrawn(who) -> None:
    withdraw_consent(
        consent=who.consent, by=who.worker, at=AT, stop=nothing_begins, reconsider=nothing_begins
    )


def consent_run_out(who) -> None:
    type(who.consent).objects.filter(pk=who.consent.pk).update(until=AT, given_at=AT - timedelta(days=2))


def consent_for_less(who) -> None:
    type(who.consent).objects.filter(pk=who.consent.pk).update(categories=["identity"])


def receiver_forgotten(who) -> None:
    Peer.objects.filter(address=who.receiver.organisation.address).delete()


def receiver_not_confirmed(who) -> None:
    Peer.objects.filter(address=who.receiver.organisation.address).update(own=False)


def receivers_keys_changed(who) -> None:
    here = Peer.objects.filter(address=who.receiver.organisation.address)
    here.update(alarm_fingerprint="f" * 64, alarm_at=AT)


def receivers_keys_too_old(who) -> None:
    sets = PublishedKeySet.objects.filter(peer__address=who.receiver.organisation.address)
    sets.update(valid_to=AT)


def _says_now(who, **changes: object) -> None:
    founded = who.receiver.founded
    said = directory.profile_of(founded.organisation.address)
    later = said.issued + timedelta(seconds=1)
    statement = profile.publish(replace(said, issued=later, **changes), founded.signing)
    directory.learn_profile(founded.organisation.address, statement, at=AT)


def service_given_up(who) -> None:
    _says_now(who, services=("LEGAL_AID",))


def part_not_taken(who) -> None:
    _says_now(who, categories=("identity", "needs"))


def language_given_up(who) -> None:
    _says_now(who, languages=("pt",))


@pytest.mark.parametrize(
    ("change", "refusal", "status"),
    [
        (consent_withdrawn, refusals.NotCovered, 422),
        (consent_run_out, refusals.NotCovered, 422),
        (consent_for_less, refusals.NotCovered, 422),
        (receiver_forgotten, errors.UnknownReceiver, 422),
        (receiver_not_confirmed, errors.UntrustedReceiver, 409),
        (receivers_keys_changed, errors.KeysChanged, 409),
        (receivers_keys_too_old, errors.KeysExpired, 409),
        (service_given_up, errors.ServiceNotAccepted, 422),
        (part_not_taken, errors.CategoryNotAccepted, 422),
        (language_given_up, NoLanguageInCommon, 422),
    ],
    ids=lambda what: getattr(what, "__name__", what),
)
def test_what_changed_before_the_last_button_stops_the_sealing(who, ready, change, refusal, status):
    url = reverse("hand-over-check", args=[who.case.reference])
    said = as_shown(ready.get(url).content.decode())
    change(who)
    with nothing_but_an_entry():
        answer = ready.post(url, said)
    assert_refused(answer, refusal, status)
    assert last_entry().actor == who.worker.pseudonym
    assert not Handover.objects.filter(case=who.case).exists()
    assert not Outgoing.objects.filter(sender=who.sender.organisation.address).exists()


def test_an_offer_sent_twice_is_one_offer(who, ready):
    url = reverse("hand-over-check", args=[who.case.reference])
    kept, said = dict(ready.session.items()), as_shown(ready.get(url).content.decode())
    assert ready.post(url, said).status_code == 302
    with nothing_but_an_entry(entries=0):
        assert ready.post(url, said).url == reverse("hand-over", args=[who.case.reference])
    session = ready.session
    session.update(kept)
    session.save()
    with nothing_but_an_entry():
        assert_refused(ready.post(url, said), refusals.IllegalStep, 409)
    assert Handover.objects.filter(case=who.case).count() == 1


def test_a_receiver_that_is_on_no_list_is_not_taken(who, ready):
    url = reverse("hand-over", args=[who.case.reference])
    for receiver in ("nobody@nowhere.test", who.sender.organisation.address, "", "x" * 5000):
        with nothing_but_an_entry(entries=0):
            assert ready.post(url, {"receiver": receiver}).status_code == 422


# Steps


def test_a_step_done_twice_is_done_once(node, inside):
    url = reverse("step", args=[node.step.pk])
    done = {"action": "done", "outcome": node.step.flow_task.form.outcomes[0][0]}
    with nothing_but_an_entry():
        assert_refused(inside.post(url, done), performing.StepNotTaken, 409)
    assert inside.post(url, {"action": "start"}).status_code == 302
    assert inside.post(url, done).status_code == 302
    for again in (done, {"action": "start"}, {"action": "put_back"}):
        with nothing_but_an_entry():
            assert_refused(inside.post(url, again), performing.StepOver, 409)


def test_a_step_of_a_colleague_is_not_done_for_them(node, inside, in_italian):
    colleague = joined(node.ours.founded, Role.CASEWORKER)
    team = reverse("case-team", args=[node.case.reference])
    assert inside.post(team, {"membership": str(colleague.user.uuid)}).status_code == 302
    other = in_italian(colleague)
    url = reverse("step", args=[node.step.pk])
    inside.post(url, {"action": "start"})
    outcome = node.step.flow_task.form.outcomes[0][0]
    for said in ({"action": "start"}, {"action": "put_back"}, {"action": "done", "outcome": outcome}):
        with nothing_but_an_entry():
            assert_refused(other.post(url, said), performing.StepTaken, 409)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.POLICE_LIAISON, Role.SOCIAL_WORKER, Role.FOCAL_POINT])
def test_a_step_is_not_done_by_another_role(node, in_italian, role):
    client = in_italian(node.ours.members[role])
    outcome = node.step.flow_task.form.outcomes[0][0]
    for said in ({"action": "start"}, {"action": "put_back"}, {"action": "done", "outcome": outcome}):
        with nothing_but_an_entry():
            answer = client.post(reverse("step", args=[node.step.pk]), said)
        assert_refused(answer, refusals.NotInYourRole, 403)


def test_a_step_without_an_outcome_stays_as_it_is(node, inside):
    url = reverse("step", args=[node.step.pk])
    inside.post(url, {"action": "start"})
    for outcome in ("", "finished-by-somebody", "done\x00"):
        with nothing_but_an_entry(entries=0):
            assert inside.post(url, {"action": "done", "outcome": outcome}).status_code == 422
    node.step.refresh_from_db()
    assert node.step.finished is None


# Uploads


class Untouched:
    """A socket that nobody may read from."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readline = readlines = __iter__ = read


def announced(client: Client, url: str, *, media_type: str = MULTIPART_CONTENT, size: int = TWO_GIGABYTES):
    """A request that says how much it will send, and of which nothing needs to be read."""
    unread = {"wsgi.input": Untouched(), "CONTENT_LENGTH": str(size)}
    return client.generic("POST", url, content_type=media_type, **unread)


def test_two_gigabytes_are_refused_when_they_are_announced(node, inside):
    with nothing_but_an_entry():
        answer = announced(inside, reverse("documents", args=[node.case.reference]))
    assert_refused(answer, refusals.TooLarge, 413)
    assert last_entry().reason == "too-large"


@pytest.mark.parametrize("media_type", [MULTIPART_CONTENT, "application/x-www-form-urlencoded", "text/plain"])
def test_two_gigabytes_are_refused_wherever_they_are_sent(node, inside, media_type):
    inside.raise_request_exception = False
    faults = []
    for name, page in PAGES.items():
        if not page.posts:
            continue
        with nothing_but_an_entry():
            answer = announced(inside, address(name, node), media_type=media_type)
        if answer.status_code != 413 or b'<html lang="it"' not in answer.content:
            faults.append((name, answer.status_code))
    assert not faults


def test_a_stranger_who_announces_two_gigabytes_writes_nothing_at_all(node):
    for name in ("account_login", "language", "quick-exit", "exchange-announce", "exchange-receipt"):
        with nothing_but_an_entry(entries=0):
            answer = announced(Client(), reverse(name))
        assert answer.status_code in {303, 411, 413, 415}, name


def upload(client: Client, node, content: bytes, *, cut: int = 0):
    said = {"file": SimpleUploadedFile("poza.bin", content)}
    body = encode_multipart(BOUNDARY, said)
    url = reverse("documents", args=[node.case.reference])
    return client.generic("POST", url, body[: len(body) - cut], content_type=MULTIPART_CONTENT)


def test_a_document_that_grows_over_the_limit_leaves_nothing(node, inside, monkeypatch):
    monkeypatch.setattr(settings.CONNECT, "MAX_DOCUMENT_BYTES", 300_000)
    with nothing_but_an_entry():
        answer = upload(inside, node, b"x" * 300_001)
    assert_refused(answer, refusals.TooLarge, 413)
    before = files()
    assert upload(inside, node, b"x" * 300_000).status_code == 302
    assert len(files() - before) == 1
    assert Document.objects.count() == 2


@pytest.mark.parametrize("cut", [60, 100_000, 299_000])
def test_an_upload_that_is_cut_leaves_nothing(node, inside, cut):
    with nothing_but_an_entry():  # the page that asks again lists the documents, which is an entry
        answer = upload(inside, node, b"x" * 300_000, cut=cut)
    assert answer.status_code == 422
    assert last_entry().act == "documents-listed"


def test_a_form_without_a_file_and_one_with_two_leave_what_they_say(node, inside):
    url = reverse("documents", args=[node.case.reference])
    with nothing_but_an_entry():
        assert inside.post(url, {"file": ""}).status_code == 422
    two = [SimpleUploadedFile("a", b"1" * 99), SimpleUploadedFile("b", b"2" * 99)]
    assert inside.post(url, {"file": two}).status_code == 302
    assert Document.objects.count() == 2


def test_an_upload_without_its_token_leaves_nothing(node, inside):
    inside.handler.enforce_csrf_checks = True
    with nothing_but_an_entry(entries=0):
        assert upload(inside, node, b"x" * 300_000).status_code == 403


# Spreadsheets

GOOD = {"prs_FirstName": "Exemplu", "prs_SecondName": "Unu", "prs_Citizenship": "RO"}


def bring(client: Client, data: bytes):
    return client.post(reverse("imports"), {"file": SimpleUploadedFile("cases.xlsx", data)})


def test_what_is_no_good_spreadsheet_leaves_nothing_but_an_entry(node, inside):
    bomb = with_parts(form([GOOD]), {SHEET: HEAD + b" " * 30_000_000 + TAIL})
    for data, refusal, status in [
        (bomb, of_imports.Unsafe, 422),
        (b"PK\x03\x04 no spreadsheet", of_imports.Unreadable, 422),
        (with_parts(form([GOOD]), {"xl/vbaProject.bin": b"x"}), of_imports.WithMacros, 422),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, of_imports.Locked, 422),
        (form([]), of_imports.NoRows, 422),
    ]:
        with nothing_but_an_entry():
            answer = bring(inside, data)
        assert_refused(answer, refusal, status)
        assert last_entry().reason == refusal.code


def test_a_hundred_thousand_rows_leave_nothing_but_an_entry(node, inside):
    row = b'<row r="%d"><c r="D%d" t="inlineStr"><is><t>Exemplu</t></is></c></row>'
    many = b"".join(row % (number, number) for number in range(4, 100_004))
    sheet = part(form([GOOD]), SHEET).replace(b"</sheetData>", many + b"</sheetData>")
    with nothing_but_an_entry():
        answer = bring(inside, with_parts(form([GOOD]), {SHEET: sheet}))
    assert_refused(answer, of_imports.TooManyRows, of_imports.TooManyRows.status)


def test_a_spreadsheet_of_two_gigabytes_is_refused_when_it_is_announced(node, inside):
    with nothing_but_an_entry():
        answer = announced(inside, reverse("imports"))
    assert_refused(answer, of_imports.TooLargeToImport, 413)


def test_wrong_types_and_formulas_stay_out_and_the_good_row_comes_in(node, inside):
    cells = [
        {"prs_Birthdate": "=1+1"},
        {"prs_Birthdate": "1999-99-99"},
        {"prs_Gender": '=HYPERLINK("http://evil.test","x")'},
        {"prs_Gender": 17},
        {"prs_Citizenship": "Atlantis"},
        {"prs_FirstName": "x" * 40_000},
    ]
    cases, batches = Case.objects.count(), ImportBatch.objects.count()
    assert bring(inside, form([GOOD, *({**GOOD, **cell} for cell in cells)])).status_code == 302
    assert (Case.objects.count(), ImportBatch.objects.count()) == (cases, batches + 1)
    batch = ImportBatch.objects.latest("pk")
    url = reverse("import", args=[batch.uuid])
    assert inside.get(url).status_code == 200
    every = {"row": [str(number) for number in range(3, 3 + len(cells) + 1)]}
    assert inside.post(url, every).status_code == 302
    assert Case.objects.count() == cases + 1
    with nothing_but_an_entry():
        assert_refused(inside.post(url, every), refusals.IllegalStep, 409)
