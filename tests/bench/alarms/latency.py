"""A device whose samples cross a limit now and then, and who sees the alarms that follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from alarms.states import added_of
from stores.redis.alarm_scripts import OUTBOX
from stores.redis.client import redis_client
from tests.bench.ingest.senders import SITE, Device, Target
from tests.installation import Platform

LIMIT, RESTING, OVER = 80.0, 20.0, 95.0
POLL_MS = 500
Key = tuple[str, int]  # tag, epoch ms


def make_plant(platform: Platform, tenant: str, sensors: int) -> None:
    platform.ensure_tenant(tenant, 120)
    platform.ensure_person(tenant, tenant)
    items = [{"site": SITE, "tag": f"TT-{k}", "name": "t", "interval_s": 1} for k in range(sensors)]
    site = [{"slug": SITE, "name": "Works", "timezone": "UTC"}]
    for kind, given in (("sites", site), ("sensors", items)):
        response = platform.call("POST", f"/api/v1/{kind}/bulk", tenant, json={"items": given})
        assert response.status_code == 200, response.text


class CrossingDevice(Device):
    """`rate` points a second in 20 requests; in each, one sensor crosses the limit that did not in the one before."""

    REQUESTS_PER_S = 20

    def __init__(self, target: Target, sensors: int, rate: int, seconds: float) -> None:
        super().__init__([target])
        self._sensors, self._rate, self._length = sensors, rate, seconds
        self.points = 0
        self.acknowledged: dict[Key, float] = {}  # when, in epoch ms

    def requests(self) -> Iterator[tuple[Target, bytes]]:
        count = self._rate // self.REQUESTS_PER_S
        due, number = time.perf_counter(), 0
        for number in range(int(self._length * self.REQUESTS_PER_S)):
            due += 1 / self.REQUESTS_PER_S
            time.sleep(max(0.0, due - time.perf_counter()))
            t = time.time_ns() // 1_000_000
            first = number * count % self._sensors
            crossing = first + number * 7 % count
            yield (
                self._targets[0],
                "\n".join(
                    f"{SITE},sensor=TT-{k} value={OVER if k == crossing else RESTING + k % 7} {t}"
                    for k in range(first, first + count)
                ).encode(),
            )
            self.acknowledged[f"TT-{crossing}", t] = time.time() * 1000
            self.points += count


class RaisedAlarms(threading.Thread):
    """When each alarm was raised, by Redis's clock (epoch ms), as long as it is entered: but for those that are in the
    journal, and gone from Redis, before it looks again.
    """

    def __init__(self, redis_url: str, prefix: str) -> None:
        super().__init__(daemon=True)
        self._redis: Any = redis_client(redis_url)
        self._key = (prefix + OUTBOX).encode()
        self._enough = threading.Event()
        self.at: dict[Key, int] = {}

    def run(self) -> None:
        after: bytes | str = "$"
        while not self._enough.is_set():
            for _, rows in self._redis.xread({self._key: after}, block=POLL_MS):
                for id, fields in rows:
                    after, added = id, added_of(fields[b"d"])
                    if added.transition.what == "raised":
                        self.at[added.about.target.tag, added.transition.t] = int(id.partition(b"-")[0])

    def __enter__(self) -> RaisedAlarms:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self.join()


def raised_in_journal(platform: Platform, tenant: str) -> set[Key]:
    """All alarms of the tenant's journal."""
    code = f"""
import time
from alarms.journal.stored import entry_of
from stores.timeseries.alarms import JournalFilter, read_bodies
from web.directory import directory
from web.stores import reader
which = JournalFilter(0, time.time_ns() + 10**12, whats=("raised",))
for _, body in read_bodies(reader(directory().by_slug({tenant!r})), which, 1_000_000):
    entry = entry_of(body)
    print("raised", entry.about.target.tag, entry.transition.t)
"""
    lines = [line.split() for line in platform.shell(code).splitlines() if line.startswith("raised ")]
    return {(tag, int(t)) for _, tag, t in lines}
