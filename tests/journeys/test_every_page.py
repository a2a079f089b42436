"""Every page, in every language, for everybody: axe, keyboard, focus, targets, narrow screens, titles."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page

from connect.demo.cases import CASES as PEOPLE
from connect.demo.organisations import PASSWORD
from people.roles import Role
from tests.journeys.pages import EVERY_PAGE, Visit
from tests.journeys.story import Person, Story


WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 900}
LANGUAGES = [code for code, _ in settings.LANGUAGES]
NAMES = {str(row["prs_SecondName"]) for rows in PEOPLE.values() for row in rows}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Contrast takes axe longer than all its other rules together, and no language changes it.
BUT_CONTRAST = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": RULES},
    "rules": {"color-contrast": {"enabled": False}},
}
CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}

FROM_THE_START = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
}"""
FOCUSED = "() => document.activeElement.closest('form')?.className || document.activeElement.className"
CONTROLS = """
const controls = Array.from(document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
)).filter((each) => !each.disabled && each.checkVisibility({visibilityProperty: true}));
const named = (each) => each.outerHTML.slice(0, 120);
"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    Array.from(document.querySelectorAll("body *"))
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".scroll"))
        .map((each) => each.outerHTML.slice(0, 120))"""
# A link inside a sentence may be as small as the sentence (WCAG 2.5.8); a box counts with its label.
TOO_SMALL = f"""() => {{ {CONTROLS}
    const inline = (each) => each.tagName === "A" && getComputedStyle(each).display === "inline"
        && each.parentElement.textContent.trim() !== each.textContent.trim();
    const target = (each) => each.matches("[type=checkbox], [type=radio]") && each.closest("label") || each;
    return controls.filter((each) => {{
        const box = target(each).getBoundingClientRect();
        return !inline(each) && !each.matches(".skip") && Math.min(box.width, box.height) < 23.9;
    }}).map(named);
}}"""
UNSEEN_FOCUS = f"""() => {{ {CONTROLS}
    return controls.filter((each) => {{
        each.focus();
        const style = getComputedStyle(each);
        const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return document.activeElement !== each || !seen || each.tabIndex > 0;
    }}).map(named);
}}"""


@dataclasses.dataclass
class Everybody:
    """Who asks for pages, and what the pages are about."""

    people: dict[str, Person]
    story: Story
    said: list[str]


def person(browser: Browser, root: str, home: str, said: list[str]) -> Person:
    """Somebody with a browser of their own whose console is listened to."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.add_init_script(AXE_SCRIPT)
    page = context.new_page()
    page.on("console", lambda message: said.append(_line(message, page)))
    page.on("pageerror", lambda error: said.append(str(error)))
    return Person(page, root, home)


def _line(message: ConsoleMessage, page: Page) -> str:
    """What the console said, but for two things a browser says of itself.

    That the page is a refusal, which it should be; and that a password is asked for without a name: a locked
    page does not say, even in its source, whose it is.
    """
    refused = "Failed to load resource" in message.text and message.location["url"] == page.url
    nameless = "Password forms should have" in message.text and "/unlock/" in page.url
    return "" if refused or nameless else message.text


def sign_in(somebody: Person, email: str) -> None:
    """Through the form, like anybody."""
    page = somebody.page
    page.goto(f"{somebody.root}/account/login/")
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.locator("form:has(#id_password) button[type=submit]").click()
    page.wait_for_url(f"{somebody.root}/")


@pytest.fixture(scope="module")
def everybody(browser, nodes) -> Iterator[Everybody]:
    """Two caseworkers with a handover between them, a supervisor who is locked, and nobody."""
    ours, theirs, said = nodes.url("ro", ""), nodes.url("it", ""), []
    people = {
        "here": person(browser, ours, "/", said),
        "there": person(browser, theirs, "/", said),
        "locked": person(browser, ours, "/unlock/", said),
        "nobody": person(browser, ours, "/account/login/", said),
    }
    with ExitStack() as closing:
        for each in people.values():
            closing.callback(each.page.context.close)
        sign_in(people["here"], nodes.email("ro", Role.CASEWORKER))
        sign_in(people["there"], nodes.email("it", Role.CASEWORKER))
        sign_in(people["locked"], nodes.email("ro", Role.SUPERVISOR))
        people["locked"].page.locator("form[data-lock] button").click()
        people["locked"].page.wait_for_url("**/unlock/**")
        for each in ("here", "there"):
            people[each].speak("en")
        story = Story(people["here"], people["there"])
        story.tell()
        yield Everybody(people, story, said)


def violations(page: Page, options: dict[str, object]) -> list[str]:
    """What axe finds, a line each."""
    found = page.evaluate("options => axe.run(document, options).then((each) => each.violations)", options)
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def check_titles(page: Page, visit: Visit) -> None:
    """A title may hold a reference, never a name; the page after a quick exit does not even hold ours."""
    title = page.title()
    assert title.endswith(" CONNECT") is visit.ours
    assert not [name for name in NAMES if name in title]
    assert "@" not in title


def check_first_stops(page: Page) -> None:
    """The way out is the first thing in tab order, the content the second."""
    page.evaluate(FROM_THE_START)
    stops = []
    for _ in range(2):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert stops == ["quick-exit", "skip"]


def check_seeing(page: Page) -> None:
    """Text stands out from its ground by day and by night, and the focus is seen wherever it is."""
    page.set_viewport_size(WIDE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page, CONTRAST) == [], scheme
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.keyboard.press("Tab")
    assert page.evaluate(UNSEEN_FOCUS) == []


# By language first: a language is switched by the page's own button, once.
@pytest.mark.parametrize(
    ("language", "visit"),
    [
        pytest.param(language, visit, id=f"{visit.name}-{language}")
        for language in LANGUAGES
        for visit in EVERY_PAGE
        if language == "en" or not visit.alike
    ],
)
def test_a_page_is_for_everybody(language, visit, everybody):
    somebody = everybody.people[visit.who]
    page = somebody.page
    page.set_viewport_size(NARROW)
    somebody.speak(language)
    everybody.said.clear()
    assert visit.go(page, somebody.root, everybody.story.at) == visit.status
    assert page.locator("html").get_attribute("lang") == language
    check_titles(page, visit)
    assert violations(page, BUT_CONTRAST) == []
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(TOO_SMALL) == []
    if visit.ours:
        check_first_stops(page)
    if language == "en":
        check_seeing(page)
    assert [line for line in everybody.said if line] == []


def test_every_page_of_the_addresses_is_visited():
    """A new address is a new page: it joins the list, or is named here as none."""
    from django.urls import get_resolver  # noqa: PLC0415 - the addresses load only after Django is set up

    no_page = {
        "lock", "quick-exit", "language", "health", "document", "import-form", "import-go-on",
        "import-discard", "import-report", "handover-withdraw",
    }  # fmt: skip
    visited = {match(visit) for visit in EVERY_PAGE}
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {name for name in names if not name.startswith("exchange-")} - no_page - visited == set()


def match(visit: Visit) -> str:
    """The name of a visit's address."""
    from django.urls import Resolver404, resolve  # noqa: PLC0415 - as above

    known = {
        "step": "/steps/1/", "step-mine": "/steps/2/", "import": f"/imports/{ANY}/", "received": "/cases/X/",
        "import-done": f"/imports/{ANY}/", "withdraw": f"/cases/X/consent/{ANY}/withdraw/", "adult": "X",
        "child": "X", "opened": "X", "offered": "X", "opened-thread": ANY, "offered-thread": ANY,
        "take-off": f"/cases/X/team/{ANY}/take-off/", "end-part": f"/cases/X/take-part/{ANY}/end/",
    }  # fmt: skip
    try:
        return str(resolve(visit.path.format(**known).partition("?")[0]).url_name)
    except Resolver404:
        return ""


ANY = "00000000-0000-4000-8000-000000000000"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"Tab never reached {selector}")


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_case_is_opened_and_a_step_started_by_keyboard_alone(browser, nodes):
    somebody = person(browser, nodes.url("pt", ""), "/", [])
    page = somebody.page
    page.goto(f"{somebody.root}/account/login/")
    page.keyboard.type(nodes.email("pt", Role.CASEWORKER))
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    tab_to(page, "main a[href='/cases/new/']")
    press(page, "Enter")
    tab_to(page, "[name=age_status]")
    page.keyboard.press("Space")
    tab_to(page, "[name=citizenship]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form button[type=submit]")
    press(page, "Enter")
    tab_to(page, "main a[href^='/steps/']")
    press(page, "Enter")
    tab_to(page, "button[value=start]")
    press(page, "Enter")
    assert page.locator("button[value=done]").count() == 1
    tab_to(page, ".account > summary")
    page.keyboard.press("Enter")
    tab_to(page, ".account a[href$='/logout/']")
    press(page, "Enter")
    tab_to(page, "main form button[type=submit]")
    press(page, "Enter")
    page.goto(f"{somebody.root}/cases/")
    assert "/account/login/" in page.url
    page.context.close()
