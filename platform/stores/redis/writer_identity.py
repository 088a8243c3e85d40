"""Who holds a writer's lease: the process, in words that another process on the same machine can check."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path

_START_TIME = 19  # the field of /proc/PID/stat, counted behind the command's closing parenthesis


def own_identity() -> str:
    """Unique among all processes that ever ran here: host, PID namespace, PID and when it started."""
    return _identity(os.getpid())


def has_ended(identity: str) -> bool:
    """Whether it was a process of this machine and container and is none any more; False if that is not known."""
    machine, _, process = identity.rpartition("/")
    pid, _, started = process.partition(".")
    if machine != _machine() or not pid.isdigit():
        return False
    return _start_time(int(pid)) != started


@lru_cache(maxsize=4)  # by process, as it may be forked
def _identity(pid: int) -> str:
    return f"{_machine()}/{pid}.{_start_time(pid)}"


def _machine() -> str:
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = "unknown"
    return f"{socket.gethostname()}/{namespace}"


def _start_time(pid: int) -> str:
    """In clock ticks since the machine's start; empty if there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[_START_TIME]
