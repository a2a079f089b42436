"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    """Cases, consent, the sealed record and the handover."""

    name = "referral"
    label = "referral"
    default_auto_field = "django.db.models.BigAutoField"
