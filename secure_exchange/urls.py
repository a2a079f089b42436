"""Where other nodes call."""

from __future__ import annotations

from django.urls import path

from secure_exchange import views


urlpatterns = [
    path("envelopes", views.announce, name="exchange-announce"),
    path("envelopes/<uuid:place>/body", views.body, name="exchange-body"),
    path("envelopes/<uuid:place>/commit", views.commit, name="exchange-commit"),
    path("receipts", views.receipt, name="exchange-receipt"),
    path("keys/<slug:organisation>", views.keys, name="exchange-keys"),
    path("profile/<slug:organisation>", views.profile, name="exchange-profile"),
]
