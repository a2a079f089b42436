"""Every text has its Italian, Portuguese and Romanian, finished and with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest


ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"it", "pt", "ro"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CEDILLA = re.compile("[şţŞŢ]")
CATALOGUES = sorted(
    path
    for package in ("connect", "people", "referral", "secure_exchange")
    for path in (ROOT / package).rglob("locale/*/LC_MESSAGES/django.po")
)


def test_each_home_of_texts_has_all_three_languages():
    homes = {path.parents[2] for path in CATALOGUES}
    assert homes
    for home in homes:
        assert {path.parents[1].name for path in CATALOGUES if path.parents[2] == home} == LANGUAGES, home


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_is_missing_or_unsure(path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_placeholders_survive_translation(path):
    for entry in polib.pofile(str(path)):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if not text:
                continue
            wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
            assert set(PLACEHOLDER.findall(text)) <= wanted, entry.msgid
            if not entry.msgid_plural:
                assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(entry.msgid)), (
                    entry.msgid
                )


@pytest.mark.parametrize("path", [p for p in CATALOGUES if p.parents[1].name == "ro"], ids=str)
def test_romanian_is_written_with_commas_below(path):
    assert not CEDILLA.search(path.read_text())
