"""Every page renders with the context its comment asks for, and obeys the content security policy."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from connect.context import Page
from people.roles import Role
from tests.unit.connect.sample_pages import NOW, PAGES


pytestmark = pytest.mark.urls("tests.unit.connect.sample_urls")

ROOT = Path(__file__).resolve().parents[3]
OUR_TEMPLATES = sorted(
    path
    for package in ("connect", "people", "referral")
    for path in (ROOT / package).rglob("templates/**/*.html")
)
OUR_FILES = sorted((ROOT / "connect" / "static" / "connect").iterdir())


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def somebody_here(monkeypatch):
    """Somebody is here; no database is asked."""
    organisation = SimpleNamespace(name="Fundația Exemplu", pk=1)
    membership = SimpleNamespace(organisation=organisation, organisation_id=1, role="caseworker")
    monkeypatch.setattr(Page, "actor", SimpleNamespace(membership=membership, role=Role.CASEWORKER))
    monkeypatch.setattr(Page, "now", NOW)
    monkeypatch.setattr(Page, "node_name", "Romania")
    monkeypatch.setattr(Page, "_waiting", lambda _: {"my-work": 3})


def render(template, context):
    return render_to_string(template, context, request=RequestFactory().get("/cases/"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_renders_with_the_context_it_documents(name, somebody_here):
    template, context = PAGES[name]
    html = render(f"referral/{template}", context)
    assert "<c-" not in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_its_promises(name, somebody_here):
    template, context = PAGES[name]
    parser = Tags()
    parser.feed(render(f"referral/{template}", context))
    controls = [
        (tag, attrs) for tag, attrs in parser.tags
        if tag in {"a", "button", "select", "textarea"} or (tag == "input" and attrs.get("type") != "hidden")
    ]  # fmt: skip
    forms = [attrs for tag, attrs in parser.tags if tag == "form"]
    assert forms[0]["action"] == "/exit/", "quick exit is the first thing in tab order"
    assert controls[0][0] == "button"
    assert {"/exit/", "/language/", "/lock/"} <= {attrs.get("action") for attrs in forms}
    assert [attrs["value"] for _, attrs in controls if attrs.get("name") == "language"] == [
        "en",
        "it",
        "pt",
        "ro",
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_title_says_a_reference_and_never_a_name(name, somebody_here):
    template, context = PAGES[name]
    title = re.search(r"<title>(.*?)</title>", render(f"referral/{template}", context))[1]
    assert title.endswith(" CONNECT")
    assert "Made-up Person" not in title


@pytest.mark.parametrize("template", ["400.html", "403_csrf.html", "500.html"])
def test_a_bare_page_needs_no_context(template):
    assert "<h1>" in render_to_string(template)


@pytest.mark.parametrize("status", ["403", "404", "409", "413", "422"])
def test_a_refusal_page_renders_without_a_sentence(status, somebody_here):
    assert "<h1>" in render(f"{status}.html", {})


@pytest.mark.parametrize("path", OUR_TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_no_inline_script_or_style_and_no_other_host(path):
    parser = Tags()
    parser.feed(re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text()))
    for tag, attrs in parser.tags:
        assert "style" not in attrs
        assert not [name for name in attrs if re.match(r"on[a-z]+$", name)]
        assert tag != "style"
        assert tag != "script" or "src" in attrs
        addresses = [attrs.get(name) or "" for name in ("src", "href", "action")]
        assert not [address for address in addresses if re.match(r"(https?:)?//", address)]


@pytest.mark.parametrize("path", OUR_FILES, ids=lambda path: path.name)
def test_our_static_files_load_nothing_from_elsewhere(path):
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|url\(\"?//|@import", text)


def test_the_script_is_short():
    script = ROOT / "connect" / "static" / "connect" / "app.js"
    assert len(script.read_text().splitlines()) < 100


def test_every_icon_a_template_names_is_in_the_sprite():
    sprite = (ROOT / "connect" / "static" / "vendor" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = {
        name
        for path in OUR_TEMPLATES
        for name in re.findall(r'<c-icon name="([a-z0-9-]+)"|\bicon="([a-z0-9-]+)"', path.read_text())
        for name in name
        if name
    }
    assert used
    assert used <= drawn


def test_the_vendored_versions_are_written_down():
    readme = (ROOT / "connect" / "static" / "vendor" / "README.md").read_text()
    vendor = (ROOT / "tools" / "vendor.py").read_text()
    for name, version in re.findall(r'= \("([^"]+)", "([^"]+)", "[^"]+"\)', vendor):
        assert f"| {name} | {version} |" in readme


def test_demo_mode_says_that_everything_is_made_up(somebody_here, monkeypatch):
    template, context = PAGES["my-work"]
    monkeypatch.setattr(settings.CONNECT, "DEMO", True)
    assert 'class="made-up"' in render(f"referral/{template}", context)
    monkeypatch.setattr(settings.CONNECT, "DEMO", False)
    assert 'class="made-up"' not in render(f"referral/{template}", context)


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (Role.CASEWORKER, ["my-work", "cases", "incoming", "handovers", "imports"]),
        (Role.ADMINISTRATOR, ["my-work", "cases"]),
    ],
)
def test_the_navigation_names_only_what_the_role_does(role, places, somebody_here, monkeypatch):
    monkeypatch.setattr(Page, "actor", SimpleNamespace(membership=Page.actor.membership, role=role))
    navigation = Page(RequestFactory().get("/cases/")).navigation
    assert [place.url for place in navigation] == [reverse(name) for name in places]
    assert [place.here for place in navigation][:2] == [False, True]
