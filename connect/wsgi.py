"""The WSGI entry, for gunicorn or another server; neither an unsafe node nor lonely pages are served."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
application = get_wsgi_application()

from connect.checks import refuse_deaf, refuse_unsafe  # noqa: E402 - settings and apps are ready only now


refuse_deaf()
refuse_unsafe()
connections.close_all()  # a server that forks after this must not share a connection
