"""Each import contract holds, and fails when it is broken on purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("connect", "people", "referral", "secure_exchange")
LINT = Path(sys.executable).parent / "lint-imports"
BROKEN = {
    "an exchange that knows cases": ("secure_exchange/outbox.py", "import referral.models"),
    "people that know cases": ("people/joining.py", "import referral.models"),
    "a rule that reads the database": ("referral/rules/coverage.py", "import referral.models"),
    "a rule that knows Django": ("referral/rules/coverage.py", "import django.utils.timezone"),
    "a room nobody named": ("referral/utils.py", ""),
    "a room nobody named in the exchange": ("secure_exchange/shared.py", ""),
    "a room nobody named in the flows": ("referral/flows/shared.py", ""),
    "a country that knows another": ("referral/countries/it/law.py", "import referral.countries.ro.law"),
    "a core that knows a country": ("referral/flows/stages.py", "import referral.countries.pt.law"),
    "a country that reads cases": ("referral/countries/ro/flows.py", "import referral.models"),
    "a format that knows Django": ("secure_exchange/manifest.py", "import django.conf"),
    "a cipher in the record": ("referral/record/reading.py", "import cryptography"),
    "a worker with keys": ("referral/tasks.py", "import people.keys.unlock"),
    "settings read past Django": ("people/forms.py", "import connect.settings.base"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts on this tree."""
    return subprocess.run(
        [str(LINT), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(folder)},
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.mo", "__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_holds(tree):
    answer = lint(tree)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", BROKEN)
def test_a_contract_broken_on_purpose_is_noticed(tree, name):
    path, line = BROKEN[name]
    target = tree / path
    before = target.read_text() if target.exists() else None
    target.write_text((before or '"""Stray."""\n') + f"\n{line}\n")
    try:
        assert lint(tree).returncode != 0
    finally:
        target.write_text(before) if before is not None else target.unlink()
