"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """What the flows of all countries share."""

    name = "referral.flows"
    label = "flows"
