"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """What the flows of all countries share."""

    name = "referral.flows"
    label = "flows"

    def ready(self) -> None:
        """Register the checks of what countries bring."""
        from referral.flows import checks  # noqa: F401, PLC0415 - registers itself once apps are loaded
