"""Sensors that an unmapped one is like, by name and by the shape of its values: where its unit and name may come from.

The cost is bounded: names of all sensors are compared, samples of a few dozen, some hundred of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from catalog.kinds import SENSORS
from catalog.models import Sensor
from catalog.operations import found
from catalog.snapshot import Snapshot, snapshot_of
from historian.read.raw import samples_of
from historian.read.sources import sources_of
from ingest.mapping_admin.models import Suggestion
from ingest.mapping_admin.shapes import Shape, likeness, shape_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, TimeRange
from stores.redis.latest import Latest
from web.stores import streams

MAX_COMPARED = 20_000  # names
MAX_BY_NAME, MAX_BY_LEVEL = 20, 30  # sensors whose samples are read
MAX_SAMPLES, LOOK_BACK_MS = 200, 7 * DAY
MAX_RESULTS = 10
_WORDS = re.compile(r"[^0-9a-z]+")


def suggest(tenant: TenantConnection, id: str) -> list[Suggestion]:
    """The likeliest first. NotFound."""
    catalog = snapshot_of(tenant)
    sensor = found(catalog, SENSORS, id)
    assert isinstance(sensor, Sensor)
    others = [s for s in catalog.sensors.values() if not s.unmapped and s.id != id and _alike(s, sensor)]
    others = others[:MAX_COMPARED]
    names = _by_name(sensor, others)
    latest = streams().latest.read(tenant.prefix, [sensor.id, *(each.id for each in others)])
    chosen = _chosen(sensor, others, names, latest)
    shapes = _shapes(tenant, [sensor, *chosen], latest)
    own = shapes.get(sensor.id)
    suggestions = [_suggestion(catalog, each, names.get(each.id, 0.0), own, shapes.get(each.id)) for each in chosen]
    return sorted(suggestions, key=lambda each: -(each.by_name + (each.by_values or 0.0)))[:MAX_RESULTS]


def _alike(sensor: Sensor, other: Sensor) -> bool:
    return (sensor.kind == "text") == (other.kind == "text")


def _by_name(sensor: Sensor, others: Sequence[Sensor]) -> dict[str, float]:
    origin = sensor.origin
    words = [sensor.tag] if origin is None else [origin.name, *origin.tags.values(), origin.field]
    texts = {each.id: _plain(f"{each.tag} {each.name}") for each in others}
    from rapidfuzz import fuzz, process  # some MB that few processes need

    found = process.extract(
        _plain(" ".join(words)), texts, scorer=fuzz.token_set_ratio, processor=None, limit=MAX_BY_NAME
    )
    return {id: round(score / 100, 3) for _, score, id in found}


def _plain(text: str) -> str:
    return _WORDS.sub(" ", text[:300].casefold()).strip()


def _chosen(
    sensor: Sensor, others: Sequence[Sensor], names: Mapping[str, float], latest: Mapping[str, Latest]
) -> list[Sensor]:
    """Those whose name is like it, and those with a unit whose last value is nearest."""
    by_name = [each for each in others if each.id in names]
    own = _level(latest.get(sensor.id))
    if own is None:
        return by_name
    near = [
        (abs(level - own), each) for each in others if each.unit and (level := _level(latest.get(each.id))) is not None
    ]
    nearest = [each for _, each in sorted(near, key=lambda pair: pair[0])[:MAX_BY_LEVEL]]
    return list({each.id: each for each in (*by_name, *nearest)}.values())


def _level(latest: Latest | None) -> float | None:
    return latest.v if latest is not None and isinstance(latest.v, float) else None


def _shapes(tenant: TenantConnection, sensors: Iterable[Sensor], latest: Mapping[str, Latest]) -> dict[str, Shape]:
    """Of those that have enough samples, in one round trip."""
    wanted = [each for each in sensors if each.id in latest and each.kind != "text"]
    requests = [
        samples_of(each, TimeRange(latest[each.id].ms - LOOK_BACK_MS, latest[each.id].ms + 1), MAX_SAMPLES, newest=True)
        for each in wanted
    ]
    parts = sources_of(tenant).main.read(requests) if requests else []
    shapes = {
        each.id: shape for each, part in zip(wanted, parts, strict=True)
        if each.id in part and (shape := shape_of(part[each.id].samples)) is not None
    }  # fmt: skip
    return shapes


def _suggestion(
    catalog: Snapshot, sensor: Sensor, by_name: float, own: Shape | None, shape: Shape | None
) -> Suggestion:
    by_values = None if own is None or shape is None else likeness(own, shape)
    slug = catalog.sites[sensor.site].slug
    return Suggestion(
        sensor.id, slug, sensor.tag, sensor.name, sensor.asset, sensor.unit, sensor.kind, by_name, by_values
    )
