"""What the browser's main thread does for each frame, from Chromium's own trace.

Work is the CPU time of the thread's tasks (`tdur` of the trace). Their time by the clock contains waiting for a
processor, and so depends on what else the machine does: here the servers and Chromium's rasterizing in software.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page

CATEGORIES = "blink.user_timing,disabled-by-default-devtools.timeline,toplevel,__metadata"
FRAME_MS = 1000 / 60
_TASKS = ("RunTask", "ThreadControllerImpl::RunTask")  # the first of these that the trace has
_FRAME = "plantrace frame"

# One entry for each frame that the page could paint.
_COUNT = """() => {
    window.__frames = [];
    const count = (now) => {
        performance.mark('plantrace frame');
        window.__frames.push(now);
        window.__counting = requestAnimationFrame(count);
    };
    window.__counting = requestAnimationFrame(count);
}"""
_COUNTED = "() => { cancelAnimationFrame(window.__counting); return window.__frames; }"


@dataclass(frozen=True)
class Frames:
    """`work_ms`: CPU time of the main thread, for each frame. `elapsed_ms`: of the same tasks, by the clock.

    `dropped`: the share of frames that were due and not painted.
    """

    work_ms: list[float]
    elapsed_ms: list[float]
    dropped: float

    @property
    def p95_ms(self) -> float:
        return float(np.percentile(self.work_ms, 95))

    @property
    def median_ms(self) -> float:
        return float(np.median(self.work_ms))

    @property
    def elapsed_p95_ms(self) -> float:
        return float(np.percentile(self.elapsed_ms, 95))


def measure(page: Page, act: Callable[[], None]) -> Frames:
    """While `act` runs."""
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    session.send("Tracing.start", {"categories": CATEGORIES, "transferMode": "ReportEvents"})
    page.evaluate(_COUNT)
    act()
    frames = page.evaluate(_COUNTED)
    _end(page, session)
    work, elapsed = _spent(events)
    return Frames(work, elapsed, _dropped(frames))


def _end(page: Page, session: CDPSession) -> None:
    over: list[bool] = []
    session.on("Tracing.tracingComplete", lambda _: over.append(True))
    session.send("Tracing.end")
    deadline = time.monotonic() + 60
    while not over and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert over, "Chromium did not finish its trace"
    session.detach()


def _spent(events: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """CPU time and elapsed time of all tasks between the beginnings of two frames, ms."""
    mains = [
        (each["pid"], each["tid"])
        for each in events
        if each.get("name") == "thread_name" and each["args"].get("name") == "CrRendererMain"
    ]
    begins: dict[tuple[int, int], list[float]] = {main: [] for main in mains}
    for each in events:
        if each.get("name") == _FRAME and (each["pid"], each["tid"]) in begins:
            begins[each["pid"], each["tid"]].append(each["ts"])
    main = max(begins, key=lambda each: len(begins[each]))
    starts = sorted(begins[main])
    assert len(starts) > 30, "too few frames"
    tasks = [each for each in events if each.get("ph") == "X" and (each["pid"], each["tid"]) == main]
    name = next(name for name in _TASKS if any(each["name"] == name for each in tasks))
    work, elapsed = [0.0] * len(starts), [0.0] * len(starts)
    for each in tasks:
        if each["name"] == name:
            frame = bisect_right(starts, each["ts"] + each["dur"]) - 1  # a frame's own task ends after its mark
            if 0 <= frame < len(work):
                work[frame] += each["tdur"] / 1000
                elapsed[frame] += each["dur"] / 1000
    return work[1:-1], elapsed[1:-1]


def _dropped(frames: list[float]) -> float:
    gaps = np.diff(np.array(frames))
    due = np.maximum(1, np.round(gaps / FRAME_MS))
    return float((due - 1).sum() / due.sum())
