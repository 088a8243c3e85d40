"""Parses and validates requests; each mistake has its own error message."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, cast, get_args

from msgspec import Meta, Struct

from catalog.models import Sensor
from catalog.snapshot import Snapshot
from historian.shape.methods import Method
from kernel.errors import BadRequest, NotFound
from kernel.times import EARLIEST, LATEST, MAX_CHARS, NS_PER_MS, TimeRange, iso, parse_time
from web.openapi.bounds import MAX_SEGMENT_CHARS

Format = Literal["json", "csv", "arrow"]
METHODS: tuple[str, ...] = get_args(Method)
FORMATS: tuple[str, ...] = get_args(Format)
MIN_POINTS, DEFAULT_POINTS, MAX_POINTS = 2, 1_000, 10_000
DEFAULT_PAGE, MAX_PAGE = 10_000, 100_000
MAX_SENSORS = 50  # in one query of samples
MAX_PERCENTILES = 20
MIN_BINS, DEFAULT_BINS, MAX_BINS = 5, 50, 200  # of a histogram
MAX_VALUES = 1_000  # sensors in one response of values
MAX_VALUES_CHARS = 16 * MAX_VALUES
_Moment = Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)]

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_CURSOR = re.compile(r"-?[0-9]{1,19}")


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /api/v1/samples/query`."""

    sensors: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=MAX_SEGMENT_CHARS)]],
        Meta(description=f"Ids of 1 to {MAX_SENSORS} sensors"),
        Meta(extra_json_schema={"minItems": 1, "maxItems": MAX_SENSORS}),
    ]
    start: Annotated[_Moment, Meta(description="ISO 8601 with a zone, or epoch ms")]
    end: Annotated[_Moment, Meta(description="Not included")]
    points: Annotated[int, Meta(extra_json_schema={"minimum": MIN_POINTS, "maximum": MAX_POINTS})] = DEFAULT_POINTS
    method: Annotated[str, Meta(extra_json_schema={"enum": [each for each in METHODS if each != "raw"]})] = "auto"
    format: Annotated[str, Meta(extra_json_schema={"enum": list(FORMATS)})] = "json"


def parse_span(start: str | int | None, end: str | int | None) -> TimeRange:
    """The requested range; both bounds are required."""
    bounds = []
    for name, value in (("start", start), ("end", end)):
        if value is None or value == "":
            raise BadRequest(
                f"{name} is missing. Send {name}=2026-03-14T09:42:00Z or epoch milliseconds.",
                slug="missing-parameter",
                parameter=name,
            )
        bounds.append(parse_time(str(value), name))
    first, last = bounds
    if first > last:
        raise BadRequest(f"start ({iso(first)}) is after end ({iso(last)}).", slug="start-after-end")
    if first == last:
        raise BadRequest(
            f"The range is empty: start and end are both {iso(first)}, and end is not included. "
            "For the value at one moment ask /api/v1/values?at=.",
            slug="empty-range",
        )
    return TimeRange(first, last)


def parse_points(text: str | int) -> int:
    points = _whole(text, "points", "bad-points")
    if not MIN_POINTS <= points <= MAX_POINTS:
        raise BadRequest(
            f"points={text} is not from {MIN_POINTS} to {MAX_POINTS:,}. For all samples use method=raw.",
            slug="bad-points",
            parameter="points",
        )
    return points


def parse_bins(text: str | int) -> int:
    bins = _whole(text, "bins", "bad-bins")
    if not MIN_BINS <= bins <= MAX_BINS:
        raise BadRequest(f"bins={text} is not from {MIN_BINS} to {MAX_BINS}.", slug="bad-bins", parameter="bins")
    return bins


def parse_page_size(query: Mapping[str, str]) -> int:
    """Samples in a raw page: `limit`, otherwise `points`, otherwise the default."""
    name = "limit" if "limit" in query else "points"
    size = _whole(query.get(name, DEFAULT_PAGE), name, f"bad-{name}")
    if not 1 <= size <= MAX_PAGE:
        raise BadRequest(
            f"{name}={size} is not from 1 to {MAX_PAGE:,}. Follow `next` for more.",
            slug=f"bad-{name}",
            parameter=name,
        )
    return size


def _whole(text: str | int, name: str, slug: str) -> int:
    if not _NUMBER.fullmatch(str(text)):
        raise BadRequest(f"{name}={text} is not a whole number.", slug=slug, parameter=name)
    return int(text)


def parse_method(text: str) -> Method:
    return cast(Method, _one_of(METHODS, text, "method"))


def parse_format(text: str) -> Format:
    return cast(Format, _one_of(FORMATS, text, "format"))


def parse_percentiles(text: str) -> list[float]:
    """Percentiles from 0 to 100, separated by commas; empty for an empty text."""
    found: list[float] = []
    for word in filter(None, text.split(",")):
        try:
            value = float(word)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 100 or len(found) == MAX_PERCENTILES:
            raise BadRequest(
                f"percentiles={text[:80]} are not up to {MAX_PERCENTILES} numbers from 0 to 100, such as 5,50,95.",
                slug="bad-percentiles",
                parameter="percentiles",
            )
        found.append(value)
    return found


def parse_cursor(text: str, span: TimeRange) -> int:
    """The time (ns) after which a raw page continues."""
    if _CURSOR.fullmatch(text) and span.start * NS_PER_MS <= int(text) < span.end * NS_PER_MS:
        return int(text)
    raise BadRequest(
        "This cursor does not belong to this range. Use `next` from the previous response unchanged.",
        slug="bad-cursor",
        parameter="cursor",
    )


def sensor_of(snapshot: Snapshot, id: str) -> Sensor:
    sensor = snapshot.sensors.get(id)
    if sensor is None:
        raise NotFound(f"There is no sensor {id}.", slug="unknown-sensor", sensor=id)
    return sensor


def sensors_of(snapshot: Snapshot, ids: Sequence[str], limit: int) -> list[Sensor]:
    """The distinct sensors with those ids, in the order given."""
    return [sensor_of(snapshot, id) for id in distinct_ids(ids, limit)]


def distinct_ids(ids: Sequence[str], limit: int) -> list[str]:
    """In the order given; at least one, and no more than the limit."""
    unique = list(dict.fromkeys(ids))
    if not unique:
        raise BadRequest("Name at least one sensor.", slug="no-sensors", parameter="sensors")
    if len(unique) > limit:
        raise BadRequest(
            f"{len(unique):,} sensors are too many; one request takes {limit:,}.",
            slug="too-many-sensors",
            parameter="sensors",
            limit=limit,
        )
    return unique


def _one_of(words: Sequence[str], text: str, name: str) -> str:
    if text not in words:
        raise BadRequest(
            f"{name}={text} is unknown. It can be {_listed(words)}.",
            slug=f"unknown-{name}",
            parameter=name,
            allowed=words,
        )
    return text


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]
