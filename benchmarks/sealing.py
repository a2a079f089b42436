"""How fast are files sealed and opened, beside what limits them? Prints a table; the goal is for 100 MiB.

Measured in one run, in turns, so that a busy moment touches all alike: sealing and opening with our age from
a file into a new one; ChaCha20-Poly1305 alone over the same chunks in memory; a plain copy in pieces of one
MiB; and pyrage (age in Rust, with a classical recipient) by its `encrypt_io` and `decrypt_io`. Each figure is
the median of its turns.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyrage  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from secure_exchange import age
from secure_exchange.age.stream import CHUNK_BYTES, TAG_BYTES


MIB: Final = 1024 * 1024
SIZES: Final = {"1 KiB": 1024, "1 MiB": MIB, "100 MiB": 100 * MIB}
TURNS: Final = {"1 KiB": 300, "1 MiB": 100, "100 MiB": 25}
OURS, CIPHER, COPY, PYRAGE = "ours", "cipher", "copy", "pyrage"
OF_COPY: Final = 0.5
OF_PYRAGE: Final = 2.0

Action = Callable[[], None]


def _median(actions: Mapping[str, Action], turns: int) -> dict[str, float]:
    """Seconds of the middle turn of each."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    order = deque(actions.items())
    for _ in range(turns):
        order.rotate(1)  # what comes after a large file was written finds the disk busy
        for name, action in order:
            start = time.perf_counter()
            action()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def _between(source: Path, target: Path, action: Callable[..., object], *keys: object) -> Action:
    def run() -> None:
        with source.open("rb") as reading, target.open("wb") as writing:
            action(reading, writing, *keys)

    return run


def _copy(reading: BinaryIO, writing: BinaryIO) -> None:
    buffer = memoryview(bytearray(MIB))
    readinto: Any = reading.readinto  # type: ignore[attr-defined]
    while count := readinto(buffer):
        writing.write(buffer[:count])


def _cipher(size: int, *, opening: bool) -> Action:
    cipher = ChaCha20Poly1305(bytes(32))
    nonce = bytes(12)
    plain = memoryview(bytearray(min(size, CHUNK_BYTES)))
    sealed = memoryview(bytearray(len(plain) + TAG_BYTES))
    cipher.encrypt_into(nonce, plain, None, sealed)

    def run() -> None:
        for _ in range(0, size, CHUNK_BYTES):
            if opening:
                cipher.decrypt_into(nonce, sealed, None, plain)
            else:
                cipher.encrypt_into(nonce, plain, None, sealed)

    return run


def _measure(folder: Path, size: int, turns: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds for sealing and for opening, by who does it."""
    plain, sealed, foreign, target = (folder / name for name in ("plain", "sealed", "foreign", "target"))
    plain.write_bytes(os.urandom(size))
    ours = age.Identity.generate()
    theirs = pyrage.x25519.Identity.generate()
    sealing = {
        OURS: _between(plain, sealed, age.encrypt, [ours.recipient]),
        CIPHER: _cipher(size, opening=False),
        COPY: _between(plain, target, _copy),
        PYRAGE: _between(plain, foreign, pyrage.encrypt_io, [theirs.to_public()]),
    }
    opening = {
        OURS: _between(sealed, target, age.decrypt, [ours]),
        CIPHER: _cipher(size, opening=True),
        COPY: _between(plain, target, _copy),
        PYRAGE: _between(foreign, target, pyrage.decrypt_io, [theirs]),
    }
    return _median(sealing, turns), _median(opening, turns)


def _row(title: str, size: int, seconds: Mapping[str, float]) -> str:
    speeds = "".join(f"{size / MIB / taken:>9,.0f}" for taken in seconds.values())
    ratios = "".join(f"{seconds[peer] / seconds[OURS]:>10.2f}" for peer in (CIPHER, COPY, PYRAGE))
    return f"{title:<14}{seconds[OURS] * 1e3:>9.2f} ms{speeds}{ratios}"


def _verdict(verb: str, seconds: Mapping[str, float]) -> str:
    of_copy = seconds[COPY] / seconds[OURS]
    of_pyrage = seconds[PYRAGE] / seconds[OURS]
    met = "met" if of_copy >= OF_COPY and of_pyrage >= OF_PYRAGE else "missed"
    goal = f"to {verb} 100 MiB at {OF_COPY} of a copy's speed and {OF_PYRAGE} of pyrage's"
    return f"Goal {goal}: {of_copy:.2f} and {of_pyrage:.2f}, {met}"


def main() -> None:
    """Print the table, and whether the goal is met."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"Sealing and opening, file to file, in MiB/s ({machine})")
    peers = "".join(f"{name:>9}" for name in (OURS, CIPHER, COPY, PYRAGE))
    print(f"{'':<14}{'ours':>12}{peers}" + "".join(f"{'/ ' + name:>10}" for name in (CIPHER, COPY, PYRAGE)))
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        for title, size in SIZES.items():
            sealing, opening = _measure(Path(folder), size, TURNS[title])
            print(_row(f"{title} seal", size, sealing))
            print(_row(f"{title} open", size, opening))
            verdicts = [_verdict("seal", sealing), _verdict("open", opening)]
    print("\n".join(verdicts))


if __name__ == "__main__":
    main()
