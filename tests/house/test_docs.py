"""What the pages say is there, is there: links, pictures, verbs, commands, dependencies, settings, matrix."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from people.roles import CATEGORIES, LEVELS, Level


ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
VERB = re.compile(r"\./run ([a-z][a-z-]*)")
COMMAND = re.compile(r"(?:\./run manage|manage\.py) ([a-z_]+)")
SETTING = re.compile(r"""env\.\w+\(\s*"([A-Z_]+)\"""")
LARGEST_PICTURE = 120_000
NEVER = "\N{EN DASH}"


def pages() -> list[Path]:
    """Every Markdown page that belongs to the repository."""
    known = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(known, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in sorted(listed.stdout.splitlines()) if (ROOT / line).is_file()]


def anchor(heading: str) -> str:
    """How a heading is called in an address."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_leads_somewhere(page):
    for target in LINK.findall(page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, place = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if place:
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert place in {anchor(heading) for heading in headings}, target


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_verb_and_every_command_exists(page):
    text = page.read_text()
    verbs = set(
        re.findall(
            r"^    ([a-z|-]+)\)", (ROOT / "run").read_text().replace("help|--help|-h", "help"), re.MULTILINE
        )
    )
    assert len(verbs) > 5
    assert set(VERB.findall(text)) <= verbs
    assert set(COMMAND.findall(text)) <= set(get_commands())


def test_every_picture_is_shown_and_small():
    shown = {
        (page.parent / target).resolve() for page in pages() for target in LINK.findall(page.read_text())
    }
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture in shown, f"{picture.name} is on no page"
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name


def test_every_dependency_says_what_it_is_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = project["optional-dependencies"].values()
    said = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text().lower()
    for requirement in [*project["dependencies"], *(each for group in groups for each in group)]:
        named = re.split(r"[\[<>=~! ]", requirement)[0].lower()
        short = named.removeprefix("pytest")
        assert named in said or (short.startswith("-") and short in said), f"{named} is not in decision 0002"


def test_every_setting_is_explained_and_every_explained_one_is_read():
    read = set(SETTING.findall((ROOT / "connect" / "settings" / "environment.py").read_text()))
    page = (ROOT / "docs" / "administrators.md").read_text()
    assert len(read) > 15
    for setting in read:
        assert f"`{setting}`" in page, setting
    explained = {
        found
        for row in re.findall(r"^\| (`[A-Z_`, ]+) \|", page, re.MULTILINE)
        for found in re.findall(r"[A-Z_]{6,}", row)
    }
    assert explained <= read


def test_the_page_shows_the_matrix_as_it_is():
    page = (ROOT / "docs" / "keys-and-access.md").read_text()
    rows = {
        cells[0]: cells[1:]
        for line in page.splitlines()
        if len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 1 + len(CATEGORIES)
    }
    assert rows["role"] == list(CATEGORIES)
    for role, levels in LEVELS.items():
        shown = [NEVER if levels[each] is Level.NEVER else levels[each].value for each in CATEGORIES]
        assert rows[role.value.replace("_", " ")] == shown
