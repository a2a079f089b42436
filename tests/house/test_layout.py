"""The shape of the repository: small files, named after what they do, each with its first sentence."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("connect", "people", "referral", "secure_exchange")
FORBIDDEN_STEMS = {"utils", "helpers", "common", "misc", "manager", "util", "helper"}
MARKS_OF_UNFINISHED_WORK = re.compile(r"\b(TODO|FIXME|XXX)\b")
REGISTRY_HOST = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|npmjs\.org|--(extra-)?index-url")


def sources() -> list[Path]:
    """Our own Python files, without migrations."""
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    )


def tracked() -> list[Path]:
    """Every file in version control."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_well_named_and_says_what_it_is_for(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    assert path.stem not in FORBIDDEN_STEMS
    assert ast.get_docstring(ast.parse(text)), "the first sentence is missing"
    assert not MARKS_OF_UNFINISHED_WORK.search(text)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_fifty_lines(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


def test_no_committed_file_names_a_package_registry():
    for path in tracked():
        if path.suffix in {".png", ".woff2", ".xlsx"} or path == Path(__file__):
            continue
        assert not REGISTRY_HOST.search(path.read_text(errors="ignore")), path


def test_the_core_never_names_a_country():
    countries = re.compile(r"""["'](RO|IT|PT)["']""")
    for path in sources():
        if {"countries", "demo", "settings"} & set(path.parts):
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            assert not countries.search(line), f"{path.relative_to(ROOT)}:{number}"
