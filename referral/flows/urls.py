"""The one address of steps. None of viewflow's own pages is mounted: they show cases of others."""

from __future__ import annotations

from django.urls import path

from referral.flows import views


urlpatterns = [path("steps/<int:pk>/", views.step, name="step")]
