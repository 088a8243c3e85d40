"""Samples that raise alarms, sent as devices do, people who acknowledge them, and what the journal must have of it."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from alarms import states
from alarms.journal.models import JournalEntry
from alarms.journal.stored import entry_of
from alarms.machine import step
from alarms.machine.model import Acknowledge
from alarms.rules.models import Expression, Limit
from alarms.states import Kept
from kernel.errors import TooManyRequests, Unavailable
from stores.timeseries.alarms import JournalFilter, read_bodies
from tests.alarms.evaluation_plant import Evaluated, S, T
from tests.waiting import wait_until
from web.clock import now_ms
from web.stores import alarms, reader, second_reader

LIMIT, DEADBAND = 80.0, 2.0
BATCH = 20
NS = 1_000_000
Told = list[tuple[str, int]]


class Waves(threading.Thread):
    """Sends two sensors' samples, each batch again until it is accepted, and some of them twice."""

    def __init__(self, plant: Evaluated, batches: int, pause_s: float = 0.05, seed: int = 5) -> None:
        super().__init__()
        self.plant, self.batches, self.pause_s = plant, batches, pause_s
        self.limit = plant.rule(trigger=Limit(side="high", limit=LIMIT, deadband=DEADBAND))
        words = "{TT-101} > 70 [°C] and {TT-102} > 70 [°C]"
        self.both = plant.rule(tag="TT-102", trigger=Expression(expression=words))
        self.sent: list[tuple[int, float, float]] = []
        self.refused = 0
        self._chance = random.Random(seed)
        self._enough = threading.Event()

    def end(self) -> None:
        self._enough.set()
        self.join()

    def run(self) -> None:
        for number in range(self.batches):
            if self._enough.is_set():
                return
            rows = [(T + (number * BATCH + k) * S, self._value(), self._value()) for k in range(BATCH)]
            for _ in range(1 + (self._chance.random() < 0.1)):  # whose answer was lost is sent again
                self._send(rows)
            self.sent += rows
            time.sleep(self.pause_s)

    def _value(self) -> float:
        return round(self._chance.uniform(60, 84), 2)

    def _send(self, rows: list[tuple[int, float, float]]) -> None:
        samples = [sample for t, a, b in rows for sample in (("TT-101", t, a), ("TT-102", t, b))]
        while True:
            try:
                self.plant.send(*samples)
                return
            except (Unavailable, TooManyRequests):
                self.refused += 1
                time.sleep(0.1)

    def expected(self) -> dict[str, Told]:
        """What must be in the journal, by key, found sample by sample."""
        limit: Told = []
        both: Told = []
        high = together = False
        for t, a, b in self.sent:
            if a > LIMIT if not high else a <= LIMIT - DEADBAND:
                high = not high
                limit.append(("raised" if high else "returned", t))
            if (a > 70 and b > 70) != together:
                together = not together
                both.append(("raised" if together else "returned", t))
        return {self.plant.key(self.limit): limit, self.plant.key(self.both, "TT-102"): both}


class Operator(threading.Thread):
    """Acknowledges whatever is unacknowledged, all the time."""

    def __init__(self, plant: Evaluated) -> None:
        super().__init__()
        self.plant, self.done, self.doubtful = plant, Counter[str](), 0
        self._enough = threading.Event()

    def end(self) -> None:
        self._enough.set()
        self.join()

    def run(self) -> None:
        while not self._enough.wait(0.03):
            try:
                self._acknowledge()
            except Unavailable:
                self.doubtful += 1  # the answer may have been lost
                time.sleep(0.1)

    def _acknowledge(self) -> None:
        changes = {}
        for key, known in states.read_all(self.plant.tenant)[1].items():
            assert known.kept is not None
            state, added = step(known.kept.settings, known.state, Acknowledge(now_ms(), "anna"))
            if added:
                changes[key] = (known.revision, Kept(state, known.kept.about, known.kept.settings), added)
        if changes and not states.commit_changes(self.plant.tenant, changes):
            self.done.update(changes.keys())


def journal_of(plant: Evaluated) -> list[JournalEntry]:
    """All of it, in order of numbers."""
    which = JournalFilter(0, (now_ms() + 1_000_000) * NS)
    keys = (plant.slug, plant.site)
    entries = [entry_of(body) for _, body in read_bodies(reader(plant.tenant), which, 100_000)]
    return sorted((each for each in entries if each.about.site in keys), key=lambda each: each.number)


def wait_settled(plant: Evaluated) -> None:
    """Until everything is evaluated, and in the journal."""

    def settled() -> bool:
        cursor = second_reader().start(plant.tenant.prefix)
        left = second_reader().read(plant.tenant.prefix, cursor, 1)
        return not left and not alarms().outgoing_count(plant.tenant.prefix)

    wait_until(settled, meanwhile=Unavailable, told=lambda: alarms().outgoing_count(plant.tenant.prefix))


def check_journal(plant: Evaluated, waves: Waves, operator: Operator) -> int:
    """Nothing lost, nothing twice; how many entries there are."""
    entries = journal_of(plant)
    first = entries[0].number
    assert [each.number for each in entries] == list(range(first, first + len(entries)))
    occurrences = [(each.key, each.transition.occurrence, str(each.transition.what)) for each in entries]
    assert len(set(occurrences)) == len(occurrences)
    told: dict[str, Told] = {}
    acknowledged = Counter[str]()
    for each in entries:
        if each.transition.what == "acknowledged":
            acknowledged[each.key] += 1
        else:
            told.setdefault(each.key, []).append((str(each.transition.what), each.transition.t))
    expected = waves.expected()
    assert told.keys() == expected.keys()
    for key, wanted in expected.items():
        missing, more = Counter(wanted) - Counter(told[key]), Counter(told[key]) - Counter(wanted)
        assert (missing, more) == (Counter(), Counter())
        assert told[key] == wanted
    assert not operator.done - acknowledged
    assert (acknowledged - operator.done).total() <= operator.doubtful * len(expected)
    return len(entries)
