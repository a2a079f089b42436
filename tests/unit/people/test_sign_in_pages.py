"""Signing in, locking, unlocking and leaving, as a browser without script does it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from people.access import signed_in as only_signed_in
from people.keys import derive
from people.roles import Role
from tests.factories.people import PASSWORD, UserFactory, found


pytestmark = pytest.mark.django_db


@pytest.fixture
def caseworker(at):
    return found(Role.CASEWORKER).members[Role.CASEWORKER]


@pytest.fixture
def inside(client, caseworker, signed_in):
    return signed_in(client, caseworker)


def is_unlocked(client: Client) -> bool:
    """Ask a page that only an actor may see."""
    return client.get(reverse("password-changed")).status_code == 200


def test_signing_in_unlocks_the_keys(inside):
    assert is_unlocked(inside)
    key = inside.cookies[settings.KEY_COOKIE_NAME]
    assert key["httponly"]
    assert key["samesite"] == "Lax"
    assert key["secure"] == settings.SESSION_COOKIE_SECURE
    assert key["max-age"] == key["expires"] == ""


def test_the_address_is_taken_however_it_is_capitalised(client, caseworker):
    answer = client.post(
        reverse("account_login"),
        {"login": caseworker.user.email.upper(), "password": PASSWORD},
    )
    assert answer.status_code == 302


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(client, caseworker):
    pages = []
    for email in (caseworker.user.email, "nobody@exemplu.test"):
        answer = client.post(reverse("account_login"), {"login": email, "password": "quite another thing"})
        pages.append((answer.status_code, answer.content.decode().replace(email, "EMAIL")))
    strip = [
        "".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line) for _, text in pages
    ]
    assert pages[0][0] == pages[1][0] == 200
    assert strip[0] == strip[1]


def test_an_unknown_address_costs_as_many_derivations_as_a_wrong_password(client, caseworker, monkeypatch):
    calls = []
    real = derive.derive
    monkeypatch.setattr(derive, "derive", lambda *args, **kwargs: calls.append(1) or real(*args, **kwargs))
    counted = []
    for email in (caseworker.user.email, "nobody@exemplu.test"):
        calls.clear()
        client.post(reverse("account_login"), {"login": email, "password": "quite another thing"})
        counted.append(len(calls))
    assert counted == [1, 1]


def test_too_many_wrong_passwords_are_slowed_down(client, caseworker):
    for _ in range(5):
        client.post(reverse("account_login"), {"login": caseworker.user.email, "password": "wrong"})
    answer = client.post(reverse("account_login"), {"login": caseworker.user.email, "password": PASSWORD})
    assert answer.status_code != 302
    assert not answer.wsgi_request.user.is_authenticated


def test_nobody_signs_up(client):
    assert client.get("/account/signup/").status_code == 404


def test_a_page_sends_strangers_to_sign_in_and_back(client, caseworker):
    answer = client.get(reverse("account_change_password"))
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Faccount%2Fpassword%2F"
    answer = client.post(
        answer["Location"],
        {"login": caseworker.user.email, "password": PASSWORD, "next": "/account/password/"},
    )
    assert answer["Location"] == "/account/password/"


def test_sign_in_does_not_lead_to_another_host(client, caseworker):
    answer = client.post(
        reverse("account_login"),
        {"login": caseworker.user.email, "password": PASSWORD, "next": "https://evil.test/"},
    )
    assert answer["Location"] == reverse("my-work")


def test_locking_closes_the_keys_and_takes_the_cookie_back(inside):
    answer = inside.post(reverse("lock"), HTTP_REFERER="http://testserver/account/password/?a=1")
    assert answer.status_code == 303
    assert answer["Location"] == "/unlock/?next=%2Faccount%2Fpassword%2F%3Fa%3D1"
    assert answer.cookies[settings.KEY_COOKIE_NAME]["max-age"] == 0
    assert "locked-identity" not in inside.session
    assert not is_unlocked(inside)


def test_a_locked_page_asks_for_the_password_and_goes_on_where_one_was(inside):
    inside.post(reverse("lock"))
    answer = inside.get(reverse("account_change_password"))
    assert answer["Location"] == "/unlock/?next=%2Faccount%2Fpassword%2F"
    assert b"/account/password/" in inside.get(answer["Location"]).content
    wrong = inside.post("/unlock/", {"password": "wrong", "next": "/account/password/"})
    assert wrong.status_code == 422
    right = inside.post("/unlock/", {"password": PASSWORD, "next": "/account/password/"})
    assert (right.status_code, right["Location"]) == (303, "/account/password/")
    assert is_unlocked(inside)


def test_unlocking_does_not_lead_to_another_host(inside):
    for place in ("https://evil.test/", "//evil.test/", "javascript:alert(1)"):
        answer = inside.post("/unlock/", {"password": PASSWORD, "next": place})
        assert answer["Location"] == reverse("my-work")


def test_unlocking_is_rate_limited(inside):
    inside.post(reverse("lock"))
    for _ in range(10):
        inside.post("/unlock/", {"password": "wrong"})
    inside.post("/unlock/", {"password": PASSWORD})
    assert not is_unlocked(inside)


def test_htmx_is_told_to_leave_the_page_when_it_is_locked(inside):
    inside.post(reverse("lock"))
    answer = inside.get(
        reverse("password-changed"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/"},
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/unlock/?next=%2Fcases%2F")


def test_an_idle_session_locks_itself(client, caseworker, signed_in, at):
    inside = signed_in(client, caseworker)
    assert is_unlocked(inside)
    idle = timedelta(minutes=settings.CONNECT.LOCK_AFTER_MINUTES)
    with time_machine.travel(at + idle - timedelta(minutes=1)):
        assert is_unlocked(inside)
    with time_machine.travel(at + 2 * idle):
        assert not is_unlocked(inside)
        assert inside.session["_auth_user_id"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_quick_exit_signs_out_and_shows_something_harmless(inside, method):
    cookie = inside.cookies[settings.SESSION_COOKIE_NAME].value
    client = Client(enforce_csrf_checks=True)
    client.cookies = inside.cookies
    answer = getattr(client, method)(reverse("quick-exit"))
    assert (answer.status_code, answer["Location"]) == (303, "/units/")
    assert "cache" in answer["Clear-Site-Data"]
    assert answer["Cache-Control"] == "no-store"
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.KEY_COOKIE_NAME):
        assert answer.cookies[name]["max-age"] == 0
    assert not Session.objects.filter(session_key=cookie).exists()
    page = client.get("/units/").content.decode()
    assert "CONNECT" not in page
    assert "exit" not in page.lower()


def test_quick_exit_works_for_who_was_never_signed_in(client):
    assert client.get(reverse("quick-exit")).status_code == 303


def test_quick_exit_to_another_site_is_no_redirect_of_a_form(client, monkeypatch):
    monkeypatch.setattr(settings.CONNECT, "EXIT_TO", "https://weather.test/")
    answer = client.post(reverse("quick-exit"))
    assert (answer.status_code, answer["Refresh"]) == (200, "0; url=https://weather.test/")


def test_signing_out_takes_both_halves_of_the_key(inside):
    answer = inside.post(reverse("account_logout"))
    assert answer.cookies[settings.KEY_COOKIE_NAME]["max-age"] == 0
    assert "locked-identity" not in inside.session


def test_the_language_stays_with_browser_and_person(inside, caseworker):
    answer = inside.post(reverse("language"), {"language": "ro", "next": "/account/password/"})
    assert (answer.status_code, answer["Location"]) == (303, "/account/password/")
    assert answer.cookies["language"].value == "ro"
    caseworker.user.refresh_from_db()
    assert caseworker.user.language == "ro"
    assert inside.get(reverse("account_change_password"))["Content-Language"] == "ro"


def test_an_unknown_language_is_refused(client):
    assert client.post(reverse("language"), {"language": "xx"}).status_code == 400


def test_who_has_no_role_today_sees_why(client, at):
    user = UserFactory.create()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    answer = client.get(reverse("password-changed"))
    assert answer.status_code == 403


def test_a_demo_lists_whom_one_can_be(client, caseworker, monkeypatch):
    assert caseworker.user.email not in client.get(reverse("account_login")).content.decode()
    monkeypatch.setattr(settings.CONNECT, "DEMO", True)
    monkeypatch.setattr(settings.CONNECT, "DEMO_PASSWORD", "made-up words")
    page = client.get(reverse("account_login")).content.decode()
    assert caseworker.user.email in page
    assert "made-up words" in page


def test_the_guard_keeps_its_views_name(rf):
    @only_signed_in
    def page(request):
        return HttpResponse()

    request = rf.get("/x/")
    request.user = AnonymousUser()
    assert page.__name__ == "page"
    assert page(request).status_code == 302
