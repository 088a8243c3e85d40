"""Temporary folders that do not outlive their process: the next one removes those of a killed process."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.home import locked

PREFIX = "scratch-"


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A private folder below `parent`, removed at the end. A live owner holds a lock on its folder."""
    with locked(parent / ".scratch.lock"):
        for folder in parent.glob(f"{PREFIX}*"):
            _remove_if_abandoned(folder)
        mine = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        handle = os.open(mine, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)
        os.close(handle)


def _remove_if_abandoned(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return  # its owner has just removed it
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)
