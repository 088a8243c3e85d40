"""Giving memory back: what large answers took stays in free lists of malloc, spread over pages that are kept."""

from __future__ import annotations

import ctypes
import threading
import time

INTERVAL_S = 20.0


def trim() -> bool:
    """Return all free pages to the system; whether any were. Needs glibc: elsewhere it does nothing."""
    function = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return bool(function(0)) if function is not None else False


def keep_lean(interval_s: float = INTERVAL_S) -> None:
    """From now on, on a thread of this process. A trim takes some milliseconds, beside which others go on."""
    threading.Thread(target=_trim_now_and_then, args=(interval_s,), name="trim", daemon=True).start()


def _trim_now_and_then(interval_s: float) -> None:
    while True:
        time.sleep(interval_s)
        trim()
