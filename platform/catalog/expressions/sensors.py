"""The sensors that an expression names."""

from __future__ import annotations

from catalog.expressions.expression import InvalidExpression
from catalog.models import Sensor
from catalog.snapshot import Snapshot
from kernel.suggest import did_you_mean


def find_sensor(snapshot: Snapshot, site: str, name: str) -> Sensor | None:
    """By tag in the site, `site:tag` or id; `site`: an id, empty for none."""
    found = (snapshot.sensor(site, name) if site else None) or snapshot.sensors.get(name)
    if found is None and ":" in name:
        other, _, tag = name.partition(":")
        known = snapshot.site(other.strip())
        found = snapshot.sensor(known.id, tag.strip()) if known else None
    return found


def named_sensor(snapshot: Snapshot, site: str, name: str) -> Sensor:
    """Raises InvalidExpression, which suggests similar tags of the site, also for a sensor of texts."""
    found = find_sensor(snapshot, site, name)
    if found is None:
        raise InvalidExpression(
            f"names {{{name[:80]}}}, which is not a sensor here; give its tag, `site:tag` or id."
            + similar_tags(snapshot, site, name)
        )
    if found.kind == "text":
        raise InvalidExpression(f"names {{{name[:80]}}}, which holds text.")
    return found


def similar_tags(snapshot: Snapshot, site: str, name: str) -> str:
    """A question that names similar tags of the site, or of all; or nothing."""
    other, _, tag = name.partition(":")
    if tag and (known := snapshot.site(other.strip())) is not None:
        site, name = known.id, tag.strip()
    return did_you_mean(name, [sensor.tag for sensor in snapshot.sensors.values() if not site or sensor.site == site])
