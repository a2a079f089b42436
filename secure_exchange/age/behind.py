"""Write block after block in a thread beside, while the next is sealed or opened.

To take new pages for a file costs the system about as much as sealing costs us, and needs no Python: done
side by side, a large file is through in the time of the slower of the two.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, Final, cast


WORTH_BYTES: Final = 256 * 1024
"""Blocks below this are written at once: handing them over would cost more."""


def write_all(target: BinaryIO, view: memoryview) -> None:
    """Write all of `view`: an unbuffered file may take only a part at a time."""
    while view:
        # Some file-like objects answer nothing and mean everything.
        written = cast(int | None, target.write(view))
        view = view[len(view) if written is None else written :]


class WritingBehind:
    """Takes blocks for `target` in their order; a block stays untouched until the next one is taken.

    What writing raises is raised by whatever is called next. Nothing is written after `settle` has returned.
    """

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._thread: ThreadPoolExecutor | None = None
        self._under_way: Future[None] | None = None

    def write(self, block: memoryview) -> None:
        """Take the next block; returns when the one before is written."""
        self._wait()
        if len(block) < WORTH_BYTES:
            write_all(self._target, block)
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "age-writing")
        self._under_way = self._thread.submit(write_all, self._target, block)

    def settle(self) -> None:
        """Return when everything is written; the thread is given back."""
        try:
            self._wait()
        finally:
            if self._thread is not None:
                self._thread.shutdown()
                self._thread = None

    def abandon(self) -> None:
        """Return when nothing is being written any more; what came of it does not matter."""
        if self._under_way is not None:
            self._under_way.exception()
            self._under_way = None
        self.settle()

    def _wait(self) -> None:
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            under_way.result()
