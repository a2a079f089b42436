"""Every column of ours declares what it tells about people; a new one without that fails here.

public        may be read by anyone: keys' public halves, what organisations publish
routing       says where something goes and how far it is, nothing about a person helped
pseudonymous  about a case, in codes and references; alone it says not who the person is
sealed        ciphertext; nobody but a person with keys reads it
staff         about who works here; stays inside the own organisation
"""

from __future__ import annotations

from django.apps import apps
from django.db import models


PACKAGES = {"people", "secure_exchange", "referral", "connect"}
CLASSES = {"public", "routing", "pseudonymous", "sealed", "staff"}

FIELDS = {
    "people.Organisation": {
        "routing": "id",
        "public": "uuid slug name country kind focal_point services languages founded_at",
    },
    "people.User": {
        "routing": "id uuid is_superuser is_active groups user_permissions",
        "staff": "password last_login email name language",
    },
    "people.Membership": {"routing": "id", "staff": "user organisation role starts_on ends_on"},
    "people.PersonIdentity": {
        "routing": "id user params salt made_at wrapped_at",
        "public": "recipient",
        "sealed": "wrapped",
    },
    "people.Clearance": {"routing": "id organisation scope made_at", "public": "recipient"},
    "people.ClearanceWrap": {"routing": "id clearance user made_at", "sealed": "sealed"},
    "people.RecoveryWrap": {"routing": "id clearance made_at", "sealed": "sealed"},
    "people.PublishedIdentity": {
        "routing": "id organisation scope valid_to destroy_after",
        "public": "fingerprint recipient",
        "sealed": "sealed",
    },
    "people.SigningIdentity": {
        "routing": "id organisation made_at",
        "public": "fingerprint",
        "sealed": "sealed",
    },
    "secure_exchange.NodeKeySet": {"routing": "id", "public": "fingerprint statement"},
    "secure_exchange.Peer": {
        "routing": "id own learnt_at checked_at looked_at trusted_at alarm_at",
        "public": "address trusted_fingerprint alarm_fingerprint",
        "staff": "trusted_by",
    },
    "secure_exchange.PublishedKeySet": {
        "routing": "id peer position",
        "public": "fingerprint previous valid_from valid_to statement",
    },
    "secure_exchange.PublishedProfile": {"routing": "id peer learnt_at", "public": "statement"},
    "secure_exchange.Entry": {
        "routing": "sequence at act previous hash",
        "pseudonymous": "object category reason",
        "staff": "actor",
    },
    "secure_exchange.Head": {"routing": "id sequence hash"},
    "secure_exchange.Tidied": {"routing": "id at"},
    "secure_exchange.StrangersRefused": {"routing": "id act actor reason minute count"},
    "secure_exchange.Outgoing": {
        "routing": "id envelope thread kind part sender receiver digest statement body size created expires"
        " state queued_at next_at attempts takes refusals confirmed unsure stop_at last_fault lease_until"
        " lease_owner ended_at",
    },
    "secure_exchange.Incoming": {
        "routing": "id envelope thread kind part sender receiver digest statement body size created expires"
        " state place media_type sha256 previous ledger received_at settled_at handled_at",
    },
    "secure_exchange.Announcement": {
        "routing": "place sender envelope digest statement body size active_at",
    },
    "secure_exchange.StoredReceipt": {
        "routing": "id direction kind envelope thread manifest by at stored_at digest statement",
    },
    "referral.Case": {
        "routing": "id uuid received_in responsible passed_to stays_with",
        "pseudonymous": "reference stage age_status citizenship opened_at closed_at",
        "staff": "opened_by closed_by",
    },
    "referral.Consent": {
        "routing": "id uuid case",
        "pseudonymous": "receiver categories purpose language manner by_guardian given_at recorded_at until"
        " withdrawn_at",
        "staff": "recorded_by withdrawn_by",
    },
    "referral.Handover": {
        "routing": "id thread direction organisation counterpart second_choice state respond_by expires_at"
        " created_at offered_at answered_at released_at opened_at withdrawn_at expired_at reminded_at"
        " escalated_at",
        "pseudonymous": "kind stage urgency categories case consent",
        "staff": "offered_by answered_by released_by opened_by withdrawn_by",
    },
    "referral.HandoverMessage": {
        "routing": "id handover kind direction category envelope at",
        "sealed": "sealed",
        "staff": "by",
    },
    "referral.HandoverSeen": {"routing": "id handover state note", "staff": "membership"},
    "referral.ImportBatch": {
        "routing": "id uuid organisation uploaded_at state rows refused body fingerprint ended_at",
        "staff": "uploaded_by",
    },
    "referral.ImportedRow": {"routing": "id batch number", "pseudonymous": "case"},
    "referral.Participation": {
        "routing": "id organisation",
        "pseudonymous": "case joined_at left_at",
        "staff": "joined_by left_by",
    },
    "referral.CategoryGrant": {
        "routing": "id participation",
        "pseudonymous": "category consent until granted_at revoked_at",
        "staff": "granted_by",
    },
    "referral.Assignment": {
        "routing": "id participation",
        "pseudonymous": "case",
        "staff": "membership assigned_at assigned_by ended_at ended_by",
    },
    "referral.CaseUserObjectPermission": {"routing": "id permission", "staff": "user content_object"},
    "referral.CaseGroupObjectPermission": {"routing": "id permission group content_object"},
    "referral.CategoryKey": {"routing": "id case category made_at", "public": "recipient"},
    "referral.CategoryKeyWrap": {"routing": "id category_key clearance sealed_at", "sealed": "sealed"},
    "referral.Revision": {
        "routing": "id",
        "pseudonymous": "case category number made_at",
        "sealed": "sealed",
        "staff": "made_by",
    },
    "referral.Document": {
        "routing": "id uuid body sealed_size",
        "pseudonymous": "case added_at",
        "sealed": "sealed_meta",
        "staff": "added_by",
    },
    "flows.StageProcess": {
        "routing": "id flow_class status created finished",
        "pseudonymous": "case stage outcome",
    },
    "flows.StepTask": {
        "routing": "id flow_task flow_task_type status created assigned started finished token process"
        " organisation role limit_key limit_passed_at failure previous",
        "pseudonymous": "case due raised about answers",
        "staff": "owner",
    },
}


def our_models() -> dict[str, type[models.Model]]:
    return {
        model._meta.label: model
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in PACKAGES
        for model in config.get_models()
    }


def declared(label: str) -> list[str]:
    return [name for names in FIELDS.get(label, {}).values() for name in names.split()]


def test_every_field_declares_what_it_tells_about_people():
    undeclared, unknown = [], []
    for label, model in our_models().items():
        fields = {field.name for field in (*model._meta.local_fields, *model._meta.local_many_to_many)}
        undeclared += sorted(f"{label}.{name}" for name in fields - set(declared(label)))
        unknown += sorted(f"{label}.{name}" for name in set(declared(label)) - fields)
    assert not undeclared, "say in this table what these tell about people"
    assert not unknown, "these are declared and do not exist"


def test_the_table_names_only_our_tables_each_field_once_and_known_classes():
    assert set(FIELDS) == set(our_models())
    for label, classes in FIELDS.items():
        assert set(classes) <= CLASSES
        assert len(declared(label)) == len(set(declared(label))), label


def test_what_is_sealed_is_bytes_and_what_is_bytes_of_a_case_is_sealed():
    for label, model in our_models().items():
        sealed = set(FIELDS[label].get("sealed", "").split())
        binary = {field.name for field in model._meta.local_fields if isinstance(field, models.BinaryField)}
        assert sealed <= binary, label
        if label.startswith(("referral.", "flows.")):
            assert binary <= sealed, label


def test_no_table_of_cases_has_a_column_for_free_text():
    long = {
        f"{label}.{field.name}"
        for label, model in our_models().items()
        if label.startswith(("referral.", "flows."))
        for field in model._meta.local_fields
        if isinstance(field, models.TextField)
        or (isinstance(field, models.CharField) and field.max_length > 255)
    }
    # A key's public half; a step's coded note of which node failed is checked by the flows' own tests.
    assert long <= {"referral.CategoryKey.recipient"}
