"""The load that one tenant causes, in a process of its own: `python -m tests.bench.neighbours.loads '{…}'`.

It continues until its standard input ends, then prints the number of responses by status.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.neighbours.installation import END, RATE, Neighbour

ROOT = Path(__file__).resolve().parents[3]
READY = "ready\n"
READERS = 20
BATCH = 5_000
TIMES_THE_LIMIT = 10


@contextmanager
def running(kind: str, url: str, loud: Neighbour) -> Iterator[dict[str, int]]:
    """The load while the block runs; its responses by status are available afterwards."""
    load = {"kind": kind, "url": url, "token": loud.token, "sensor": loud.sensors[0], "start": loud.start}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.neighbours.loads", json.dumps(load)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "platform:."},
    )  # fmt: skip
    answers: dict[str, int] = {}
    try:
        assert process.stdout and process.stdout.readline() == READY, f"the load “{kind}” did not start"
        yield answers
    finally:
        out, _ = process.communicate("")
    assert process.returncode == 0, f"the load “{kind}” failed"
    answers |= json.loads(out)


class Client:
    """One kept-alive connection, which obeys Retry-After if it is `patient`."""

    def __init__(self, load: dict[str, Any], over: threading.Event, answers: Counter[str], patient: bool) -> None:
        self._load, self._over, self._answers, self._patient = load, over, answers, patient
        address = urlsplit(load["url"])
        self._http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=90)

    def request(self, method: str, path: str, body: bytes | None = None) -> None:
        self._http.request(method, path, body, {"Authorization": f"Bearer {self._load['token']}"})
        response = self._http.getresponse()
        response.read()
        self._answers[str(response.status)] += 1
        if self._patient and response.status in (429, 503):
            self._over.wait(float(response.headers.get("Retry-After", 1)))


def read_raw(client: Client, load: dict[str, Any], over: threading.Event) -> None:
    path = f"/api/v1/sensors/{load['sensor']}/samples?method=raw&limit=1000&start={load['start']}&end={END}"
    while not over.is_set():
        client.request("GET", path)


def take_percentiles(client: Client, load: dict[str, Any], over: threading.Event) -> None:
    path = f"/api/v1/sensors/{load['sensor']}/statistics?percentiles=5,50,95&start={load['start']}&end={END}"
    while not over.is_set():
        client.request("GET", path)


def write_too_much(client: Client, load: dict[str, Any], over: threading.Event) -> None:
    """Its rate does not depend on the responses."""
    due = time.monotonic()
    for body in itertools.cycle(BODIES):
        if over.is_set():
            return
        client.request("POST", "/write?precision=ms", body)
        due += BATCH / (RATE * TIMES_THE_LIMIT)
        over.wait(max(0.0, due - time.monotonic()))


BODIES: list[bytes] = []


def make_bodies() -> None:
    """Half a minute of them, generated beforehand, as generating them would take CPU time from the measured tenants."""
    first = time.time_ns() // 1_000_000 - 100 * BATCH
    for number in range(30 * RATE * TIMES_THE_LIMIT // BATCH):
        lines = (f"works,sensor=TT-0 value={k % 97} {first + number + 100 * k}" for k in range(BATCH))
        BODIES.append("\n".join(lines).encode())


Work = Callable[[Client, dict[str, Any], threading.Event], None]
LOADS: dict[str, tuple[Work, int, bool]] = {  # what, how many side by side, whether they heed Retry-After
    "stopped": (read_raw, READERS, True),
    "writing": (write_too_much, 1, False),
    "percentiles": (take_percentiles, 1, True),
}


def main() -> None:
    load = json.loads(sys.argv[1])
    work, number, patient = LOADS[load["kind"]]
    over, answers = threading.Event(), Counter[str]()
    if work is write_too_much:
        make_bodies()
    print(READY, end="", flush=True)
    threads = [
        threading.Thread(target=work, args=(Client(load, over, answers, patient), load, over)) for _ in range(number)
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
