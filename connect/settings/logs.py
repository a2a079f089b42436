"""What a node writes to its log: events with ids and codes, never content.

Nothing a person typed is logged: requests are logged by route name, not by address, and exceptions by
class, without their messages and locals.
"""

from __future__ import annotations

import structlog

from connect.logs import ClassOnly, RouteOnly


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"class_only": {"()": ClassOnly}, "route_only": {"()": RouteOnly}},
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["class_only", "route_only"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"connect": {"level": "INFO"}},
}
