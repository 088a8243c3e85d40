"""Restarts what supervisord has given up on (FATAL after three quick exits), with a growing pause."""

from __future__ import annotations

import signal
import sys
import time

from runtime.home import Home
from runtime.supervisor import Supervisor, SupervisorDown

POLL_INTERVAL_S, MAX_BACKOFF_S = 1.0, 30.0


def backoff_s(failures: int) -> float:
    """Seconds to wait after so many failed attempts: 1, 2, 4, … 30."""
    return min(MAX_BACKOFF_S, 2.0**failures)


def watch(supervisor: Supervisor) -> None:
    failures: dict[str, int] = {}
    next_try: dict[str, float] = {}
    while True:
        now = time.monotonic()
        for status in supervisor.statuses():
            if status.up and now - next_try.get(status.name, now) > MAX_BACKOFF_S:
                failures.pop(status.name, None)
            if status.state == "FATAL" and now >= next_try.get(status.name, 0):
                print(f"{status.name} was given up ({status.detail}); restarting", flush=True)
                failures[status.name] = failures.get(status.name, -1) + 1
                next_try[status.name] = now + backoff_s(failures[status.name])
                supervisor.start_program(status.name)
        time.sleep(POLL_INTERVAL_S)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        try:
            watch(Supervisor(Home.from_environment()))
        except SupervisorDown:
            time.sleep(POLL_INTERVAL_S)


if __name__ == "__main__":
    main()
