"""Runs in the installation (`manage.py shell`): the store calls of a request, and a profile of its Python."""

from __future__ import annotations

import cProfile
import json
import pstats
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.test import Client
from redis.connection import AbstractConnection

from stores.timeseries.transport import Session

ROOT = str(Path(__file__).resolve().parents[3])
REPEATS, TOP = 20, 12


class Watch:
    """Sums the time spent in calls to the stores, and keeps the last InfluxDB statements."""

    def __init__(self) -> None:
        self.seconds = {"influx": 0.0, "redis": 0.0}
        self.requests: list[dict[str, Any]] = []

    def timed(self, store: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return method(*given, **named)
            finally:
                self.seconds[store] += time.perf_counter() - began
                if store == "influx":
                    self._keep(*given[1:], **named)

        return call

    def _keep(
        self, method: str, url: str, params: dict[str, str], data: bytes | None, stream: bool, *rest: Any, **more: Any
    ) -> None:
        headers = next((one for one in [*rest, *more.values()] if isinstance(one, dict)), {})
        accept = str(headers.get("Accept", ""))
        self.requests.append({"params": params, "data": data.decode() if data else "", "accept": accept})


@contextmanager
def watching() -> Iterator[Watch]:
    watch = Watch()
    patched = [
        (Session, "request", "influx"),
        (AbstractConnection, "send_packed_command", "redis"),
        (AbstractConnection, "read_response", "redis"),
    ]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in patched]
    for owner, name, store in patched:
        setattr(owner, name, watch.timed(store, getattr(owner, name)))
    try:
        yield watch
    finally:
        for owner, name, method in before:
            setattr(owner, name, method)


def trace(token: str, paths: list[str]) -> None:
    """Print, as JSON for each path: ms in all, in InfluxDB and in Redis, the requests, and the busiest functions."""
    client = Client(headers={"Authorization": f"Bearer {token}", "Host": "127.0.0.1"})

    def ask(path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, response.content[:400]

    found = []
    for path in paths:
        for _ in range(5):
            ask(path)
        with watching() as watch:
            began = time.perf_counter()
            for _ in range(REPEATS):
                watch.requests.clear()
                ask(path)
            total = time.perf_counter() - began
        with cProfile.Profile() as profile:
            for _ in range(REPEATS):
                ask(path)
        parts = {store: 1000 * seconds / REPEATS for store, seconds in watch.seconds.items()}
        found.append(
            {"total": 1000 * total / REPEATS, **parts, "requests": watch.requests, "busiest": busiest(profile)}
        )
    print(json.dumps(found))


def busiest(profile: cProfile.Profile) -> list[tuple[str, float]]:
    """Functions by the time in themselves, in ms a request."""
    entries: dict[Any, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    own = sorted(((row[2], key) for key, row in entries.items()), reverse=True)[:TOP]
    return [(_place(*key), 1000 * seconds / REPEATS) for seconds, key in own]


def _place(file: str, line: int, name: str) -> str:
    """Of a function, without where things are installed."""
    if file == "~":
        return name
    return f"{re.sub(r'.*/(site-packages|lib/python[0-9.]+)/', '', file.removeprefix(ROOT)).lstrip('/')}: {name}"
