"""Building InfluxQL: quoting, time windows, selects. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from stores.samples.window import Window

RAW, LADDER = "raw", "ladder"  # retention policies


def row_measurement(site: str, rung: str) -> str:
    """The measurement of the rows of a rung; a site's samples are in the measurement of its id."""
    return f"{site}.{rung}"


def quoted(name: str) -> str:
    """An identifier: measurement, policy, user, field or tag name."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def literal(text: str) -> str:
    """A string value: tag values and passwords."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def select(
    columns: str,
    measurement: str,
    window: Window,
    *,
    sensors: Sequence[str] = (),
    policy: str = RAW,
    where: str = "",
    rest: str = "",
) -> str:
    """One SELECT over a measurement; `sensors` narrows it to those ids, `where` and `rest` are InfluxQL of ours."""
    conditions = [f"time >= {window.start}", f"time < {window.end}"]
    if sensors:
        named = " OR ".join(f'"sensor" = {literal(sensor)}' for sensor in sensors)
        conditions.insert(0, f"({named})" if len(sensors) > 1 else named)
    if where:
        conditions.append(where)
    text = f"SELECT {columns} FROM {quoted(policy)}.{quoted(measurement)} WHERE {' AND '.join(conditions)}"
    return f"{text} {rest}" if rest else text
