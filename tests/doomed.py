"""Makes a step of a forked process deadly."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any


def doom(owner: Any, method: str, moment: str, turn: int, counts: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Its call of that number, from any thread, kills the process "before" or "after" what it does. `counts`: whether a
    call has a number, by its arguments.
    """
    real: Callable[..., Any] = getattr(owner, method)
    numbers = itertools.count(1)  # threads take theirs one by one

    def deadly(*args: Any, **kwargs: Any) -> Any:
        number = next(numbers) if counts(*args, **kwargs) else 0
        if number == turn and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **kwargs)
        if number == turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, method, deadly)
