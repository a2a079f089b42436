"""The app's place in Django."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Organisations, memberships, sign-in and keys."""

    name = "people"
    label = "people"

    def ready(self) -> None:
        """Register the system checks, which need the models."""
        import_module("people.checks")
