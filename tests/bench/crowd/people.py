"""Fifty users: each sends the requests of the visible page on its own connection, faster than real users."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random

import numpy as np

from tests.bench.crowd.mix import PAGES, Kind, Place, natural_rate, rate_of
from tests.bench.query.client import Connection, Refused


@dataclass
class Outcome:
    """Times in ms by kind of request, and errors."""

    seconds: float = 0.0
    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    sent: int = 0  # in the warm-up, too
    cpu_s: dict[str, float] = field(default_factory=dict)  # meanwhile, by part of the installation

    @property
    def times(self) -> list[float]:
        return [ms for found in self.ms.values() for ms in found]

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.times, share))


class Person(threading.Thread):
    """Sends requests at a constant rate. A request delayed by a late response is timed from when it was due."""

    def __init__(self, number: int, url: str, token: str, place: Place, pace: float, until: float) -> None:
        """`pace`: how many times as fast as a real user of the page."""
        super().__init__(name=f"person-{number}", daemon=True)
        self._api = Connection(url, {"Authorization": f"Bearer {token}"}, timeout_s=30)
        self._kinds: list[Kind] = PAGES[number % len(PAGES)]
        self._place, self._until, self._every_s = place, until, 1 / rate_of(self._kinds) / pace
        self._chance = Random(number)
        self.timings: list[tuple[float, str, float]] = []  # when, what, ms
        self.errors: Counter[str] = Counter()

    def run(self) -> None:
        due = time.perf_counter() + self._chance.random() * self._every_s
        weights = [kind.per_minute for kind in self._kinds]
        while due < self._until:
            time.sleep(max(due - time.perf_counter(), 0))
            [kind] = self._chance.choices(self._kinds, weights)
            try:
                kind.ask(self._api, self._place, self._chance)
            except (Refused, OSError) as error:
                self.errors[f"{kind.name}: {_short(error)}"] += 1
            self.timings.append((due, kind.name, (time.perf_counter() - due) * 1000))
            due += self._every_s * self._chance.uniform(0.5, 1.5)
        self._api.close()


def _short(error: Exception) -> str:
    """The status and the problem's type."""
    problem = re.match(r'(\d+) {"type":"/problems/([a-z-]+)"', str(error))
    return " ".join(problem.groups()) if problem else str(error)[:80]


def watch(url: str, tokens: list[str], place: Place, rate: float, seconds: float, warm_s: float) -> Outcome:
    """All users send `rate` requests per second, each page its share; the first `warm_s` seconds do not count."""
    begins = time.perf_counter() + warm_s
    pace = rate / natural_rate(len(tokens))
    crowd = [Person(number, url, token, place, pace, begins + seconds) for number, token in enumerate(tokens)]
    for person in crowd:
        person.start()
    for person in crowd:
        person.join()
    outcome = Outcome(time.perf_counter() - begins)
    for person in crowd:
        outcome.errors.update(person.errors)
        outcome.sent += len(person.timings)
        for due, name, ms in person.timings:
            if due >= begins:
                outcome.ms[name].append(ms)
    return outcome
