"""The app's place in Django, and where the exchange's bells are heard."""

from __future__ import annotations

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    """Cases, consent, the sealed record and the handover."""

    name = "referral"
    label = "referral"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand what the exchange announces to background tasks; what no bell announced, the sweep finds."""
        from referral import checks, tasks  # noqa: F401, PLC0415 - models load only after every app is there
        from secure_exchange import signals  # noqa: PLC0415 - as above

        signals.arrived.connect(tasks.on_arrived, dispatch_uid="referral-arrived")
        signals.receipt_arrived.connect(tasks.on_receipt, dispatch_uid="referral-receipt")
