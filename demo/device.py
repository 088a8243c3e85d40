"""The simulated plant as a device: line protocol over HTTP every few seconds, and nothing lost while nobody answers."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Event

import structlog

from demo.plant import Plant
from demo.plant.clock import HOUR, MINUTE
from demo.plant.readings import STATES

log = structlog.get_logger()

STEP = 5_000  # ms between live samples
BATCH = 5 * MINUTE  # of plant time in one request
BUFFER_MS = 2 * HOUR  # of unsent samples; what is older comes as history later
TIMEOUT_S = 10.0
TRIES = 6  # a refusal names at most 20 lines
_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)


class Answer(Enum):
    taken = "taken"
    refused = "refused"  # it will never be taken
    later = "later"


Send = Callable[[bytes], Answer]


@dataclass
class Device:
    """Sends all samples after `sent` (ms). `taken` is told each span that the platform has acknowledged."""

    plant: Plant
    site: str
    send: Send
    sent: int
    taken: Callable[[int, int], None] = lambda start, end: None

    def run(self, stop: Event, clock: Callable[[], float] = time.time) -> None:
        failures = 0
        while not stop.is_set():
            now = int(clock() * 1000) // STEP * STEP
            if self.step(now):
                failures = 0
                wait = (now + STEP) / 1000 - clock() if self.sent >= now else 0.0
            else:
                wait = _PAUSES_S[min(failures, len(_PAUSES_S) - 1)]
                failures += 1
            stop.wait(max(wait, 0.0))

    def step(self, now: int) -> bool:
        """Send the oldest batch that is not sent yet. Whether it was taken (or can never be)."""
        self.sent = max(self.sent, now - BUFFER_MS)
        start, end = self.sent, min(now, self.sent + BATCH)
        if start >= end:
            return True
        answer = self.send(lines(self.plant, self.site, start + 1, end + 1))
        if answer is Answer.later:
            return False
        if answer is Answer.taken:
            self.taken(start, end)
        self.sent = end
        return True


def lines(plant: Plant, site: str, start: int, end: int) -> bytes:
    """Line protocol of the readings in [start, end), times in ms."""
    samples = plant.samples(start, end, STEP)
    out = []
    for tag in samples.values:
        head = f"{site},sensor={tag} value="
        text = "{}{:.0f} {}" if tag in STATES else "{}{:.10g} {}"
        times, values = samples.times(tag).tolist(), samples.of(tag).tolist()
        out += [text.format(head, value, t) for t, value in zip(times, values, strict=True)]
    return "\n".join(out).encode()


@dataclass(frozen=True, slots=True)
class HttpSender:
    """`POST /write` with a device's token."""

    url: str
    token: str

    def __call__(self, body: bytes) -> Answer:
        """A batch is taken or refused as a whole, so lines that are refused (a deleted sensor) are left out."""
        for _ in range(TRIES):
            status, answer = self._post(body)
            if status != 400:
                break
            body = without(body, answer)
            if not body:
                return Answer.refused
        if status == 204:
            return Answer.taken
        return Answer.refused if status in (400, 413) else Answer.later

    def _post(self, body: bytes) -> tuple[int, bytes]:
        """Status (0: nobody answers) and body."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "text/plain"}
        request = urllib.request.Request(f"{self.url}/write?precision=ms", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                return response.status, b""
        except urllib.error.HTTPError as error:
            answer = error.read(100_000)
            log.warning(
                "The platform rejected a batch", status=error.code, answer=answer[:300].decode(errors="replace")
            )
            return error.code, answer
        except (OSError, http.client.HTTPException) as error:
            log.warning("The platform does not answer; samples are kept", error=str(error))
            return 0, b""


def without(body: bytes, problem: bytes) -> bytes:
    """The lines that a refusal does not name; nothing if it names none."""
    try:
        wrong = {int(each["line"]) for each in json.loads(problem)["lines"]}
    except (ValueError, KeyError, TypeError):
        return b""
    return b"\n".join(line for number, line in enumerate(body.split(b"\n"), start=1) if number not in wrong)
