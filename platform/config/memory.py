"""Returns memory to the system: after large responses malloc keeps free chunks scattered over many pages.

The first requests build what all others use, such as what operations declare. That leaves cycles behind, which Python
would keep for hours, as it is told to look for them rarely.
"""

from __future__ import annotations

import ctypes
import gc
import threading
import time

INTERVAL_S = 5.0


def trim() -> bool:
    """Return free pages to the system; True if there were any. Does nothing without glibc."""
    function = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return bool(function(0)) if function is not None else False


def start_trimming(interval_s: float = INTERVAL_S) -> None:
    """Trim periodically on a background thread. A trim takes some milliseconds and does not block other threads."""
    threading.Thread(target=_trim_periodically, args=(interval_s,), name="trim", daemon=True).start()


def _trim_periodically(interval_s: float) -> None:
    time.sleep(interval_s)
    gc.collect()
    gc.freeze()
    while True:
        trim()
        time.sleep(interval_s)
