"""Our processes, found by a marker in their environment: never anybody else's, whatever their id or name."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def marked_processes(name: str, value: str) -> list[int]:
    """Ids of this user's running processes that were started with `name=value` in their environment."""
    mark = f"{name}={value}".encode()
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and int(entry.name) != os.getpid() and mark in _environment(entry)
    ]


def end_marked(name: str, value: str, grace_s: float = 10) -> None:
    """Stop them all: SIGTERM, then SIGKILL after the grace period."""
    if name in os.environ and os.environ[name] == value:
        return  # called by one of them: supervisord, our parent, does it
    deadline = time.monotonic() + grace_s
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        for pid in marked_processes(name, value):
            _signal(pid, wanted)
        while marked_processes(name, value) and time.monotonic() < deadline:
            time.sleep(0.05)
        deadline = time.monotonic() + 2


def end_with_parent(parent: int) -> None:
    """Kill this process as soon as its parent, which has that id, ends."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def is_alive(pid: int) -> bool:
    """Whether the process is running; a zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _environment(entry: Path) -> list[bytes]:
    try:
        return (entry / "environ").read_bytes().split(b"\0") if is_alive(int(entry.name)) else []
    except OSError:
        return []


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
