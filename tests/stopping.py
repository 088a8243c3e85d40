"""A stopped server: the kernel accepts connections, but nothing answers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_S = 30


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    stop(pid)
    try:
        yield
    finally:
        resume(pid)


def stop(pid: int) -> None:
    """Until no thread runs. One gets the signal and stops the others once it has a processor, or its disk answers."""
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + STOP_S
    while not set(_states(pid)) <= {"T", "t", "Z", "X"}:
        assert time.monotonic() < deadline, f"process {pid} goes on {STOP_S} s after SIGSTOP"
        time.sleep(0.001)


def resume(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def _states(pid: int) -> Iterator[str]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended
            yield (task / "stat").read_text().rpartition(")")[2].split()[0]
