"""What an installation has stored of one tenant, read in its own Django (`Platform.shell`)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.ladder.verify import verify
from ingest.events import queries
from ingest.events.models import present
from ingest.letters import decode_letter
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from web.directory import directory
from web.stores import marks, reader, streams

PAGE = 1_000


def tenant_of(slug: str) -> TenantConnection:
    tenant = directory().by_slug(slug)
    assert tenant is not None
    return tenant


def backlog(slugs: list[str]) -> int | None:
    """None while Redis does not answer."""
    try:
        return sum(streams().backlogs([tenant_of(slug).prefix for slug in slugs]))
    except Unavailable:
        return None


def marked(slugs: list[str]) -> int:
    """Sensors of which a part of the ladder waits, due or not."""
    count = 0
    for slug in slugs:
        tenant = tenant_of(slug)
        state = marks().state(tenant.prefix, list(snapshot_of(tenant).sensors))
        count += sum(bool(found.buckets or found.ranges) for found in state.sensors.values())
    return count


def dump(slug: str, now_ms: int, path: str) -> None:
    """As JSON: samples and latest values by sensor, events and letters with how often each is there, the ladder."""
    tenant = tenant_of(slug)
    sensors = list(snapshot_of(tenant).sensors.values())
    latest = streams().latest.read(tenant.prefix, [sensor.id for sensor in sensors])
    found = {
        "samples": {_name(sensor): _samples(tenant, sensor) for sensor in sensors},
        "latest": {_name(sensor): latest[sensor.id].t // 10**6 for sensor in sensors if sensor.id in latest},
        "events": list(_events(tenant, now_ms).items()),
        "letters": list(_letters(tenant).items()),
        **_ladder(tenant, sensors),
    }
    Path(path).write_text(json.dumps(found))


def _name(sensor: Sensor) -> str:
    """The tag, or the machine from whose series it was created."""
    return sensor.origin.tags["machine"] if sensor.origin is not None else sensor.tag


def _samples(tenant: TenantConnection, sensor: Sensor) -> list[tuple[int, float]]:
    statement = f'SELECT "value" FROM "raw"."{sensor.site}" WHERE "sensor" = \'{sensor.id}\''
    return [(t // 10**6, v) for series in reader(tenant).read([statement])[0] for t, v in series.values]


def _events(tenant: TenantConnection, now_ms: int) -> Counter[str]:
    """By device and number."""
    found, cursor = Counter[str](), ""
    which = queries.which_events(None, None, now_ms, types=("step",))
    while True:
        page = queries.page(tenant, which, PAGE, cursor)
        found.update(f"{event.device} {present(event).fields['n']}" for event in page.events)
        if not (cursor := page.next):
            return found


def _letters(tenant: TenantConnection) -> Counter[str]:
    found, before = Counter[str](), ""
    while page := streams().dead_letters.page(tenant.prefix, PAGE, before):
        found.update(decode_letter(kept.payload).item.decode() for kept in page)
        before = page[-1].id
    return found


def _ladder(tenant: TenantConnection, sensors: list[Sensor]) -> dict[str, Any]:
    known = marks().enrolled(tenant.prefix)
    with_ladder = [sensor for sensor in sensors if known.get(sensor.id, (0, ""))[0]]
    faults = [f"{sensor.tag} {fault.rung} {fault.bucket}: {fault.what}" for sensor in with_ladder
              for fault in verify(tenant, sensor)]  # fmt: skip
    return {"ladders": len(with_ladder), "faults": faults}
