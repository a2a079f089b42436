"""Write constraints.txt: names, versions and hashes in three parts, and never a host.

Each part holds only what the parts before it do not, so that `./run demo` installs the first
alone. Needs `uv` on the path; run it by `./run lock` after changing a dependency.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
PARTS = {"run": (), "test": ("test",), "lint": ("test", "lint"), "benchmark": ("test", "lint", "benchmark")}


def compile_pins(extras: tuple[str, ...], constraint: Path | None) -> dict[str, str]:
    """Resolve the project with these extras; the answer maps a name to its pinned lines."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("uv is not on the path: install it, then run ./run lock again")
    command = [uv, "pip", "compile", "pyproject.toml", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "-q"]
    command += [word for extra in extras for word in ("--extra", extra)]
    command += ["-c", str(constraint)] if constraint else []
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {re.split(r"[=\[; ]", block)[0]: block for block in re.split(r"\n(?=\S)", answer.stdout.strip())}


def main() -> None:
    """Resolve everything once, then cut it into parts."""
    target = ROOT / "constraints.txt"
    everything = compile_pins(PARTS["benchmark"], None)
    target.write_text("\n".join(everything.values()) + "\n")
    seen: set[str] = set()
    lines: list[str] = []
    for part, extras in PARTS.items():
        names = set(compile_pins(extras, target)) - seen
        seen |= names
        lines += [f"# part: {part}", *(everything[name] for name in sorted(names))]
    target.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
