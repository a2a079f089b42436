"""One include an app, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from connect.health import health


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("people.urls")),
    path("", include("referral.urls")),
    path("", include("referral.flows.urls")),
    path("exchange/", include("secure_exchange.urls")),
    path("health", health, name="health"),
]
