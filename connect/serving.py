"""One process that is a whole node: pages, worker and beat together.

For the demo and for a small site. A larger one runs gunicorn, `celery worker` and `celery beat` apart.
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import structlog
from celery import Celery, exceptions
from celery.beat import Scheduler, Service
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from connect.celery import app as celery_app


THREADS_FOR_PEOPLE: Final = 5
"""Beside those that other nodes may take."""

log = structlog.get_logger(__name__)


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
            "worker_class": "connect.patience.PatientWorker",
            "worker_connections": 500,  # an account may have 1024 files open
            "threads": settings.CONNECT.EXCHANGE_REQUESTS + THREADS_FOR_PEOPLE,
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
    start("worker", worker.start)
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    start("beat", partial(beat.start, True))


def start(what: str, run: Callable[[], object]) -> threading.Thread:
    """Run something for as long as this process lives, and the other way round.

    A node whose pages answer while nothing is sent and no time limit fires looks well. So when this ends, the
    process ends too; gunicorn starts it anew.
    """

    def run_and_end() -> None:
        fault = ""
        try:
            run()
        except BaseException as ended:  # noqa: BLE001 - however it ended
            fault = type(ended).__name__
        finally:
            log.critical("background work ended", what=what, fault=fault)
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=run_and_end, name=what, daemon=True)
    thread.start()
    return thread
