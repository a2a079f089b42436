"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """The node itself."""

    name = "connect"
    label = "connect"

    def ready(self) -> None:
        """Register the system checks."""
        from connect import checks  # noqa: F401, PLC0415 - settings are not ready when this module loads
