"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """The node itself."""

    name = "connect"
    label = "connect"
