"""The simulated plant as a device: sends line protocol over HTTP, and buffers while the platform is down."""

from __future__ import annotations

import http.client
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
BUFFER_MS = 2 * HOUR  # of unsent samples; older ones are written as history later
TIMEOUT_S = 10.0
PARTIAL_WRITE = b"partial write"
_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)


class Outcome(Enum):
    accepted = "accepted"
    rejected = "rejected"  # permanently
    retry = "retry"


Send = Callable[[bytes], Outcome]


@dataclass
class Device:
    """Sends all samples after `sent` (ms). `on_accepted` is called with each span that the platform acknowledged."""

    plant: Plant
    site: str
    send: Send
    sent: int
    on_accepted: Callable[[int, int], None] = lambda start, end: None

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
        """Send the oldest unsent batch. True if it was accepted, or rejected permanently."""
        self.sent = max(self.sent, now - BUFFER_MS)
        start, end = self.sent, min(now, self.sent + BATCH)
        if start >= end:
            return True
        outcome = self.send(lines(self.plant, self.site, start + 1, end + 1))
        if outcome is Outcome.retry:
            return False
        if outcome is Outcome.accepted:
            self.on_accepted(start, end)
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

    def __call__(self, body: bytes) -> Outcome:
        """Of a batch with lines of deleted sensors the others are accepted; those become dead letters."""
        status, answer = self._post(body)
        if status == 204 or (status == 400 and PARTIAL_WRITE in answer):
            return Outcome.accepted
        return Outcome.rejected if status in (400, 413) else Outcome.retry

    def _post(self, body: bytes) -> tuple[int, bytes]:
        """Status (0: no answer) and body."""
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
