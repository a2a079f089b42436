"""Three real nodes, each a process with its own data, and real browsers in front of them."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from connect.demo.organisations import NODES, PASSWORD, DemoNode
from connect.demo.processes import Running, prepare
from tests.ports import free_port


CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PICTURES = Path(os.environ.get("CONNECT_PICTURES", "test-pictures"))


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(300))


@dataclasses.dataclass
class Nodes:
    """The running nodes by key, and the folder that holds everything they keep."""

    folder: Path
    by_key: dict[str, DemoNode]

    def url(self, key: str, path: str = "/") -> str:
        """An address on a node."""
        return self.by_key[key].url + path

    def email(self, key: str, role: str, organisation: str = "ngo") -> str:
        """Who signs in."""
        found = [
            email
            for each, each_role, email in self.by_key[key].people()
            if each.slug == organisation and each_role == role
        ]
        return found[0]


@pytest.fixture(scope="session")
def nodes(tmp_path_factory) -> Iterator[Nodes]:
    """Prepared as ./run demo prepares them, on own ports; CONNECT_NODES keeps them for the next run."""
    kept = os.environ.get("CONNECT_NODES")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("nodes")
    mine = [dataclasses.replace(node, port=free_port()) for node in NODES]
    prepare(mine, folder, say=lambda line: None)
    with Running(mine, folder) as running:
        running.wait_until_ready()
        yield Nodes(folder, {node.key: node for node in mine})


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def contexts(browser) -> Iterator[list[BrowserContext]]:
    """Contexts to close at the end of a test; where each ended stays as a picture, to see why it failed."""
    opened: list[BrowserContext] = []
    yield opened
    PICTURES.mkdir(exist_ok=True)
    for number, context in enumerate(opened):
        for page in context.pages:
            photograph(page, PICTURES / f"last-{number}.png", whole=True)
        context.close()


@pytest.fixture
def sign_in(browser, contexts, nodes):
    """Sign somebody in, in a browser of their own; returns the page."""

    def enter(
        key: str, role: str, *, organisation: str = "ngo", language: str = "en", width: int = 1280
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=language)
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": nodes.url(key)}])
        page = context.new_page()
        page.goto(nodes.url(key, "/account/login/"))
        page.fill("input[name=login]", nodes.email(key, role, organisation))
        page.fill("input[name=password]", PASSWORD)
        page.locator("form:has(#id_password) button[type=submit]").click()
        page.wait_for_url(nodes.url(key, "/"))
        if wanted := os.environ.get("CONNECT_PICTURES_LANGUAGE"):
            page.locator(f"button[name=language][value={wanted}]").click()
            page.wait_for_url(nodes.url(key, "/"))
        if page.locator("html").get_attribute("lang") != language:  # a person's own language comes first
            with page.expect_navigation():
                page.locator(f"button[name=language][value={language}]").click()
        return page

    return enter


def photograph(page: Page, path: Path, *, whole: bool = False) -> None:
    """Take a picture; a browser short of memory sometimes needs a second try."""
    for left in (2, 1, 0):
        try:
            page.screenshot(path=path, full_page=whole)
        except Error:
            if not left:
                raise
        else:
            return


@pytest.fixture
def picture():
    """Keep a picture of a page, by name; docs and README take theirs from here."""

    def take(page: Page, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        photograph(page, PICTURES / f"{name}.png")

    return take
