"""The clock. Views, commands and workers read it here; everything below takes the time as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Epoch ms."""
    return time.time_ns() // 1_000_000


def now() -> datetime:
    """The same moment as the relational database stores it."""
    return datetime.now(UTC)
