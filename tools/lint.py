"""Run every check of the house and say at the end which failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("connect", "people", "referral", "secure_exchange")
DEPLOY = {
    "CONNECT_SECURE": "1",
    "CONNECT_DEMO": "0",
    "CONNECT_NODE_HOST": "ro.connect.example",
    "ALLOWED_HOSTS": "ro.connect.example",
}
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", ("ruff", "format", "--check", ".")),
    ("rules", ("ruff", "check", ".")),
    ("types", ("mypy", *PACKAGES)),
    ("contracts", ("lint-imports", "--cache-dir", ".import_linter_cache")),
    ("templates", ("djlint", "--lint", "--quiet", *PACKAGES)),
    ("deploy", ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")),
    ("catalogues", ("python", "tools/messages.py", "--check")),
    ("migrations", ("python", "manage.py", "makemigrations", "--check", "--dry-run")),
    ("dependencies", ("deptry", ".")),
    ("spelling", ("codespell", *PACKAGES, "docs", "README.md", "--skip", "*.po,*.mo,*/vendor/*,*.csv")),
    ("house", ("python", "-m", "pytest", "-q", "tests/house")),
)


def main() -> int:
    """Run the named checks, or all of them."""
    wanted = set(sys.argv[1:])
    failed = []
    for name, (program, *words) in CHECKS:
        if wanted and name not in wanted:
            continue
        print(f"== {name}", flush=True)
        if subprocess.run(
            [str(BIN / program), *words], cwd=ROOT, env=os.environ | DEPLOY, check=False
        ).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
