"""Runs in the installation (`manage.py shell`): the plant's samples through the way that history files take."""

from __future__ import annotations

import json
import time

from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from tests.bench.query.data import plant
from web.directory import directory
from web.stores import reader


def load(slug: str, scale: float) -> None:
    """Print, as JSON, how many samples each part has and how long it took."""
    tenant = directory().by_slug(slug)
    assert tenant is not None, slug
    snapshot, measured = snapshot_of(tenant), plant(scale)
    parts = {
        "20 sensors, 3 years of minutes": measured.history,
        "1 sensor, 10 years of minutes": [measured.decade],
        "1 sensor, 60 days of seconds": [measured.seconds],
        "500 sensors, 14 days of minutes": measured.fleet,
    }
    loaded = {}
    for name, sensors in parts.items():
        began = time.perf_counter()
        with BulkWriter(tenant) as writer:
            for series in sensors:
                site = snapshot.site(series.site)
                assert site is not None, series.site
                sensor = snapshot.sensor(site.id, series.tag)
                assert sensor is not None, series.tag
                writer.add(site.id, sensor.id, series.t, series.v)
                series.__dict__.pop("v"), series.__dict__.pop("t")
        loaded[name] = (writer.samples, time.perf_counter() - began)
    access = {"url": tenant.influx_url, "username": tenant.reader.username, "password": tenant.reader.password}
    print(json.dumps({"loaded": loaded, "influx": access, "version": reader(tenant).ping()}))
