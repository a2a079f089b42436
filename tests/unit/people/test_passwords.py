"""Passwords: their strength, how they are stored, and the pepper."""

from __future__ import annotations

import stat

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.checks import run_checks
from django.core.exceptions import ValidationError

from people import checks
from people.keys import derive
from people.keys.pepper import pepper
from people.models import PersonIdentity, RecoveryWrap
from tests.factories.people import PASSWORD, found


@pytest.mark.parametrize(
    "password",
    ["paper lantern, slow river", "Ștefania cumpără 3 pâini", "correct horse battery staple", PASSWORD],
)
def test_some_words_that_do_not_belong_together_are_a_password(password):
    validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "short one",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabcabc",
        "abcdefghijklmnopqrstuvwxyz",
        "12345678901234567890",
        "zyxwvutsrqponmlkj",
        "qwertyuiqwertyuiqwertyui",
    ],
)
def test_one_short_thing_is_not(password):
    with pytest.raises(ValidationError):
        validate_password(password)


def test_a_password_is_stored_as_argon2id_and_is_not_in_it():
    stored = make_password(PASSWORD)
    assert stored.startswith("argon2id$8$1$1$")
    assert PASSWORD not in stored
    assert check_password(PASSWORD, stored)
    assert not check_password(PASSWORD + " ", stored)
    assert "argon2id" in identify_hasher(stored).safe_summary(stored).values()


def test_a_password_stored_at_another_cost_is_stored_anew(monkeypatch):
    stored = make_password(PASSWORD)
    monkeypatch.setattr(derive, "COST", derive.Cost(memory_kib=16, passes=1, lanes=1))
    renewed = []
    assert check_password(PASSWORD, stored, setter=renewed.append)
    assert renewed == [PASSWORD]


def test_the_pepper_is_made_once_and_for_its_owner_only(tmp_path, monkeypatch):
    path = tmp_path / "kept" / "pepper"
    monkeypatch.setattr(settings.CONNECT, "PEPPER", path)
    first = pepper()
    assert pepper() == first
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["pepper"]


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_file_that_is_no_pepper_is_never_used(tmp_path, monkeypatch, content):
    path = tmp_path / "pepper"
    path.write_text(content)
    monkeypatch.setattr(settings.CONNECT, "PEPPER", path)
    with pytest.raises(ValueError, match=r"pepper|hexadecimal"):
        pepper()
    path.chmod(0o600)
    assert [found.id for found in checks.pepper_is_kept_well()] == ["people.E001"]


def test_the_checks_find_a_pepper_kept_badly(tmp_path, monkeypatch):
    path = tmp_path / "files" / "pepper"
    monkeypatch.setattr(settings.CONNECT, "PEPPER", path)
    monkeypatch.setattr(settings.CONNECT, "FILES", tmp_path / "files")
    pepper()
    path.chmod(0o644)
    assert {found.id for found in checks.pepper_is_kept_well()} == {"people.E002", "people.E003"}


@pytest.mark.django_db
def test_the_checks_find_a_foreign_pepper_and_a_clearance_without_recovery(at):
    found()
    assert run_checks(tags=["database"], databases=["default"]) == []
    PersonIdentity.objects.update(params={"pepper": "another"})
    RecoveryWrap.objects.filter(clearance__scope="health").delete()
    ids = [problem.id for problem in checks.keys_fit_together(databases=["default"])]
    assert ids == ["people.E004", "people.E005"]
