"""A viewer of the live stream that connects again whenever it ends, and goes on with what changed since."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Sequence

TIMEOUT_S, RETRY_S = 15.0, 0.3


class Viewer(threading.Thread):
    """`newest`: by sensor, time and value of what was shown last; `back`: values older than the one before."""

    def __init__(self, port: int, token: str, sensors: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self._port, self._token, self._path = port, token, f"/api/v1/stream?sensors={','.join(sensors)}"
        self._enough = threading.Event()
        self._last_id = ""
        self.newest: dict[str, tuple[int, float]] = {}
        self.opened = self.back = 0

    def end(self) -> None:
        self._enough.set()

    def run(self) -> None:
        while not self._enough.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
            try:
                self._view(connection)
            except (OSError, http.client.HTTPException, ValueError):
                pass
            finally:
                connection.close()
            self._enough.wait(RETRY_S)

    def _view(self, connection: http.client.HTTPConnection) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        if self._last_id:
            headers["Last-Event-ID"] = self._last_id
        connection.request("GET", self._path, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            return
        self.opened += 1
        event = ""
        while not self._enough.is_set() and (line := response.readline()):
            name, _, text = line.decode().rstrip().partition(": ")
            if name == "event":
                event = text
            elif name == "id":
                self._last_id = text
            elif name == "data" and event == "values":
                self._show(json.loads(text)["values"])

    def _show(self, values: list[dict[str, object]]) -> None:
        for value in values:
            if value.get("t") is None:
                continue
            shown = int(str(value["t"])), float(str(value["v"]))
            before = self.newest.get(str(value["sensor"]))
            self.back += before is not None and shown[0] < before[0]
            self.newest[str(value["sensor"])] = shown
