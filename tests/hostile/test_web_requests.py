"""Forged requests, stolen cookies, kept pages: what a browser is told and what it is not believed."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from people.roles import Role
from tests.before_and_after import nothing_but_an_entry
from tests.factories.people import PASSWORD
from tests.house.test_routes import MACHINES, OWN_KEYS, PAGES, PUBLIC, ROUTES, address


pytestmark = [pytest.mark.django_db, pytest.mark.hostile, pytest.mark.usefixtures("at")]

PROTECTED_INSIDE = {"documents", "imports"}
"""Their token is asked for once the upload has its place; a test below holds them to it."""

ENDS_ONLY = {"quick-exit"}
"""A stale token must never stand between a person and the way out."""


@pytest.fixture
def inside(node, signed_in) -> Client:
    return signed_in(Client(), node.ours.members[Role.CASEWORKER])


def every_address(node) -> list[tuple[str, str]]:
    """Every page by name."""
    pages = [(name, address(name, node)) for name in PAGES]
    return [*pages, *((name, reverse(name)) for name in (*OWN_KEYS, *PUBLIC))]


def test_nothing_is_exempt_from_the_token_that_does_not_say_why():
    patterns = {
        pattern.name: pattern
        for app in get_resolver().url_patterns
        for pattern in getattr(app, "url_patterns", [app])
    }
    exempt = {name for name, pattern in patterns.items() if getattr(pattern.callback, "csrf_exempt", False)}
    assert exempt == MACHINES | PROTECTED_INSIDE | ENDS_ONLY


def test_no_post_is_taken_without_the_token_of_its_form(node, inside):
    inside.handler.enforce_csrf_checks = True
    faults = []
    for name, url in every_address(node):
        if name in ENDS_ONLY:
            continue
        with nothing_but_an_entry(entries=0):
            answer = inside.post(url, {"language": "it", "act": "accept", "action": "start"})
        if answer.status_code not in {403, 405} or (
            answer.status_code == 403 and b"too old" not in answer.content
        ):
            faults.append((name, answer.status_code))
    assert not faults
    assert inside.get(reverse("my-work")).status_code == 200, (
        "somebody else's page signed her out or locked her"
    )


def test_nobody_is_signed_in_or_switched_by_a_page_of_somebody_else(node):
    forged = Client(enforce_csrf_checks=True)
    said = {"login": node.worker.user.email, "password": PASSWORD, "language": "it"}
    for name in ("account_login", "language"):
        assert forged.post(reverse(name), said).status_code == 403
    assert not forged.cookies


def test_the_token_of_the_page_lets_a_post_through(node, inside):
    inside.handler.enforce_csrf_checks = True
    page = inside.get(reverse("my-work")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    origin = {"headers": {"Origin": "https://evil.test"}}
    said = {"csrfmiddlewaretoken": token, "language": "it"}
    assert inside.post(reverse("language"), said, secure=True, **origin).status_code == 403
    assert inside.post(reverse("language"), said).status_code == 303


def test_a_forged_exit_ends_the_session_and_does_nothing_else(node, inside):
    inside.handler.enforce_csrf_checks = True
    with nothing_but_an_entry(entries=0):
        answer = inside.post(reverse("quick-exit"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert inside.get(reverse("my-work")).status_code == 302


def test_cookies_are_for_this_host_and_for_no_script(node, inside):
    inside.post(reverse("language"), {"language": "ro"})
    inside.get(reverse("my-work"))
    names = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.KEY_COOKIE_NAME}
    assert set(inside.cookies) == names | {settings.LANGUAGE_COOKIE_NAME}
    for name, cookie in inside.cookies.items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
    assert all(name.startswith("__Host-") for name in names)
    for name in (settings.SESSION_COOKIE_NAME, settings.KEY_COOKIE_NAME):
        assert not inside.cookies[name]["max-age"], "it outlives the browser"


def private_and_hardened(answer, name: str) -> list[tuple[str, str]]:
    """What is wrong with the headers of an answer."""
    wanted = {
        "X-Content-Type-Options": r"nosniff",
        "Cross-Origin-Opener-Policy": r"same-origin",
        "Cross-Origin-Resource-Policy": r"same-origin",
        "Referrer-Policy": r"same-origin",
        "X-Frame-Options": r"DENY",
        "Cache-Control": r".*no-store.*",
        "Content-Security-Policy": r"(?=.*default-src 'self'|sandbox; default-src 'none')"
        r"(?!.*unsafe)(?!.*\*).*",
        "Strict-Transport-Security": r"max-age=31536000; includeSubDomains; preload",
    }
    return [
        (name, f"{header}: {answer.get(header)}")
        for header, pattern in wanted.items()
        if not re.fullmatch(pattern, answer.get(header, ""))
    ]


def _of_machines(name: str, node) -> list[object]:
    named = {"organisation": "node", "place": node.sent.thread}
    return [value for word, value in named.items() if f":{word}>" in ROUTES[name]]


@pytest.mark.parametrize("signed", [True, False], ids=["signed-in", "signed-out"])
def test_every_answer_is_hardened_and_never_stored(node, signed_in, signed):
    client = Client(raise_request_exception=False)
    if signed:
        signed_in(client, node.ours.members[Role.CASEWORKER])
    pages = [
        (name, url)
        for name, url in every_address(node)
        if name not in {"quick-exit", "lock", "account_logout"}
    ]
    machines = [
        (
            name,
            reverse(
                name,
                args=re.findall("<", ROUTES[name])
                and ["node" if "slug" in ROUTES[name] else node.sent.thread],
            ),
        )
        for name in MACHINES
    ]
    last = [(name, reverse(name)) for name in ("lock", "account_logout", "quick-exit")]
    nowhere = [("nothing", "/nothing/here/"), ("no-slash", "/cases"), ("bad-reference", "/cases/nothing/")]
    faults = []
    for name, url in [*machines, *pages, *nowhere, *last]:
        for method in ("get", "post"):
            answer = getattr(client, method)(url, secure=True)
            if answer.streaming:
                b"".join(answer)
            faults += private_and_hardened(answer, f"{method} {name} {answer.status_code}")
    assert not faults


def test_a_fault_and_a_strange_host_are_hardened_too(node, inside, monkeypatch):
    inside.raise_request_exception = False
    answers = [inside.get("/", secure=True, headers={"Host": "evil.test"})]
    monkeypatch.setattr(connection, "ensure_connection", lambda: 1 / 0)
    answers.append(inside.get(reverse("health"), secure=True))
    monkeypatch.undo()
    assert [answer.status_code for answer in answers] == [400, 500]
    assert not [
        fault for answer in answers for fault in private_and_hardened(answer, str(answer.status_code))
    ]


@pytest.mark.parametrize("language", ["xx", "", "../../etc", "en\r\nSet-Cookie: a=b", "it" * 5000])
def test_a_language_nobody_offers_changes_nothing(node, inside, language):
    with nothing_but_an_entry(entries=0):
        answer = inside.post(reverse("language"), {"language": language})
    assert answer.status_code == 400
    assert settings.LANGUAGE_COOKIE_NAME not in inside.cookies


@pytest.mark.parametrize(
    "place", ["https://evil.test/", "//evil.test/", "/\\evil.test/", "javascript:alert(1)", "https:evil.test"]
)
def test_no_way_back_leads_elsewhere(node, inside, place):
    for name in ("language", "lock"):
        answer = inside.post(reverse(name), {"language": "it", "next": place})
        assert answer.status_code == 303
        assert "evil" not in answer["Location"]
        assert "javascript" not in answer["Location"]
