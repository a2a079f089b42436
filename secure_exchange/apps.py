"""The app's place in Django."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class SecureExchangeConfig(AppConfig):
    """Sealed envelopes between organisations."""

    name = "secure_exchange"
    label = "secure_exchange"

    def ready(self) -> None:
        """Register the system checks."""
        import_module("secure_exchange.checks")
