"""Another node that says what a test lets it say."""

from __future__ import annotations

import http.server
import json


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers what the test says, and remembers what it was asked."""

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.command, self.path, self.rfile.read(length), dict(self.headers)))
        status, headers, content = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *args):
        """Nothing."""


def says(peer, *answers):
    """Let it answer these, one after the other: status, content, headers."""
    for status, *rest in answers:
        content = rest[0] if rest else b""
        peer.answers.append(
            (
                status,
                rest[1] if len(rest) > 1 else {},
                content if isinstance(content, bytes) else json.dumps(content).encode(),
            )
        )
