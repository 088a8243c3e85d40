"""Processes of ours, known by id and start time, or by a mark in their environment: never another's."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

MARK = "PLANTRACE_TESTBED_RUN"  # names the run in the environment of all that it starts, and of what those start


class Identity(msgspec.Struct, frozen=True):
    """An id alone may have been given to another process meanwhile."""

    pid: int
    started: int  # in ticks since the machine's start, as /proc tells it


def identify(pid: int) -> Identity | None:
    """None where there is no such process, or only its corpse."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else Identity(pid, int(fields[19]))


def is_running(identity: Identity) -> bool:
    return identify(identity.pid) == identity


def marked(run: str) -> list[Identity]:
    """Living processes whose environment names that run."""
    mark = f"{MARK}={run}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(identify(int(entry.name)))
    return [identity for identity in found if identity and identity.pid != os.getpid()]


def end(identities: Iterable[Identity], grace_s: float = 10) -> None:
    """SIGTERM, and SIGKILL after the grace."""
    left = list(identities)
    for number, patience in ((signal.SIGTERM, grace_s), (signal.SIGKILL, 5.0)):
        for identity in left:
            send(identity, number)
        deadline = time.monotonic() + patience
        while (left := [each for each in left if is_running(each)]) and time.monotonic() < deadline:
            time.sleep(0.05)


def send(identity: Identity, number: int) -> None:
    if is_running(identity):
        with contextlib.suppress(ProcessLookupError):
            os.kill(identity.pid, number)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(identity.pid, os.WNOHANG)  # where it is a child of ours
