"""Downsampling methods: which one suits a sensor, and the row columns that each needs. Pure."""

from __future__ import annotations

from typing import Literal

from catalog.models import Sensor
from kernel.errors import BadRequest

Method = Literal["auto", "minmax", "minmaxlttb", "band", "mean", "last", "changes", "inc", "raw"]
OF_KIND: dict[str, Method] = {"continuous": "minmax", "discrete": "changes", "text": "changes", "counter": "inc"}
TEXT_METHODS = {"changes", "last"}


def method_for(sensor: Sensor, method: Method) -> Method:
    """Resolve `auto` for the sensor. Raises BadRequest for a method that its kind does not support."""
    chosen = OF_KIND[sensor.kind] if method == "auto" else method
    if sensor.kind == "text" and chosen not in TEXT_METHODS:
        raise BadRequest(
            f"{sensor.tag} holds text; method={chosen} works on numbers. Use auto, changes, last or raw.",
            slug="method-does-not-fit",
            parameter="method",
        )
    if chosen == "inc" and sensor.kind != "counter":
        raise BadRequest(
            f"{sensor.tag} is not a counter (its kind is {sensor.kind}), so method=inc does not apply to it.",
            slug="method-does-not-fit",
            parameter="method",
        )
    return chosen


# The row columns that each method needs, besides those that every answer needs.
_ALWAYS = ("tfirst", "tlast", "n", "n_bad")
COLUMNS: dict[str, tuple[str, ...]] = {
    "minmax": ("min", "tmin", "max", "tmax", "sum", *_ALWAYS),
    "minmaxlttb": ("min", "tmin", "max", "tmax", "first", "last", "sum", *_ALWAYS),
    "band": ("min", "max", "sum", *_ALWAYS),
    "mean": ("min", "max", "sum", *_ALWAYS),
    "last": ("min", "max", "last", "sum", *_ALWAYS),
    "changes": ("min", "tmin", "max", "tmax", "first", "last", "sum", *_ALWAYS),
    "inc": ("min", "max", "first", "last", "sum", "inc", *_ALWAYS),
}
_TEXTS = ("first_s", "last_s", *_ALWAYS)


def columns_of(sensor: Sensor, method: Method) -> tuple[str, ...]:
    """The row columns that a method needs. Counters also need their increase."""
    if sensor.kind == "text":
        return _TEXTS
    return tuple(dict.fromkeys([*COLUMNS[method], *(COLUMNS["inc"] if sensor.kind == "counter" else ())]))


def buckets_of(method: Method, points: int) -> int:
    """The minimum number of buckets that a rung must have in the range.

    Increases are read by bucket, so no row may cross two: bars of a multiple of the rung are all equally wide.
    """
    return points if method == "inc" else max(points // 2, 1)
