"""One process that is a whole node: pages, worker and beat together.

For the demo and for a small site. A larger one runs gunicorn, `celery worker` and `celery beat` apart.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

from celery import Celery, exceptions
from celery.beat import Scheduler, Service
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from connect.celery import app as celery_app


THREADS = 8


class NodeServer(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with one worker process that also runs the background work in threads."""

    def __init__(self, bind: str) -> None:
        """`bind` is host:port."""
        self.bind = bind
        super().__init__()

    def load_config(self) -> None:
        """One worker: the in-memory broker lives in its process."""
        said: dict[str, Any] = {
            "bind": self.bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
            "accesslog": None,
            "graceful_timeout": 3,
            "post_worker_init": lambda _worker: start_background_work(celery_app),
        }
        for name, value in said.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The pages."""
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        return get_wsgi_application()


def start_background_work(app: Celery) -> None:
    """Start worker and beat as daemon threads; they end with the process, and every task may be repeated."""
    # A small site often runs in a container of its own, as its only user; tasks are JSON, never pickles.
    warnings.filterwarnings("ignore", category=exceptions.SecurityWarning)
    worker = app.Worker(
        pool="threads",
        concurrency=2,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        loglevel="WARNING",
        quiet=True,
    )
    threading.Thread(target=worker.start, name="worker", daemon=True).start()
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    threading.Thread(target=beat.start, args=(True,), name="beat", daemon=True).start()
