"""How long a request takes on a connection of its own: until it is connected, and from then until it is answered."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from tests.installation import Platform


@dataclass(frozen=True, slots=True)
class Timed:
    """Until it is connected it has reached no thread of ours. Linux tries again after 1, 2, 3, 4, 5, 7, 11 and 19 s."""

    connect_s: float
    answer_s: float
    status: int

    @property
    def seconds(self) -> float:
        return self.connect_s + self.answer_s


def timed_get(platform: Platform, path: str, person: str, **params: object) -> Timed:
    connection = HTTPConnection("127.0.0.1", platform.home.port("web"), timeout=30)
    try:
        began = time.monotonic()
        connection.connect()
        connected = time.monotonic()
        headers = {"Authorization": f"Bearer {platform.people[person]['token']}"}
        connection.request("GET", f"{path}?{urlencode(params)}" if params else path, headers=headers)
        response = connection.getresponse()
        response.read()
        return Timed(connected - began, time.monotonic() - connected, response.status)
    finally:
        connection.close()
