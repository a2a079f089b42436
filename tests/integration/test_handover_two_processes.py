"""A case crosses between two real nodes: own processes, databases, files and keys, joined only by HTTP."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import re
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
import requests
from django.urls import reverse

from connect.demo.organisations import NODES, PASSWORD
from connect.demo.processes import Running, environment, prepare
from tests.integration.in_service import running as service_nodes
from tests.ports import free_port
from tests.unit.referral.handover.test_handover_pages import SAID, as_shown


pytestmark = [pytest.mark.service, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Screen:
    """A caseworker in front of one node, pressing buttons as a browser without script would."""

    def __init__(self, node, seen):
        self.node, self.seen = node, seen
        self.browser = requests.Session()
        self.email = next(
            email for one, role, email in node.people() if one.slug == "ngo" and role == "caseworker"
        )

    def see(self, name, *args):
        answer = self.browser.get(self.node.url + reverse(name, args=args), timeout=20)
        assert answer.status_code == 200, (name, answer.status_code)
        return answer.text

    def press(self, name, *args, shown_on="", **said):
        address = self.node.url + reverse(name, args=args)
        shown = self.browser.get(self.node.url + reverse(shown_on) if shown_on else address, timeout=20)
        [token, *_] = TOKEN.findall(shown.text)
        answer = self.browser.post(
            address,
            data={"csrfmiddlewaretoken": token, **said},
            headers={"Referer": address},
            timeout=20,
            allow_redirects=False,
        )
        assert answer.status_code in {302, 303}, (name, answer.status_code, answer.text[-2000:])
        return answer.headers["Location"]

    def sign_in(self):
        self.press("account_login", login=self.email, password=PASSWORD)
        self.press("language", shown_on="my-work", language="en")

    def waits_for(self, words, name, *args):
        """Look again until the page says it; gives the seconds that took."""
        began = time.monotonic()
        while time.monotonic() < began + PATIENCE_SECONDS:
            answer = self.browser.get(self.node.url + reverse(name, args=args), timeout=20)
            if words in answer.text:
                return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError(f"{self.node.host} never said {words!r} on {name}: {answer.status_code}")

    def verifies(self, thread):
        done = subprocess.run(
            [sys.executable, "manage.py", "verify_handover", thread],
            capture_output=True,
            text=True,
            env=self.seen,
            cwd=ROOT,
            check=False,
        )
        return done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def one_process_each(nodes, folder):
    """As the demo and a small site run: SQLite, the broker in memory."""
    prepare(nodes, folder, say=print)
    with Running(nodes, folder) as running:
        running.wait_until_ready()
        yield {node.key: environment(node, nodes, folder) for node in nodes}


@contextlib.contextmanager
def in_service(nodes, folder, broker):
    """As a larger site runs: PostgreSQL, a broker, and every part a process."""
    with service_nodes(nodes, folder, broker) as running:
        yield running.seen


WAYS = {
    "one process a node": one_process_each,
    "PostgreSQL and RabbitMQ": functools.partial(in_service, broker="rabbitmq"),
    "PostgreSQL and Redis": functools.partial(in_service, broker="redis"),
}


@pytest.fixture(scope="module", params=WAYS.values(), ids=WAYS.keys())
def screens(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nodes")
    mine = [dataclasses.replace(node, port=free_port()) for node in NODES if node.key in {"ro", "it"}]
    with request.param(mine, folder) as seen:
        screens = {node.key: Screen(node, seen[node.key]) for node in mine}
        for screen in screens.values():
            screen.sign_in()
        yield screens


def offer(romania, to):
    """Consent and offer for the newest case; gives its reference and the thread."""
    reference = re.findall(r"/cases/(RO-\d\d-\w{6})/", romania.see("cases"))[0]
    romania.press(
        "consent",
        reference,
        receiver=to,
        categories=["identity", "needs"],
        purpose="assistance",
        language="ro",
        manner="written",
        until=(date.today() + timedelta(days=90)).isoformat(),  # noqa: DTZ011, TID251 - the nodes' clock
        by_guardian="on",
    )
    romania.press("hand-over", reference, receiver=to)
    romania.press("hand-over-what", reference, **{**SAID, "categories": ["identity"], "languages": ["it"]})
    shown = romania.see("hand-over-check", reference)
    sent = romania.press("hand-over-check", reference, **as_shown(shown))
    [thread] = re.findall(r"[0-9a-f-]{36}", sent)
    return reference, thread


def test_a_transfer_is_offered_accepted_released_and_opened_between_two_nodes(screens):
    romania, italy = screens["ro"], screens["it"]
    reference, thread = offer(romania, f"ngo@{italy.node.host}")
    assert italy.waits_for(f"/incoming/{thread}/", "incoming") < 10
    assert reference not in italy.see("offer", thread)
    italy.press("offer", thread, act="accept")
    italy.waits_for('value="open"', "offer", thread)
    case = italy.press("offer", thread, act="open")
    assert re.search(r"/cases/IT-\d\d-\w{6}/", case)
    romania.waits_for("signed receipt", "case", reference)
    for screen in (romania, italy):
        holds, told = screen.verifies(thread)
        assert holds, told
