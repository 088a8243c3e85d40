"""A few of what arrives, for whoever watches its source. Costs a look-up a second and source while nobody does."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ingest.letters import Origin
from kernel.tenancy import TenantConnection
from web import stream

POLL_INTERVAL_S, SHOW_INTERVAL_S = 1.0, 0.25  # in one process, of one source
MAX_ARRIVALS, MAX_REFUSED = 5, 2  # of one batch
MAX_CHARS = 400  # of one arrival, and of its reason
MAX_REMEMBERED = 1_000  # sources

_watched: dict[tuple[str, str], tuple[bool, float]] = {}  # until when that is believed
_shown: dict[tuple[str, str], float] = {}
_guard = threading.Lock()

Verbatim = Callable[[Sequence[Any]], Iterable[bytes]]


def show_arrivals(
    tenant: TenantConnection,
    origin: Origin,
    positions: Iterable[Any],
    refused: Sequence[tuple[Any, str]],
    taken: int,
    verbatim: Verbatim,
    now_ms: int,
) -> None:
    """`refused`: the positions of the first refused ones, in order, and why; `taken`: how many samples or events the
    batch had. Positions are opaque: they may be neither sorted nor looked up.
    """
    source = origin.via or origin.source
    if not _is_due(tenant, source):
        return
    chosen = list(_chosen(positions, refused))
    arrivals = [
        {"text": item[: MAX_CHARS * 4].decode(errors="replace")[:MAX_CHARS], "reason": reason[:MAX_CHARS]}
        for (_, reason), item in zip(chosen, verbatim([at for at, _ in chosen]), strict=True)
    ]
    sender = (origin.sender or origin.address)[:100]
    stream.show(tenant, source, {"at": now_ms, "of": taken, "sender": sender, "arrivals": arrivals})


def _chosen(positions: Iterable[Any], refused: Sequence[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    """The first refused ones and the first others, in the order of the batch, and why they were refused."""
    wrong = min(MAX_REFUSED, len(refused))
    others, waiting = MAX_ARRIVALS - wrong, deque(refused)
    for at in positions:
        if waiting and at == waiting[0][0]:
            if wrong:
                yield waiting[0]
                wrong -= 1
            waiting.popleft()
        elif others:
            yield at, ""
            others -= 1
        if not wrong and not others:
            return


def _is_due(tenant: TenantConnection, source: str) -> bool:
    key, now = (tenant.prefix, source), time.monotonic()
    watched, until = _watched.get(key, (False, 0.0))
    if now >= until:
        watched = stream.is_watched(tenant, source)
        with _guard:
            if len(_watched) >= MAX_REMEMBERED:
                _watched.clear()
            _watched[key] = watched, now + POLL_INTERVAL_S
    if not watched:
        return False
    with _guard:
        if now - _shown.get(key, -SHOW_INTERVAL_S) < SHOW_INTERVAL_S:
            return False
        if len(_shown) >= MAX_REMEMBERED:
            _shown.clear()
        _shown[key] = now
    return True
