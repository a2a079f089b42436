"""From *Seal and send* in Romania to the offer on the Italian screen: two node processes, over HTTP."""

from __future__ import annotations

import dataclasses
import re
import socket
import statistics
import tempfile
import time
from pathlib import Path

import requests

from connect.demo.organisations import NODES, PASSWORD, DemoNode
from connect.demo.processes import Running, prepare


OFFERS = 8
GOAL_SECONDS = 2.0
RECEIVER = "ngo@it.connect.test"
CONSENT = {
    "receiver": RECEIVER,
    "categories": ["identity", "needs"],
    "purpose": "assistance",
    "language": "ro",
    "manner": "spoken",
    "until": "2027-06-01",
}
OFFER = {
    "categories": ["identity", "needs"],
    "needs": ["SAFE_ACCOMMODATION"],
    "urgency": "soon",
    "sex": "female",
    "age": "25_34",
    "languages": ["en"],
    "mobility": "no_limits",
    "children": "0",
    "kind": "transfer",
    "stage": "protection",
}


HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Browser:
    """A signed-in session that sends forms back with their token, as a browser without script does."""

    def __init__(self, node: DemoNode) -> None:
        """Sign the node's caseworker in."""
        self.base = node.url
        self.session = requests.Session()
        self.session.trust_env = False
        email = f"caseworker@ngo.{node.host}"
        self.post("/account/login/", {"login": email, "password": PASSWORD})

    def get(self, path: str) -> requests.Response:
        """A page."""
        answer = self.session.get(self.base + path, timeout=30)
        answer.raise_for_status()
        return answer

    def post(self, path: str, said: dict[str, object]) -> requests.Response:
        """The form of that page, sent with what is hidden in it."""
        shown = self.get(path).text
        hidden = dict(HIDDEN.findall(shown[shown.find("<main") :]) or HIDDEN.findall(shown))
        if "csrfmiddlewaretoken" not in hidden:
            raise SystemExit(f"no form at {path}")
        answer = self.session.post(
            self.base + path,
            data={**hidden, **said},
            headers={"Referer": self.base + path},
            timeout=60,
        )
        answer.raise_for_status()
        return answer


def nodes(folder: Path) -> list[DemoNode]:
    """Romania and Italy, prepared as for the demo, on free ports."""
    mine = []
    for node in NODES[:2]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            mine.append(dataclasses.replace(node, port=probe.getsockname()[1]))
    prepare(mine, folder, say=print)
    return mine


def one_offer(romania: Browser, italy: Browser, case: str) -> tuple[float, float]:
    """Seconds until the sender's page answers, and until the offer is on the receiver's list."""
    romania.post(f"{case}hand-over/", {"receiver": RECEIVER})
    romania.post(f"{case}hand-over/what/", dict(OFFER))
    before = set(re.findall(r"/incoming/([0-9a-f-]{36})/", italy.get("/incoming/").text))
    began = time.perf_counter()
    romania.post(f"{case}hand-over/check/", {"seal": "1"})
    answered = time.perf_counter() - began
    while set(re.findall(r"/incoming/([0-9a-f-]{36})/", italy.get("/incoming/").text)) <= before:
        if time.perf_counter() - began > 60:
            raise SystemExit("the offer did not arrive within a minute")
        time.sleep(0.02)
    return answered, time.perf_counter() - began


def main() -> None:
    """Print the distribution over the offers, each of another case."""
    with tempfile.TemporaryDirectory() as folder:
        mine = nodes(Path(folder))
        with Running(mine, Path(folder)) as running:
            running.wait_until_ready()
            romania, italy = Browser(mine[0]), Browser(mine[1])
            cases = list(
                dict.fromkeys(re.findall(r'href="(/cases/RO-[^"/]+/)"', romania.get("/cases/").text))
            )
            adults = [case for case in cases if "by_guardian" not in romania.get(f"{case}consent/").text]
            seconds = []
            for case in adults[:OFFERS]:
                romania.post(f"{case}consent/", dict(CONSENT))
                seconds.append(one_offer(romania, italy, case))
    for name, column in (("sender's page answers", 0), ("offer on the receiver's screen", 1)):
        values = sorted(each[column] for each in seconds)
        middle, slowest = statistics.median(values), values[-1]
        print(f"{name:32} median {middle:6.2f} s   slowest {slowest:6.2f} s   of {len(values)}")
    print(f"goal: {GOAL_SECONDS} s from the press of the button to the receiver's screen")
