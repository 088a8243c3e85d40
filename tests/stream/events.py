"""A client of the live stream."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.waiting import WAIT_S


@dataclass
class Event:
    name: str
    data: Any
    id: str
    at: float = field(default_factory=time.monotonic)


class Listener:
    """Follows a stream on a thread of its own; `status` is set once the response has started."""

    def __init__(self, url: str, headers: dict[str, str], **params: str) -> None:
        self.events: list[Event] = []
        self.comments = 0
        self.last_id = ""
        self._goes_on = "Last-Event-ID" in headers
        self._opened_at = ""  # the id of what came at once
        self.ended = threading.Event()
        self._response = requests.get(url, params=params, headers=headers, stream=True, timeout=(5, 20))
        self.status = self._response.status_code
        self.headers = self._response.headers
        self._thread = threading.Thread(target=self._follow, daemon=True)
        if self.status == 200:
            self._thread.start()

    @property
    def problem(self) -> dict[str, Any]:
        body: dict[str, Any] = self._response.json()
        return body

    def named(self, name: str) -> list[Event]:
        return [event for event in list(self.events) if event.name == name]

    def changes(self) -> list[Event]:
        """Since it was opened: a new stream begins with those of the last half minute."""
        found = self.named("change")
        return found if self._goes_on else [event for event in found if event.id != self._opened_at]

    def values(self) -> dict[str, dict[str, Any]]:
        """The newest of each sensor, as a page would show them."""
        return {value["sensor"]: value for event in self.named("values") for value in event.data["values"]}

    def wait_for(self, true: Callable[[Listener], Any], seconds: float = WAIT_S) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := true(self)):
            assert time.monotonic() < deadline, self.events[-5:]
            time.sleep(0.02)
        return found

    def close(self) -> None:
        """At once: otherwise it waits until the thread that reads has its next line."""
        with suppress(OSError, RuntimeError, ValueError):  # it has ended already
            self._response.raw.shutdown()
        self._response.close()

    def _follow(self) -> None:
        try:
            for name, id, data in parse(self._response.iter_lines()):
                self.last_id = id or self.last_id
                self._opened_at = self._opened_at or id
                if name == ":":
                    self.comments += 1
                else:
                    self.events.append(Event(name, json.loads(data), id))
        except (requests.RequestException, AttributeError, OSError, ValueError):
            pass  # the connection broke
        self.ended.set()


def parse(lines: Iterator[bytes]) -> Iterator[tuple[str, str, str]]:
    """(name, id, data) of each event; (":", id, "") for a sign of life."""
    fields: dict[str, str] = {}
    for line in lines:
        text = line.decode()
        if text.startswith(":"):
            fields["event"] = ":"
        elif text:
            name, _, value = text.partition(": ")
            fields[name] = value
        elif fields:
            yield fields.get("event", ""), fields.get("id", ""), fields.get("data", "")
            fields = {}
