"""The WSGI entry, for gunicorn or another server; an unsafe node is not served."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
application = get_wsgi_application()

from connect.checks import refuse_unsafe  # noqa: E402 - settings and apps are ready only now


refuse_unsafe()
