"""Waiting for a state: long enough for a machine at a third of our speed with four workers on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

WAIT_S, POLL_S = 90.0, 0.05


def _never() -> str:
    return "it never came true"


def wait_until(
    true: Callable[[], T],
    seconds: float = WAIT_S,
    *,
    poll_s: float = POLL_S,
    told: Callable[[], object] = _never,
    meanwhile: type[Exception] | tuple[type[Exception], ...] = (),
) -> T:
    """The first answer of `true` that is true.

    `told`: what to say if there is none in time; `meanwhile`: the exceptions that it may raise until then.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            if answer := true():
                return answer
        except meanwhile:
            pass
        assert time.monotonic() < deadline, told()
        time.sleep(poll_s)
