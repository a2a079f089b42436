"""`./run benchmark [name …]`: every measurement, or the named ones."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path


NAMES = ("sealing", "steps", "offer_to_screen")


def processor() -> str:
    """The name of the processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )


def main() -> int:
    """Print the machine, then each table."""
    names = sys.argv[1:] or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        print(
            f"There is no benchmark called {', '.join(unknown)}; there are {', '.join(NAMES)}.",
            file=sys.stderr,
        )
        return 2
    print(f"{os.cpu_count()} cores, {processor()}, Python {platform.python_version()}, {platform.system()}")
    for name in names:
        print(f"\n{name}")
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
