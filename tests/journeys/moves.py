"""The moves of a caseworker in a browser, as the stories tell them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


ANSWERED_ON = date(2026, 11, 20).isoformat()
MOST_STEPS = 40


def fill_in(form: Locator) -> None:
    """Answer every question of a form with its first answer; an adult stays an adult."""
    if form.locator("input[name=may_be_a_child][value=no]").count():
        form.locator("input[name=may_be_a_child][value=no]").check()
    for fieldset in form.locator("fieldset").all():
        choices = fieldset.locator("input[type=radio], input[type=checkbox]")
        if choices.count() and not fieldset.locator("input:checked").count():
            choices.first.check()
    for select in form.locator("select").all():
        options = [
            value for value in select.locator("option").evaluate_all("all => all.map(o => o.value)") if value
        ]
        if options and not select.input_value():
            select.select_option(options[0])
    for day in form.locator("input[type=date]").all():
        if not day.input_value():
            day.fill(ANSWERED_ON)


def do_step(page: Page) -> str:
    """Start the step whose page this is and finish it; returns what the step was called."""
    start = page.locator("main button[name=action][value=start]")
    if start.count():
        start.click()
    title = page.locator("h1").inner_text()
    fill_in(page.locator("main form:has(button[value=done])"))
    page.locator("main button[name=action][value=done]").click()
    expect(page.locator(".track")).to_be_visible()
    return title


def walk_to(page: Page, case_address: str, stage: int) -> list[str]:
    """Do the steps of a case, one after the other, until it stands in the stage (counted from 0)."""
    done = []
    for _ in range(MOST_STEPS):
        page.goto(case_address)
        if page.locator(".track li").nth(stage).get_attribute("class") == "now":
            return done
        page.locator("main ol.rows a.btn[href^='/steps/']").first.click()
        done.append(do_step(page))
    raise AssertionError(f"still not there after {done}")


def bring_in(page: Page, base: str, spreadsheet: Path) -> str:
    """Import a spreadsheet through its preview; returns the address of the newest case."""
    page.goto(base + "/imports/")
    page.set_input_files("main input[type=file]", spreadsheet)
    page.locator("main form:has(input[type=file]) button[type=submit]").click()
    page.locator("main form:has(input[name=row]) button[type=submit]").first.click()
    page.goto(base + "/cases/")
    return base + str(page.locator("main a.reference").first.get_attribute("href"))


def open_part(page: Page, case_address: str, category: str) -> None:
    """Open one part of the record."""
    page.goto(f"{case_address}record/{category}/")
    page.locator("main button[name=open]").click()


def agree(page: Page, case_address: str, receiver: str, categories: tuple[str, ...]) -> None:
    """Record the person's consent to share these parts with one organisation."""
    page.goto(case_address + "consent/")
    page.select_option("main select[name=receiver]", receiver)
    for category in categories:
        page.check(f"main input[name=categories][value={category}]")
    page.select_option("main select[name=purpose]", "assistance")
    page.select_option("main select[name=language]", "ro")
    page.select_option("main select[name=manner]", "spoken")
    page.fill("main input[name=until]", date(2027, 6, 1).isoformat())
    page.locator("main form:has(select[name=receiver]) button[type=submit]").click()


def hand_over(page: Page, case_address: str, receiver: str) -> None:
    """Offer the case: who, what, check, seal and send."""
    page.goto(case_address + "hand-over/")
    page.check(f"main input[name=receiver][value='{receiver}']")
    page.locator("main form:has(input[name=receiver]) button[type=submit]").click()
    form = page.locator("main form:has(input[name=categories])")
    for part in form.locator("input[name=categories]").all():
        part.check()
    page.check("main input[name=needs][value=SAFE_ACCOMMODATION]")
    page.check("main input[name=urgency][value=soon]")
    page.check("main input[name=sex][value=female]")
    page.select_option("main select[name=age]", "25_34")
    page.check("main input[name=languages][value=en]")
    page.select_option("main select[name=other_language]", "ro")
    fill_in(form)
    page.check("main input[name=kind][value=transfer]")
    page.check("main input[name=stage][value=protection]")
    form.locator("button[type=submit]").last.click()


def seal_and_send(page: Page) -> str:
    """Press the last button; returns the thread."""
    page.locator("main button[name=seal]").click()
    page.wait_for_url("**/handovers/**")
    return page.url.rstrip("/").split("/handovers/")[1].split("/")[0]
