"""An organisation and its first people, founded by answering questions at a console."""

from __future__ import annotations

import builtins
import io

import pytest
from django.core.management import call_command

from connect.management.commands import found_organisation as command
from people.keys.clearances import label
from people.keys.identities import open_with
from people.keys.labelled import open_identity
from people.keys.unlock import Unlocked
from people.models import Membership, Organisation, RecoveryWrap, User
from people.roles import CATEGORIES, HANDOVER, Role
from secure_exchange import directory
from secure_exchange.age import Identity
from secure_exchange.ledger import entries
from secure_exchange.models import Entry
from tests.factories.people import AT, PASSWORD, OrganisationFactory, UserFactory


ORGANISATION = ("fundatia-exemplu", "Fundația Exemplu", "ngo", "SAFE_ACCOMMODATION FOLLOW_UP", "ro en", "")
CASEWORKER = ("ana@exemplu.test", "Ana Inventată", "caseworker", "ro")
FOCAL_POINT = ("eva@exemplu.test", "Eva Inventată", "focal_point", "ro")
ADMINISTRATOR = ("dan@exemplu.test", "Dan Inventat", "administrator", "")


@pytest.fixture
def console(monkeypatch, db):
    """Type these lines, and these passwords; gives what was printed."""
    monkeypatch.setattr(command, "now", lambda: AT)

    def type_in(lines, passwords):
        lines, passwords, printed = list(lines), list(passwords), io.StringIO()
        monkeypatch.setattr(builtins, "input", lambda _prompt="": lines.pop(0))
        monkeypatch.setattr(command, "getpass", lambda _prompt="": passwords.pop(0))
        call_command("found_organisation", stdout=printed)
        assert (lines, passwords) == ([], []), "not everything was asked for"
        return printed.getvalue()

    return type_in


def test_an_organisation_is_founded_with_people_who_can_work(console):
    printed = console(
        [*ORGANISATION, *CASEWORKER, "yes", *ADMINISTRATOR, "no"], [PASSWORD, PASSWORD, PASSWORD, PASSWORD]
    )
    organisation = Organisation.objects.get(slug="fundatia-exemplu")
    assert organisation.services == ["SAFE_ACCOMMODATION", "FOLLOW_UP"]
    assert {each.role for each in Membership.objects.filter(organisation=organisation)} == {
        Role.CASEWORKER,
        Role.ADMINISTRATOR,
    }
    ana = User.objects.get(email="ana@exemplu.test")
    unlocked = Unlocked(ana, open_with(user=ana, password=PASSWORD))
    assert unlocked.signing(organisation)
    assert directory.trusted(organisation.address, at=AT).digits in printed
    assert directory.profile_of(organisation.address).categories == CATEGORIES
    assert Entry.objects.filter(act="organisation.founded").exists()
    assert entries.head()


def test_the_recovery_identity_is_shown_once_and_opens_every_clearance(console):
    printed = console([*ORGANISATION, *CASEWORKER, ""], [PASSWORD, PASSWORD])
    (shown,) = [line.strip() for line in printed.splitlines() if "AGE-SECRET-KEY" in line]
    recovery = Identity.parse(shown)
    for wrap in RecoveryWrap.objects.select_related("clearance__organisation"):
        opened = open_identity(bytes(wrap.sealed), label=label(wrap.clearance), identities=[recovery])
        assert str(opened.recipient) == wrap.clearance.recipient
    assert PASSWORD not in printed


def test_it_says_that_it_takes_only_what_somebody_who_joins_can_open(console):
    printed = console([*ORGANISATION, *FOCAL_POINT, ""], [PASSWORD, PASSWORD])
    organisation = Organisation.objects.get(slug="fundatia-exemplu")
    assert directory.profile_of(organisation.address).categories == ("identity",)
    assert "takes these parts of a record: identity" in printed


def test_people_without_any_key_are_not_enough(console):
    printed = console([*ORGANISATION, *ADMINISTRATOR, *CASEWORKER, ""], [PASSWORD] * 4)
    assert "Somebody who works cases is needed too." in printed
    assert RecoveryWrap.objects.filter(clearance__scope=HANDOVER).exists()


def test_what_cannot_be_is_asked_for_again_and_nothing_typed_is_lost(console):
    OrganisationFactory.create(slug="taken")
    UserFactory.create(email="taken@exemplu.test")
    lines = [
        "taken",
        "With Capitals",
        "node",
        ORGANISATION[0],
        "",
        ORGANISATION[1],
        "circus",
        "ngo",
        "JUGGLING",
    ]
    lines += [
        *ORGANISATION[3:],
        "taken@exemplu.test",
        "no address",
        CASEWORKER[0],
        CASEWORKER[1],
        "queen",
        *CASEWORKER[2:],
    ]
    lines += ["perhaps", "yes", CASEWORKER[0], *ADMINISTRATOR, ""]
    console(lines, ["short", PASSWORD, "another one", PASSWORD, PASSWORD, PASSWORD, PASSWORD])
    assert Organisation.objects.get(slug="fundatia-exemplu").name == "Fundația Exemplu"
    assert not Organisation.objects.filter(slug="node").exists()
    assert User.objects.filter(email__endswith="@exemplu.test").count() == 3


def test_leaving_before_the_end_makes_nothing(console):
    with pytest.raises(IndexError):
        console([*ORGANISATION, *CASEWORKER], [PASSWORD, PASSWORD])
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
