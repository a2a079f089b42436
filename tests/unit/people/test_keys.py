"""Who can open what: from the password through the session to every clearance of an organisation."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from people.actor import NoKey
from people.founding import found_organisation
from people.joining import join
from people.keys.labelled import open_identity
from people.models import ClearanceWrap, Membership, Organisation, PublishedIdentity, RecoveryWrap, User
from people.roles import CATEGORIES, SCOPES, Role, clearances
from secure_exchange import directory
from secure_exchange.errors import Refused
from secure_exchange.models import Entry
from tests.factories.people import PASSWORD, actor_of, found, joined


pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody(at):
    return found(*Role)


@pytest.fixture
def ngo(at):
    return found(Role.CASEWORKER)


def test_a_clearance_is_sealed_to_the_roles_that_read_it_and_to_no_other(everybody):
    for role, actor in everybody.actors.items():
        wrapped = ClearanceWrap.objects.filter(user=actor.user).values_list("clearance__scope", flat=True)
        assert set(wrapped) == clearances(role)
        for scope in SCOPES:
            if scope in clearances(role):
                opened = actor.keys.clearance(actor.organisation, scope)
                assert opened == everybody.founded.clearances[scope]
            else:
                with pytest.raises(NoKey):
                    actor.keys.clearance(actor.organisation, scope)


def test_nobody_opens_another_organisations_clearances(ngo):
    other = found(Role.CASEWORKER)
    with pytest.raises(NoKey):
        ngo[Role.CASEWORKER].keys.clearance(other.organisation, "identity")


def test_a_wrap_put_in_anothers_place_opens_nothing(ngo):
    rows = ClearanceWrap.objects.filter(user=ngo[Role.CASEWORKER].user)
    health = rows.get(clearance__scope="health")
    rows.filter(clearance__scope="needs").update(sealed=health.sealed)
    with pytest.raises(NoKey):
        actor_of(ngo.members[Role.CASEWORKER]).keys.clearance(ngo.organisation, "needs")


def test_recovery_opens_every_clearance(ngo):
    rows = RecoveryWrap.objects.filter(clearance__organisation=ngo.organisation).select_related("clearance")
    assert {row.clearance.scope for row in rows} == set(SCOPES)
    for row in rows:
        scope = row.clearance.scope
        label = f"connect clearance {ngo.organisation.uuid} {scope}"
        opened = open_identity(bytes(row.sealed), label=label, identities=[ngo.founded.recovery])
        assert opened == ngo.founded.clearances[scope]


def test_recovery_and_open_keys_are_in_no_table_and_no_representation(ngo):
    dump = everything_stored()
    for secret in (ngo.founded.recovery, *ngo.founded.clearances.values()):
        assert str(secret).encode() not in dump
        assert secret.seed not in dump
        assert str(secret) not in repr(ngo.founded)
    assert ngo.founded.signing.to_bytes() not in dump
    assert PASSWORD.encode() not in dump


def test_signing_opens_for_those_who_hand_over_only(everybody):
    for role, actor in everybody.actors.items():
        if "handover" in clearances(role):
            assert actor.keys.signing(actor.organisation).verifying == everybody.founded.signing.verifying
        else:
            with pytest.raises(NoKey):
                actor.keys.signing(actor.organisation)


def test_each_published_identity_opens_with_its_categorys_clearance_only(everybody, at):
    published = directory.trusted(everybody.organisation.address, at=at)
    assert set(published.recipients) == {"default", *CATEGORIES}
    for role, actor in everybody.actors.items():
        for scope, recipient in published.recipients.items():
            guard = "handover" if scope == "default" else scope
            if guard in clearances(role):
                (opened,) = actor.keys.published(actor.organisation, published.fingerprint, scope)
                assert opened.recipient == recipient
            else:
                with pytest.raises(NoKey):
                    actor.keys.published(actor.organisation, published.fingerprint, scope)


def test_a_published_identity_that_was_destroyed_is_no_key(ngo):
    fingerprint = directory.trusted(ngo.organisation.address, at=ngo.organisation.founded_at).fingerprint
    PublishedIdentity.objects.all().delete()
    with pytest.raises(NoKey):
        ngo[Role.CASEWORKER].keys.published(ngo.organisation, fingerprint, "default")


def test_published_keys_live_days_and_their_identities_until_nothing_can_arrive(ngo, at):
    row = PublishedIdentity.objects.filter(scope="health").get()
    assert (row.valid_to - at).days == settings.CONNECT.PUBLISHED_KEYS_DAYS
    assert (row.destroy_after - row.valid_to).days == 30


def test_founding_publishes_a_profile(at):
    made = found(services=["LEGAL_AID"], languages=["ro"], categories=["identity", "needs"])
    profile = directory.profile_of(made.organisation.address)
    assert (profile.services, profile.languages) == (("LEGAL_AID",), ("ro",))
    assert profile.categories == ("identity", "needs")


@pytest.mark.parametrize(
    ("joining", "taken"),
    [
        ([Role.CASEWORKER], CATEGORIES),
        ([Role.FOCAL_POINT, Role.ADMINISTRATOR], ("identity",)),
        ([Role.FOCAL_POINT, Role.POLICE_LIAISON], ("identity", "exploitation", "legal", "risk")),
        ([Role.ADMINISTRATOR], ()),
    ],
)
def test_an_organisation_says_that_it_takes_what_somebody_there_can_open(at, joining, taken):
    made = found(*joining)
    assert directory.profile_of(made.organisation.address).categories == taken


def test_nobody_publishes_that_they_take_a_part_whose_key_nobody_holds(at):
    with pytest.raises(ValidationError, match="contact"):
        found(Role.FOCAL_POINT, slug="strada", categories=["identity", "contact"])
    assert not Organisation.objects.filter(slug="strada").exists()


def test_founding_with_a_profile_nobody_would_take_founds_nothing(at):
    with pytest.raises(Refused):
        found(slug="strada", services=["not a code"])
    assert not Membership.objects.exists()
    assert not PublishedIdentity.objects.exists()


@pytest.mark.parametrize("slug", ["node", "Two Words", "-x", ""])
def test_an_organisation_needs_an_address_of_its_own(at, slug):
    with pytest.raises(ValidationError):
        found_organisation(slug=slug, name="X", country="RO", kind="ngo", roles=[Role.CASEWORKER], at=at)


def test_two_organisations_never_share_an_address(ngo):
    with pytest.raises(ValidationError):
        found(slug=ngo.organisation.slug)


def test_joining_without_the_keys_the_role_reads_changes_nothing(ngo, at):
    before = User.objects.count()
    with pytest.raises(NoKey):
        join(
            organisation=ngo.organisation,
            email="second@exemplu.test",
            name="A Second",
            role=Role.CASEWORKER,
            password=PASSWORD,
            clearances={"identity": ngo.founded.clearances["identity"]},
            at=at,
        )
    assert User.objects.count() == before
    assert not Entry.objects.filter(act="person.joined", object__contains="second").exists()


def test_a_weak_password_does_not_join(ngo, at):
    with pytest.raises(ValidationError):
        join(
            organisation=ngo.organisation,
            email="second@exemplu.test",
            name="A Second",
            role=Role.ADMINISTRATOR,
            password="password",  # noqa: S106 - that is the point
            clearances={},
            at=at,
        )


def test_an_address_joins_once(ngo):
    email = ngo.members[Role.CASEWORKER].user.email
    with pytest.raises(ValidationError):
        joined(ngo.founded, Role.SUPERVISOR, email=email.upper())


def test_nobody_has_two_open_memberships(ngo, at):
    with pytest.raises(ValidationError):
        Membership(
            user=ngo.members[Role.CASEWORKER].user,
            organisation=found().organisation,
            role=Role.POLICE_LIAISON.value,
            starts_on=at.date(),
        ).full_clean()


def test_founding_and_joining_are_in_the_ledger_without_a_name(ngo):
    acts = list(Entry.objects.order_by("sequence").values_list("act", "object"))
    user = ngo.members[Role.CASEWORKER].user
    assert ("organisation.founded", ngo.organisation.address) in acts
    assert ("person.joined", f"{ngo.organisation.address}/{user.uuid}") in acts
    assert user.name not in str(acts)


def everything_stored() -> bytes:
    """Every value of every table, as bytes in a row."""
    parts: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                parts += [bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row]
    return b"\0".join(parts)
