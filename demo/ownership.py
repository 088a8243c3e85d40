"""Whether a demo stops the platform when it exits: if a demo started it, even one that was killed since."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.home import Home, write_private
from runtime.supervisor import Supervisor


class AlreadyOpen(Exception):
    """Another demo of this installation is running or starting."""


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the lock that only one demo can have. Raises AlreadyOpen."""
    with (home.run / "demo.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyOpen from None
        yield


def is_ours(home: Home) -> bool:
    """Whether the platform is down, or was started by a demo that has ended since (we hold the lock)."""
    mark = home.run / "demo.owner"
    return not Supervisor(home).is_up() or (mark.exists() and mark.read_text() == _supervisor(home))


def own(home: Home) -> None:
    """Record that a demo started the running platform."""
    write_private(home.run / "demo.owner", _supervisor(home))


def _supervisor(home: Home) -> str:
    """The process id of the running supervisord."""
    try:
        return (home.run / "supervisord.pid").read_text().strip()
    except FileNotFoundError:
        return "none"
