"""Starts again what supervisord has given up (FATAL after three quick exits), with a growing pause."""

from __future__ import annotations

import signal
import sys
import time

from runtime.home import Home
from runtime.supervisor import Supervisor, SupervisorDown

EVERY_S, LONGEST_S = 1.0, 30.0


def due(failures: int) -> float:
    """Seconds to wait before the next try after so many failed ones: 1, 2, 4, … 30."""
    return min(LONGEST_S, 2.0**failures)


def watch(supervisor: Supervisor) -> None:
    failures: dict[str, int] = {}
    next_try: dict[str, float] = {}
    while True:
        now = time.monotonic()
        for status in supervisor.statuses():
            if status.up and now - next_try.get(status.name, now) > LONGEST_S:
                failures.pop(status.name, None)
            if status.state == "FATAL" and now >= next_try.get(status.name, 0):
                print(f"{status.name} is given up ({status.detail}); starting it again", flush=True)
                failures[status.name] = failures.get(status.name, -1) + 1
                next_try[status.name] = now + due(failures[status.name])
                supervisor.start_program(status.name)
        time.sleep(EVERY_S)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        try:
            watch(Supervisor(Home.from_environment()))
        except SupervisorDown:
            time.sleep(EVERY_S)


if __name__ == "__main__":
    main()
