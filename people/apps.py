"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Organisations, memberships, sign-in and keys."""

    name = "people"
    label = "people"
