"""Addresses of pages: references in them, never names."""

from __future__ import annotations

from django.urls import path

from referral.views import cases, consent, documents, my_work, record


urlpatterns = [
    path("", my_work.my_work, name="my-work"),
    path("cases/", cases.cases, name="cases"),
    path("cases/new/", cases.open_case, name="case-open"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/age/", cases.age_status, name="case-age"),
    path("cases/<str:reference>/team/", cases.team, name="case-team"),
    path("cases/<str:reference>/record/<str:category>/", record.record, name="record"),
    path("cases/<str:reference>/record/<str:category>/revise/", record.revise, name="revise"),
    path("cases/<str:reference>/consent/", consent.consent, name="consent"),
    path("cases/<str:reference>/consent/<uuid:uuid>/withdraw/", consent.withdraw, name="withdraw-consent"),
    path("cases/<str:reference>/documents/", documents.documents, name="documents"),
    path("cases/<str:reference>/documents/<uuid:uuid>/", documents.document, name="document"),
]
