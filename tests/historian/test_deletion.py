"""Deleted objects of the catalog leave no samples behind."""

from __future__ import annotations

from catalog import operations
from catalog.kinds import SENSORS, SITES
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from tests.historian.plant import add_sensors, every_minute, write
from web.stores import reader, streams


def count(tenant: TenantConnection, site: str, sensor: str) -> int:
    [series] = reader(tenant).read([f"SELECT count(quality) FROM raw.\"{site}\" WHERE sensor = '{sensor}'"])
    return int(series[0].values[0][1]) if series else 0


def test_deleting_a_sensor_deletes_its_samples_and_no_others(acme: TenantConnection) -> None:
    one, other = add_sensors(acme, {"tag": "ONE"}, {"tag": "OTHER"})
    for sensor in (one, other):
        write(acme, sensor, every_minute([1.0, 2.0, 3.0]))
    streams().latest.store(acme.prefix, {one.id: Latest(1, 1.0, 0), other.id: Latest(1, 1.0, 0)})
    operations.delete(acme, SENSORS, one.id)
    assert (count(acme, one.site, one.id), count(acme, one.site, other.id)) == (0, 3)
    assert set(streams().latest.read(acme.prefix, [one.id, other.id])) == {other.id}


def test_deleting_a_site_deletes_all_its_samples(acme: TenantConnection) -> None:
    (sensor,) = add_sensors(acme, {"tag": "ONE"})
    write(acme, sensor, every_minute([1.0, 2.0]))
    operations.delete(acme, SITES, sensor.site, cascade=True)
    assert count(acme, sensor.site, sensor.id) == 0
    assert sensor.site not in reader(acme).measurements()
