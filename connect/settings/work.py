"""Background work: Celery rings the bell, the database holds the work.

A task carries one id and reads its row again under a lock, so that losing or repeating it does no harm;
the sweeps below find what a lost message forgot.
"""

from __future__ import annotations

from connect.settings.environment import BROKER_URL, CONNECT


CELERY_BROKER_URL = BROKER_URL
# Nodes that share a broker must not ring each other's bells.
CELERY_TASK_DEFAULT_QUEUE = f"connect-{CONNECT.NODE_HOST}"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600}
    if BROKER_URL.startswith("redis")
    else {"polling_interval": 0.05}  # seconds; the in-memory broker looks once a second otherwise
    if BROKER_URL.startswith("memory")
    else {}
)
# Who reaches the broker can still not stop, slow or query a worker; and workers on one machine need no names.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Workers that were away find a few of each, not one for every half minute. Not less: where the clocks of beat
# and worker differ by more, all of them expire; five minutes is what the exchange allows clocks to differ.
_WORTH_HEARING = {"expires": 300}
CELERY_BEAT_SCHEDULE = {
    "exchange-sweep": {"task": "secure_exchange.sweep", "schedule": 30.0, "options": _WORTH_HEARING},
    # By itself, because it waits for other nodes.
    "exchange-look-again": {
        "task": "secure_exchange.look_again",
        "schedule": 300.0,
        "options": _WORTH_HEARING,
    },
    "referral-sweep": {"task": "referral.sweep", "schedule": 30.0, "options": _WORTH_HEARING},
    "flows-due-timers": {"task": "flows.fire_due_timers", "schedule": 60.0, "options": _WORTH_HEARING},
}
