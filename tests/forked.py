"""Processes that tests kill, forked from one that has imported their programs, which costs a second each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.forkserver import ensure_running
from typing import Any

import pytest

from tests.isolation import ROOT

PROGRAMS = (
    "tests.ingest.doomed_writer", "tests.ingest.doomed_bulk_writer", "tests.historian.doomed_ladder",
    "tests.catalog.doomed_deletion", "tests.alarms.doomed_evaluator",
    "tests.alarms.doomed_notifier", "tests.alarms.doomed_publisher",
    "tests.work.doomed_round",
)  # fmt: skip

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(list(PROGRAMS))


class Forked:
    """As `subprocess.Popen` presents a process."""

    def __init__(self, program: Callable[..., None], *arguments: Any) -> None:
        with pytest.MonkeyPatch.context() as patch:  # the server finds the programs before it is told of our path
            patch.setenv("PYTHONPATH", os.pathsep.join(map(str, (ROOT / "platform", ROOT))))
            ensure_running()
        self._process = _context.Process(target=program, args=arguments, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; the negative number of the signal that killed it. Raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@contextmanager
def forked(program: Callable[..., None], *arguments: Any) -> Iterator[Forked]:
    """`program(*arguments)` in a process of its own, which is killed in the end."""
    process = Forked(program, *arguments)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
