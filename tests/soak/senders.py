"""Devices that send a batch again until it is acknowledged, and know what must be stored afterwards."""

from __future__ import annotations

import http.client
import json
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

T = 1_770_000_000_000
SITE = "works"
SECONDS, EVENTS = 10, 10  # of one batch
BROKEN_EVERY, MACHINE_EVERY = 5, 50  # batches
TIMEOUT_S, RETRY_S, ENDED_WITHIN_S = 30.0, 0.2, 120.0
LATER = {429, 503}  # statuses that ask for the same batch again
Samples = dict[str, dict[int, float]]  # by sensor, by time in ms


@dataclass(frozen=True)
class Attempt:
    """`status` is 0 if no answer came."""

    status: int
    text: str = ""


class Sender(threading.Thread, ABC):
    """`acknowledgements`: when each batch was acknowledged, on the monotonic clock."""

    path: str

    def __init__(self, url: str, token: str, name: str, pause_s: float = 0.1) -> None:
        super().__init__(name=name, daemon=True)
        self._address, self._token, self._pause_s = urlsplit(url), token, pause_s
        self._enough = threading.Event()
        self._connection: http.client.HTTPConnection | None = None
        self.acknowledgements: list[float] = []
        self.refused = Counter[int]()
        self.wrong: list[str] = []

    @property
    def batches(self) -> int:
        """Numbers below it are acknowledged once the sender has ended."""
        return len(self.acknowledgements)

    def wait_after(self, moment: float) -> float:
        """Seconds from a moment until the next acknowledgement."""
        return next((at for at in self.acknowledgements if at > moment), moment) - moment

    @abstractmethod
    def body(self, number: int) -> bytes: ...

    @abstractmethod
    def is_acknowledged(self, attempt: Attempt) -> bool: ...

    @abstractmethod
    def letters(self) -> Iterator[str]:
        """Items that must be dead letters."""

    def stop(self) -> None:
        """Send nothing more once the present batch is acknowledged."""
        self._enough.set()

    def await_end(self) -> None:
        self.join(ENDED_WITHIN_S)
        assert not self.is_alive(), f"{self.name}: batch {self.batches} is not acknowledged: {self.refused}"

    def run(self) -> None:
        while not self._enough.is_set():
            body = self.body(self.batches)
            while not self.is_acknowledged(attempt := self._send(body)):
                self.refused[attempt.status] += 1
                if attempt.status and attempt.status not in LATER:
                    self.wrong.append(f"{self.name}: {attempt.status} {attempt.text[:300]}")
                time.sleep(RETRY_S)
            self.acknowledgements.append(time.monotonic())
            time.sleep(self._pause_s)

    def _send(self, body: bytes) -> Attempt:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "text/plain"}
        try:
            if self._connection is None:
                host, port = self._address.hostname or "", self._address.port
                self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
            self._connection.request("POST", self.path, body, headers)
            response = self._connection.getresponse()
            return Attempt(response.status, response.read().decode(errors="replace"))
        except (OSError, http.client.HTTPException):
            self._disconnect()
            return Attempt(0)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SampleSender(Sender):
    """Ten seconds of two sensors and a late sample in each batch, sometimes of a machine that nobody has named, and
    sometimes with a line that is wrong.
    """

    path = "/write?precision=ms"

    @property
    def tags(self) -> tuple[str, str]:
        return f"{self.name}.a", f"{self.name}.b"

    def body(self, number: int) -> bytes:
        lines = [f"{SITE},sensor={tag} value={v} {t}" for tag in self.tags for t, v in self._of_batch(tag, number)]
        machine, t, v = self._of_machine(number)
        lines.append(f"{SITE},machine={machine} force={v} {t}")
        if number % BROKEN_EVERY == 0:
            lines.insert(number % len(lines), self._broken(number))
        return "\n".join(lines).encode()

    def is_acknowledged(self, attempt: Attempt) -> bool:
        return attempt.status == 204 or (attempt.status == 400 and "partial write" in attempt.text)

    def letters(self) -> Iterator[str]:
        return map(self._broken, range(0, self.batches, BROKEN_EVERY))

    def samples(self) -> Samples:
        """What must be stored, of machines by their names."""
        found: Samples = {tag: {} for tag in self.tags}
        for number in range(self.batches):
            for tag in self.tags:
                found[tag].update(self._of_batch(tag, number))
            machine, t, v = self._of_machine(number)
            found.setdefault(machine, {})[t] = v
        return found

    def _of_batch(self, tag: str, number: int) -> Iterator[tuple[int, float]]:
        first = number * SECONDS
        for second in range(first, first + SECONDS):
            yield T + second * 1000, float((second * 7 + len(tag)) % 1009)
        yield T + first // 2 * 1000 + 500, float(number)  # late, where nothing else is

    def _of_machine(self, number: int) -> tuple[str, int, float]:
        return f"{self.name}.m{number // MACHINE_EVERY}", T + number * 1000, float(number)

    def _broken(self, number: int) -> str:
        return f"{SITE},sensor={self.name}.a value=broken {number}"


class EventSender(Sender):
    """Ten events in each batch, three batches in a millisecond, and sometimes an item that is none."""

    path = "/api/v1/events"

    def body(self, number: int) -> bytes:
        items = [
            json.dumps({"ts": T + number // 3, "type": "step", "device": self.name, "n": number * EVENTS + k})
            for k in range(EVENTS)
        ]
        if number % BROKEN_EVERY == 0:
            items.insert(number % len(items), self._broken(number))
        return "\n".join(items).encode()

    def is_acknowledged(self, attempt: Attempt) -> bool:
        return attempt.status == 202

    def letters(self) -> Iterator[str]:
        return map(self._broken, range(0, self.batches, BROKEN_EVERY))

    def _broken(self, number: int) -> str:
        return f'{{"device":"{self.name}","broken":{number}}}'
