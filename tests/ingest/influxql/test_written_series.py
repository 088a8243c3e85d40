"""Series that nobody has mapped are read as they were written; the sensors that they became are a second view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import requests

from catalog.kinds import SENSORS
from catalog.operations import change
from catalog.snapshot import snapshot_of
from ingest.mapping import repository
from ingest.mapping.models import MappingDraft
from ingest.sources.influxdb.operations import take_lines
from ingest.sources.influxdb.query.execute import Database, execute
from ingest.sources.influxdb.query.formats import write_results
from ingest.sources.influxdb.query.parse import parse
from kernel.tenancy import TenantConnection
from tests.historian.influx_server import ADMIN, InfluxServer
from tests.ingest.conftest import drain
from tests.ingest.influxql.world import NS, differences

pytestmark = pytest.mark.django_db
T = 1_770_000_000
NOW = (T + 86_400) * NS
LINES = [
    *(f"cpu,host=a,region=north usage={k * 1.5},idle={100 - k} {(T + 60 * k) * NS}" for k in range(50)),
    *(f"cpu,host=b,region=south usage={k * 2.5} {(T + 60 * k) * NS + 7}" for k in range(50)),
    *(f'door,host=a state="{word}" {(T + 600 * k) * NS}' for k, word in enumerate(["open", "shut", "open"])),
    *(f"load\\ 1,host=a value={k} {(T + 10 * k) * NS}" for k in range(20)),
    f"bare value=1.5 {T * NS}",
]
STATEMENTS = """\
SHOW MEASUREMENTS
SHOW TAG KEYS FROM "cpu"
SHOW FIELD KEYS FROM "cpu"
SHOW FIELD KEYS FROM "door"
SHOW TAG VALUES FROM "cpu" WITH KEY = "host"
SHOW SERIES FROM "cpu"
SELECT * FROM "cpu"
SELECT * FROM "cpu" GROUP BY *
SELECT "usage", "idle" FROM "cpu" WHERE "idle" > 80
SELECT "usage" + "idle" FROM "cpu" WHERE "host" = 'a' LIMIT 5
SELECT mean("usage"), max("idle") FROM "cpu" WHERE time >= 1770000000s AND time < 1770003000s GROUP BY time(10m)
SELECT mean(*) FROM "cpu" GROUP BY "region"
SELECT last("usage") FROM "cpu" GROUP BY "host"
SELECT last("idle"), "usage", "region" FROM "cpu"
SELECT "usage" FROM "cpu" WHERE "usage" > 100 AND "region" = 'south' ORDER BY time DESC
SELECT "state" FROM "door" WHERE "state" != 'shut'
SELECT count("state"), last("state") FROM "door" GROUP BY "host"
SELECT * FROM "bare"
SELECT value FROM "load 1" WHERE time > 1770000100s
SELECT sum("usage") FROM /^c/ GROUP BY "host" """.splitlines()


@pytest.fixture(scope="module")
def written(provisioned: dict[str, Any], real: InfluxServer) -> Iterator[TenantConnection]:
    """The same lines in the tenant `rival` and in a database `written` of the real server."""
    tenant: TenantConnection = provisioned["rival"].connection()
    before = repository.read(tenant).revision
    repository.save(tenant, MappingDraft(unmatched="create"), before)
    taken = take_lines(tenant, "\n".join(LINES).encode(), 1, NOW)
    assert not taken.refused, taken
    drain(tenant)
    admin = (ADMIN.username, ADMIN.password)
    requests.post(f"{real.url}/query", {"q": 'CREATE DATABASE "written"'}, auth=admin, timeout=30).raise_for_status()
    requests.post(f"{real.url}/write?db=written", "\n".join(LINES).encode(), auth=admin, timeout=30).raise_for_status()
    yield tenant
    repository.save(tenant, MappingDraft(), before + 1)


def ours(tenant: TenantConnection, statement: str) -> Any:
    results = execute(Database.of(tenant), parse(statement), NOW)
    return msgspec.json.decode(write_results(results, "application/json", None))


def theirs(real: InfluxServer, statement: str) -> Any:
    sent = {"db": "written", "q": statement}
    return requests.post(f"{real.url}/query", sent, auth=(ADMIN.username, ADMIN.password), timeout=30).json()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_series_are_read_as_they_were_written(written: TenantConnection, real: InfluxServer, statement: str) -> None:
    assert differences(ours(written, statement), theirs(real, statement)) == ""


def test_the_sensors_that_they_became_are_a_second_view(written: TenantConnection) -> None:
    series = ours(written, 'SELECT count("value") FROM "unmapped" GROUP BY "sensor"')["results"][0]["series"]
    counts = {each["tags"]["sensor"]: each["values"][0][1] for each in series}
    assert counts["cpu.a.north.usage"] == counts["cpu.b.south.usage"] == 50


def test_a_sensor_that_was_named_keeps_both_views(written: TenantConnection, real: InfluxServer) -> None:
    sensor = next(each for each in snapshot_of(written).sensors.values() if each.tag == "cpu.a.north.idle")
    change(written, SENSORS, sensor.id, {"tag": "IDLE", "unmapped": False}, sensor.revision)
    statement = 'SELECT "idle" FROM "cpu" WHERE "host" = \'a\''
    assert differences(ours(written, statement), theirs(real, statement)) == ""
    [named] = ours(written, 'SELECT count("value") FROM "unmapped" WHERE "sensor" = \'IDLE\'')["results"]
    assert named["series"][0]["values"][0][1] == 50
