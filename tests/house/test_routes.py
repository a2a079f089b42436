"""Every address of a node stands in one table with its rule, and is asked for by everybody who may not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people.roles import HANDOVER, LEVELS, Role, clearances
from referral.vocabulary import Category
from tests.factories.people import PASSWORD, joined
from tests.factories.whole_node import SECRETS, WholeNode, nowhere


pytestmark = [pytest.mark.django_db, pytest.mark.hostile]

EVERY_ROLE = frozenset(Role)
HANDS_OVER = frozenset(role for role in Role if HANDOVER in clearances(role))
IDENTITY_WRITERS = frozenset({Role.CASEWORKER})
ASSIGNS = frozenset({Role.CASEWORKER, Role.SUPERVISOR})
WRITERS = frozenset(role for role in Role if "F" in LEVELS[role].values())
CATEGORY_READERS = frozenset(role for role in Role if LEVELS[role]["needs"] in {"F", "R"})
CATEGORY_WRITERS = frozenset(role for role in Role if LEVELS[role]["needs"] == "F")
DOCUMENT_READERS = frozenset(role for role in Role if LEVELS[role]["documents"] in {"F", "R"})
NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Page:
    """A page of signed-in people: the roles that see it, whose posts it takes, and what its address names."""

    sees: frozenset[Role]
    posts: frozenset[Role] = NOBODY
    names: str = ""


PUBLIC = {"account_login", "account_logout", "units", "quick-exit", "language", "health"}
"""Anybody may ask; none of them shows or changes anything of a case."""

OWN_KEYS = {"lock", "unlock"}
"""Signed in, locked or not: they open and close nothing but the person's own keys."""

MACHINES = {
    "exchange-announce",
    "exchange-body",
    "exchange-commit",
    "exchange-receipt",
    "exchange-keys",
    "exchange-profile",
}
"""No session and no cookie counts here; a signature decides (tests/unit/secure_exchange)."""

PAGES = {
    "account_change_password": Page(EVERY_ROLE, EVERY_ROLE),
    "password-changed": Page(EVERY_ROLE),
    "my-work": Page(EVERY_ROLE),
    "cases": Page(EVERY_ROLE, EVERY_ROLE),
    "case-open": Page(WRITERS, WRITERS),
    "cases-export": Page(IDENTITY_WRITERS, IDENTITY_WRITERS),
    "case": Page(HANDS_OVER, names="case"),
    "case-export": Page(IDENTITY_WRITERS, IDENTITY_WRITERS, names="case"),
    "case-age": Page(HANDS_OVER, HANDS_OVER, names="case"),
    "case-citizenship": Page(HANDS_OVER, HANDS_OVER, names="case"),
    "case-team": Page(ASSIGNS, ASSIGNS, names="case"),
    "take-off": Page(ASSIGNS, ASSIGNS, names="colleague"),
    "take-part": Page(ASSIGNS, ASSIGNS, names="case"),
    "take-part-what": Page(ASSIGNS, ASSIGNS, names="case"),
    "take-part-check": Page(ASSIGNS, ASSIGNS, names="case"),
    "end-part": Page(ASSIGNS, ASSIGNS, names="organisation"),
    "record": Page(CATEGORY_READERS, CATEGORY_READERS, names="case"),
    "revise": Page(CATEGORY_WRITERS, CATEGORY_WRITERS, names="case"),
    "consent": Page(HANDS_OVER, HANDS_OVER, names="case"),
    "withdraw-consent": Page(HANDS_OVER, HANDS_OVER, names="consent"),
    "documents": Page(DOCUMENT_READERS, DOCUMENT_READERS, names="case"),
    "document": Page(DOCUMENT_READERS, DOCUMENT_READERS, names="document"),
    "hand-over": Page(HANDS_OVER, HANDS_OVER, names="case"),
    "hand-over-what": Page(HANDS_OVER, HANDS_OVER, names="case"),
    "hand-over-check": Page(HANDS_OVER, HANDS_OVER, names="case"),
    "incoming": Page(HANDS_OVER),
    "offer": Page(HANDS_OVER, HANDS_OVER, names="received"),
    "handovers": Page(HANDS_OVER),
    "transcript": Page(HANDS_OVER, names="sent"),
    "handover": Page(HANDS_OVER, HANDS_OVER, names="sent"),
    "handover-withdraw": Page(NOBODY, HANDS_OVER, names="sent"),
    "imports": Page(IDENTITY_WRITERS, IDENTITY_WRITERS),
    "import-form": Page(IDENTITY_WRITERS),
    "import": Page(IDENTITY_WRITERS, IDENTITY_WRITERS, names="batch"),
    "import-go-on": Page(NOBODY, IDENTITY_WRITERS, names="batch"),
    "import-discard": Page(NOBODY, IDENTITY_WRITERS, names="batch"),
    "import-report": Page(IDENTITY_WRITERS, names="batch"),
    "step": Page(
        frozenset({Role.CASEWORKER, Role.SUPERVISOR}),
        frozenset({Role.CASEWORKER, Role.SUPERVISOR}),
        names="step",
    ),
}
"""Default deny: whoever is not named gets nothing. A new address without an entry here fails."""

DENIED = {403, 404}
NEVER_ASKED = {405}
TO_ANOTHER_PAGE = {"hand-over-what", "hand-over-check", "take-part-what", "take-part-check"}
"""Pages that lead back to the first one while there is nothing to continue."""


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> dict[str, str]:
    """Every address by its name."""
    found: dict[str, str] = {}
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns, here)
        else:
            assert pattern.name, f"{here} has no name"
            assert pattern.name not in found, f"{pattern.name} is two addresses"
            found[pattern.name] = here
    return found


ROUTES = routes(get_resolver("connect.urls").url_patterns)


def address(name: str, node: WholeNode, *, there: bool = True) -> str:
    """The address of something on the node, or of nothing in the same shape."""
    words = re.findall(r"<[a-z]+:([a-z]+)>", ROUTES[name])
    known = {
        "reference": node.case.reference,
        "category": Category.NEEDS.value,
        "thread": node.received.thread if name == "offer" else node.sent.thread,
        "pk": node.step.pk,
        "uuid": {
            "document": node.document.uuid,
            "consent": node.consent.uuid,
            "colleague": node.ours.members[Role.SOCIAL_WORKER].user.uuid,
            "organisation": node.guests.organisation.uuid,
        }.get(PAGES[name].names, node.batch.uuid)
        if "uuid" in words
        else None,
    }
    given = {word: known[word] for word in words}
    if not there:
        # The last identifier is the one that names the thing; a category is no identifier.
        last = [word for word in words if word != "category"][-1]
        given[last] = nowhere(last)
    return reverse(name, kwargs=given)


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers and every word."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def leads_to(self) -> str:
        """Where it redirects."""
        return self.headers.get("Location", "")

    def without(self, url: str) -> tuple[int, str]:
        """Status and words, without what is new in every answer and the address that was asked for."""
        said = re.sub(r'(name="csrfmiddlewaretoken" value=|hx-headers=)[^>]*', "", self.text)
        return self.status, said.replace(url, "URL")

    def gives_away(self, node: WholeNode) -> list[str]:
        """What it tells that only its people may know."""
        said = f"{self.headers}{self.text}"
        return [secret for secret in (*SECRETS, node.partner.organisation.name) if secret in said]


def ask(client: Client, method: str, url: str) -> Answer:
    """One request whose consequences are undone, answered as in service: no exception reaches the test."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # a refusal is recorded as in service
    client.raise_request_exception = False
    with block:
        answer = getattr(client, method)(url)
        body = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return Answer(answer.status_code, dict(answer.items()), body.decode(errors="replace"))


def inside(node: WholeNode, signed_in, role: Role) -> Client:
    return signed_in(Client(), node.ours.members[role])


def test_every_address_has_its_rule_and_every_rule_its_address():
    ruled = [*PUBLIC, *OWN_KEYS, *MACHINES, *PAGES]
    assert sorted(ROUTES) == sorted(ruled)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_is_sent_to_sign_in_and_sees_nothing(node, at, method):
    faults = []
    for name in (*PAGES, *OWN_KEYS):
        url = address(name, node) if name in PAGES else reverse(name)
        answer = ask(Client(), method, url)
        fine = answer.status == 302 and answer.leads_to.startswith(reverse("account_login"))
        if not (fine or answer.status in NEVER_ASKED) or answer.gives_away(node):
            faults.append((name, answer.status, answer.gives_away(node)))
    assert not faults


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_locked_is_sent_to_unlock_and_sees_nothing(node, at, signed_in, method):
    client = inside(node, signed_in, Role.CASEWORKER)
    client.post(reverse("lock"))
    faults = []
    for name in PAGES:
        answer = ask(client, method, address(name, node))
        fine = answer.status == 302 and answer.leads_to.startswith(reverse("unlock"))
        if not (fine or answer.status in NEVER_ASKED) or answer.gives_away(node):
            faults.append((name, answer.status, answer.gives_away(node)))
    assert not faults


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_left_the_organisation_sees_nothing(node, at, signed_in, method):
    left = joined(node.ours.founded, Role.CASEWORKER)
    client = signed_in(Client(), left)
    left.starts_on, left.ends_on = at.date() - timedelta(days=9), at.date() - timedelta(days=1)
    left.save()
    faults = []
    for name in PAGES:
        answer = ask(client, method, address(name, node))
        if answer.status not in DENIED | NEVER_ASKED or answer.gives_away(node):
            faults.append((name, answer.status, answer.gives_away(node)))
    assert not faults


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["stranger", "strange-supervisor", "colleague-not-assigned"])
def test_what_one_may_not_know_of_looks_like_what_is_not_there(node, at, signed_in, who, method):
    if who == "colleague-not-assigned":
        member = joined(node.ours.founded, Role.CASEWORKER)
    else:
        role = Role.CASEWORKER if who == "stranger" else Role.SUPERVISOR
        member = node.strangers.members[role]
    client = signed_in(Client(), member)
    faults = []
    for name, page in PAGES.items():
        if not page.names or (who == "colleague-not-assigned" and page.names == "received"):
            continue
        url, missing = address(name, node), address(name, node, there=False)
        answer, nothing = ask(client, method, url), ask(client, method, missing)
        same = answer.without(url) == nothing.without(missing)
        if answer.status not in DENIED | NEVER_ASKED or not same or answer.gives_away(node):
            faults.append((name, answer.status, nothing.status, same, answer.gives_away(node)))
    assert not faults


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_pages_and_no_other(node, at, signed_in, role):
    client = inside(node, signed_in, role)
    faults = []
    for name, page in PAGES.items():
        answer = ask(client, "get", address(name, node))
        allowed = {200, 302} if name in TO_ANOTHER_PAGE else {200}
        fine = answer.status in (allowed if role in page.sees else DENIED | NEVER_ASKED)
        if not fine or (role not in page.sees and answer.gives_away(node)):
            faults.append((name, answer.status, answer.gives_away(node)))
    assert not faults


@pytest.mark.parametrize("role", Role)
def test_each_role_posts_to_its_pages_and_to_no_other(node, at, signed_in, role):
    client = inside(node, signed_in, role)
    faults = []
    for name, page in PAGES.items():
        answer = ask(client, "post", address(name, node))
        if role in page.posts:
            fine = answer.status in {200, 302, 303, 409, 422}
        else:
            fine = answer.status in DENIED | NEVER_ASKED and not answer.gives_away(node)
        if not fine:
            faults.append((name, answer.status, answer.gives_away(node)))
    assert not faults


@pytest.mark.parametrize("role", Role)
def test_a_part_of_the_record_opens_for_the_roles_of_the_matrix_only(node, at, signed_in, role):
    client = inside(node, signed_in, role)
    faults = []
    for category in set(Category) - {Category.DOCUMENTS}:
        levels = {"record": {"F", "R"}, "revise": {"F"}}
        for name, enough in levels.items():
            answer = ask(client, "get", reverse(name, args=[node.case.reference, category.value]))
            may = LEVELS[role][category] in enough
            if answer.status not in ({200} if may else DENIED) or (not may and answer.gives_away(node)):
                faults.append((name, category, answer.status))
    assert not faults


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_page_says_nothing_of_anybody(node, at, name):
    for method in ("get", "post"):
        answer = ask(Client(), method, reverse(name))
        assert answer.status in {200, 302, 303, 400, 405}, method
        assert not answer.gives_away(node)


def test_a_machine_gets_a_problem_and_never_a_page(node, at, signed_in):
    client = inside(node, signed_in, Role.CASEWORKER)
    for name in MACHINES:
        words = re.findall(r"<[a-z]+:([a-z]+)>", ROUTES[name])
        url = reverse(
            name, kwargs={word: {"organisation": "nobody"}.get(word, nowhere(word)) for word in words}
        )
        for method in ("get", "post", "put"):
            answer = ask(client, method, url)
            assert answer.status in {404, 405, 411, 413, 415}, (name, method)
            assert not answer.text.strip().endswith("</html>")


def test_signing_out_ends_what_a_person_may_see(node, at, signed_in):
    client = inside(node, signed_in, Role.CASEWORKER)
    case = reverse("case", args=[node.case.reference])
    assert client.get(case).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(case).status_code == 302
    client.post(reverse("account_login"), {"login": node.worker.user.email, "password": PASSWORD})
    assert client.get(case).status_code == 200
