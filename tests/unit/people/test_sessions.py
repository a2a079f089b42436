"""A session's two halves, and a password that moves: what each opens, and what neither does alone."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse

from people.keys.errors import NoIdentity, WrongPassword
from people.keys.identities import change_password, open_with
from people.models import Membership, PersonIdentity
from people.roles import Role
from secure_exchange.age import AgeError, Identity, decrypt_bytes
from tests.factories.people import PASSWORD, UserFactory, found


pytestmark = pytest.mark.django_db
NEW = "seven green doors by the water"


@pytest.fixture
def everybody(at):
    return found(*Role)


@pytest.fixture
def ngo(at):
    return found(Role.CASEWORKER)


def test_a_stolen_session_row_opens_nothing_without_the_cookie(client, ngo, signed_in):
    signed_in(client, ngo.members[Role.CASEWORKER])
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert thief.get(reverse("password-changed")).status_code == 302
    row = client.session[("locked-identity")]
    identity = open_with(user=ngo.members[Role.CASEWORKER].user, password=PASSWORD)
    assert identity.seed.hex() not in row
    assert str(identity) not in json.dumps(dict(client.session.items()))


def test_a_stolen_cookie_opens_nothing_without_the_session_row(client, ngo, signed_in):
    member = ngo.members[Role.CASEWORKER]
    signed_in(client, member)
    thief = Client()
    thief.force_login(member.user)
    thief.cookies[settings.KEY_COOKIE_NAME] = client.cookies[settings.KEY_COOKIE_NAME].value
    assert thief.get(reverse("password-changed")).status_code == 302


def test_one_persons_cookie_does_not_open_anothers_session(client, everybody, signed_in):
    signed_in(client, everybody.members[Role.CASEWORKER])
    other = signed_in(Client(), everybody.members[Role.SUPERVISOR])
    client.cookies[settings.KEY_COOKIE_NAME] = other.cookies[settings.KEY_COOKIE_NAME].value
    assert client.get(reverse("password-changed")).status_code == 302


def test_a_sealed_identity_moved_into_anothers_session_opens_nothing(client, everybody, signed_in):
    victim = signed_in(Client(), everybody.members[Role.CASEWORKER])
    signed_in(client, everybody.members[Role.ADMINISTRATOR])
    session = client.session
    session["locked-identity"] = victim.session["locked-identity"]
    session.save()
    client.cookies[settings.KEY_COOKIE_NAME] = victim.cookies[settings.KEY_COOKIE_NAME].value
    assert client.get(reverse("password-changed")).status_code == 302


@pytest.mark.parametrize("rubbish", ["", "x", "AAAA", "é", "=" * 400])
def test_rubbish_in_either_half_is_a_locked_session(client, ngo, signed_in, rubbish):
    signed_in(client, ngo.members[Role.CASEWORKER])
    kept = client.cookies[settings.KEY_COOKIE_NAME].value
    client.cookies[settings.KEY_COOKIE_NAME] = rubbish
    assert client.get(reverse("password-changed")).status_code == 302
    client.cookies[settings.KEY_COOKIE_NAME] = kept
    session = client.session
    session["locked-identity"] = rubbish
    session.save()
    assert client.get(reverse("password-changed")).status_code == 302


def test_database_and_secret_key_alone_open_nothing(client, ngo, signed_in, monkeypatch, tmp_path):
    signed_in(client, ngo.members[Role.CASEWORKER])
    monkeypatch.setattr(settings.CONNECT, "PEPPER", tmp_path / "a-thiefs-own-pepper")
    with pytest.raises(WrongPassword):
        open_with(user=ngo.members[Role.CASEWORKER].user, password=PASSWORD)
    assert not ngo.members[Role.CASEWORKER].user.check_password(PASSWORD)
    session = SessionStore(client.session.session_key).load()
    row = PersonIdentity.objects.get()
    guesses = [Identity.from_seed(bytes(row.salt) * 2), Identity.from_seed(settings.SECRET_KEY.encode()[:32])]
    with pytest.raises(AgeError):
        decrypt_bytes(bytes(row.wrapped), guesses)
    assert set(session) & {"locked-identity"}


def test_a_changed_password_moves_the_same_identity_and_refuses_the_old_one(ngo, at):
    user = ngo.members[Role.CASEWORKER].user
    before = open_with(user=user, password=PASSWORD)
    change_password(user=user, old=PASSWORD, new=NEW, at=at)
    assert open_with(user=user, password=NEW) == before
    with pytest.raises(WrongPassword):
        open_with(user=user, password=PASSWORD)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.check_password(PASSWORD)


def test_changing_with_a_wrong_password_changes_nothing(ngo, at):
    user = ngo.members[Role.CASEWORKER].user
    with pytest.raises(WrongPassword):
        change_password(user=user, old="something else entirely", new=NEW, at=at)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert open_with(user=user, password=PASSWORD)


def test_who_never_joined_has_nothing_to_change(at):
    with pytest.raises(NoIdentity):
        change_password(user=UserFactory.create(), old=PASSWORD, new=NEW, at=at)


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, ngo, signed_in):
    member = ngo.members[Role.CASEWORKER]
    here, elsewhere = signed_in(client, member), signed_in(Client(), member)
    answer = here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )
    assert (answer.status_code, answer["Location"]) == (302, reverse("password-changed"))
    assert here.get(reverse("password-changed")).status_code == 200
    assert elsewhere.get(reverse("password-changed"))["Location"].startswith(reverse("account_login"))
    refused = Client().post(reverse("account_login"), {"login": member.user.email, "password": PASSWORD})
    assert refused.status_code == 200
    signed_in(Client(), member, NEW)


def test_a_form_with_a_wrong_or_weak_password_changes_nothing(client, ngo, signed_in):
    member = ngo.members[Role.CASEWORKER]
    inside = signed_in(client, member)
    for old, new in (("wrong", NEW), (PASSWORD, "password"), (PASSWORD, "abababababababab")):
        inside.post(
            reverse("account_change_password"),
            {"oldpassword": old, "password1": new, "password2": new},
        )
    assert open_with(user=member.user, password=PASSWORD)


def test_an_ended_membership_gives_no_actor(client, ngo, signed_in, at):
    member = ngo.members[Role.CASEWORKER]
    inside = signed_in(client, member)
    Membership.objects.filter(pk=member.pk).update(starts_on="2026-01-01", ends_on="2026-11-01")
    assert inside.get(reverse("password-changed")).status_code == 403
