"""Addresses of pages: references in them, never names."""

from __future__ import annotations

from django.urls import path

from referral.views import (
    cases,
    consent,
    documents,
    handover,
    imports,
    incoming,
    my_work,
    participation,
    record,
)


urlpatterns = [
    path("", my_work.my_work, name="my-work"),
    path("cases/", cases.cases, name="cases"),
    path("cases/new/", cases.open_case, name="case-open"),
    path("cases/export/", imports.export, name="cases-export"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/export/", imports.export, name="case-export"),
    path("cases/<str:reference>/age/", cases.age_status, name="case-age"),
    path("cases/<str:reference>/citizenship/", cases.citizenship, name="case-citizenship"),
    path("cases/<str:reference>/team/", participation.team, name="case-team"),
    path("cases/<str:reference>/team/<uuid:uuid>/take-off/", participation.take_off, name="take-off"),
    path("cases/<str:reference>/take-part/", participation.who, name="take-part"),
    path("cases/<str:reference>/take-part/what/", participation.what, name="take-part-what"),
    path("cases/<str:reference>/take-part/check/", participation.check, name="take-part-check"),
    path("cases/<str:reference>/take-part/<uuid:uuid>/end/", participation.end_part, name="end-part"),
    path("cases/<str:reference>/record/<str:category>/", record.record, name="record"),
    path("cases/<str:reference>/record/<str:category>/revise/", record.revise, name="revise"),
    path("cases/<str:reference>/consent/", consent.consent, name="consent"),
    path("cases/<str:reference>/consent/<uuid:uuid>/withdraw/", consent.withdraw, name="withdraw-consent"),
    path("cases/<str:reference>/documents/", documents.documents, name="documents"),
    path("cases/<str:reference>/documents/<uuid:uuid>/", documents.document, name="document"),
    path("cases/<str:reference>/hand-over/", handover.who, name="hand-over"),
    path("cases/<str:reference>/hand-over/what/", handover.what, name="hand-over-what"),
    path("cases/<str:reference>/hand-over/check/", handover.check, name="hand-over-check"),
    path("incoming/", incoming.incoming, name="incoming"),
    path("incoming/<uuid:thread>/", incoming.offer, name="offer"),
    path("handovers/", handover.handovers, name="handovers"),
    path("handovers/<uuid:thread>/", handover.transcript, name="transcript"),
    path("handovers/<uuid:thread>/progress/", handover.progress, name="handover"),
    path("handovers/<uuid:thread>/withdraw/", handover.withdraw, name="handover-withdraw"),
    path("imports/", imports.imports, name="imports"),
    path("imports/form/", imports.import_form, name="import-form"),
    path("imports/<uuid:uuid>/", imports.import_, name="import"),
    path("imports/<uuid:uuid>/go-on/", imports.go_on, name="import-go-on"),
    path("imports/<uuid:uuid>/discard/", imports.discard, name="import-discard"),
    path("imports/<uuid:uuid>/report/", imports.import_report, name="import-report"),
]
