"""Whatever step of the writer is killed: every acknowledged event is stored afterwards, and none twice."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings

from ingest.events import queries, types
from ingest.events.models import present
from ingest.events.operations import take_events
from ingest.events.schema import FieldSchema
from ingest.events.type_models import NewSchema
from ingest.letters import Origin
from kernel.errors import TooManyRequests, Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.client import redis_client
from stores.redis.overflow_counts import NOTED, Misfit
from tests.ingest.test_writer_kills import wait_stored, writer_process
from web.stores import streams

T, TYPE = 1_770_000_000_000, "killed.step"
BATCH = 20


class EventSender(threading.Thread):
    """Sends each batch twice, as a client that did not get the first answer."""

    def __init__(self, tenant: TenantConnection, device: str, batches: int) -> None:
        super().__init__(daemon=True)
        self.tenant, self.device, self.batches = tenant, device, batches
        self.acknowledged = 0
        self.enough = threading.Event()

    def run(self) -> None:
        for number in range(self.batches):
            if self.enough.is_set():
                return
            items = [
                json.dumps(
                    {
                        "ts": T + number // 3,
                        "type": TYPE,
                        "device": self.device,
                        "firmware": self.device,
                        "n": number * BATCH + k,
                        "odd": k,
                    }
                ).encode()
                for k in range(BATCH)
            ]
            self._send(items)
            self.acknowledged += BATCH
            self._send(items)
            time.sleep(0.02)

    def _send(self, items: list[bytes]) -> None:
        while True:
            try:
                assert not take_events(self.tenant, items, time.time_ns(), Origin("events")).refused
                return
            except (Unavailable, TooManyRequests):
                time.sleep(0.05)


@pytest.fixture
def schema(acme: TenantConnection) -> Iterator[None]:
    types.put(acme, TYPE, NewSchema({"n": FieldSchema("integer")}), None, "ada", T)
    yield
    types.remove(acme, TYPE, None)


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize(
    ("step", "moment"),
    [("note", "after"), ("write_lines", "before"), ("write_lines", "after"), ("commit", "before"), ("commit", "after")],
)
def test_a_writer_killed_at_any_step_loses_no_event_and_doubles_none_nor_miscounts_what_does_not_fit(
    acme: TenantConnection, step: str, moment: str
) -> None:
    device = f"{step} {moment}"
    sender = EventSender(acme, device, 2_000)
    sender.start()
    try:
        with writer_process(acme, step, moment, 3) as doomed:
            assert doomed.wait(30) == -signal.SIGKILL
    finally:
        sender.enough.set()
        sender.join()
    with writer_process(acme):
        wait_stored(acme)
    which = queries.which_events(None, None, T, device=device)
    found, cursor = [], ""
    while True:
        page = queries.page(acme, which, 1_000, cursor)
        found += [present(each).fields["n"] for each in page.events]
        if not (cursor := page.next):
            break
    assert Counter(found) == Counter(range(sender.acknowledged))
    counts = streams().overflow_counts.of_type(acme.prefix, TYPE)
    assert counts[Misfit(TYPE, "odd", device)] == sender.acknowledged
    assert not redis_client(settings.REDIS_URL).exists(acme.prefix + NOTED)
