"""The filters that keep personal data out of the log."""

from __future__ import annotations

import logging


class ClassOnly(logging.Filter):
    """Keep the class of an exception and drop its message, traceback and locals.

    An exception's message often quotes what somebody typed.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always let it through."""
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.msg} [{record.exc_info[0].__module__}.{record.exc_info[0].__qualname__}]"
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True


class RouteOnly(logging.Filter):
    """Replace the address in Django's request records by the name of its route."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always let it through."""
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            name = match.view_name if match else "unknown"
            status = getattr(record, "status_code", "")
            record.msg, record.args = f"request answered {status} by {name}", ()
        return True
