"""Methods of downsampling: which one suits a sensor, and what each needs of the rows that it is given. Pure."""

from __future__ import annotations

from typing import Literal

from catalog.models import Sensor
from kernel.errors import BadRequest

Method = Literal["auto", "minmax", "minmaxlttb", "band", "mean", "last", "changes", "inc", "raw"]
OF_KIND: dict[str, Method] = {"continuous": "minmax", "discrete": "changes", "text": "changes", "counter": "inc"}
TEXT_METHODS = {"changes", "last"}


def method_for(sensor: Sensor, method: Method) -> Method:
    """What `auto` means for the sensor. Raises BadRequest for a method that its kind does not have."""
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


# The columns of a rung's rows that each method needs, beside those that every answer needs.
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
    """The columns of a rung's rows that a method needs. A counter's figures say how much it grew."""
    if sensor.kind == "text":
        return _TEXTS
    return tuple(dict.fromkeys([*COLUMNS[method], *(COLUMNS["inc"] if sensor.kind == "counter" else ())]))


def buckets_of(method: Method, points: int) -> int:
    """Into how many buckets a range is cut at least, so that a rung is fine enough.

    Growth is read by the bucket, so no row may lie across two: bars of a rung's multiple are then all equally wide.
    """
    return points if method == "inc" else max(points // 2, 1)
