"""Copies of SQLite databases that are in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

BUSY_S = 30.0


def copy_sqlite(source: Path, target: Path) -> None:
    """Make a consistent copy while others read and write."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=BUSY_S)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
