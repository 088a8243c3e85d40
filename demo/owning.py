"""Who ends the platform: a demo that started it, also after that demo was killed and another took its place."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.home import Home, write_private
from runtime.supervisor import Supervisor


class AlreadyOpen(Exception):
    """Another demo of this installation is open, or is being opened."""


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Raises AlreadyOpen."""
    with (home.run / "demo.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyOpen from None
        yield


def is_ours(home: Home) -> bool:
    """Whether the platform is down, or was started by a demo (one that is gone, or this one would not be asked)."""
    mark = home.run / "demo.owner"
    return not Supervisor(home).is_up() or (mark.exists() and mark.read_text() == _supervisor(home))


def own(home: Home) -> None:
    """Call once the platform is up, if it is ours."""
    write_private(home.run / "demo.owner", _supervisor(home))


def _supervisor(home: Home) -> str:
    """The process id of the supervisord that runs."""
    try:
        return (home.run / "supervisord.pid").read_text().strip()
    except FileNotFoundError:
        return "none"
