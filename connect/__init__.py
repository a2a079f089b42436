"""The Django project: settings, addresses of pages, this node's work queue."""

from __future__ import annotations

from connect.celery import app as celery_app


__all__ = ["celery_app"]
