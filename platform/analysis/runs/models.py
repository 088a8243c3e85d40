"""Runs as the API takes and returns them. Times in epoch ms, durations in seconds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from catalog.bounds import MAX_DESCRIPTION, MAX_REFERENCE, MAX_TAG, MAX_UNIT
from catalog.models import Id, Revision
from kernel.times import EARLIEST, LATEST, MAX_CHARS

MAX_DEFINITIONS, MAX_MARKS = 200, 1_000  # of a tenant; of a definition
MAX_SENSORS = 6  # with figures
MAX_STATES = 32
MAX_SECONDS = 366 * 86_400
MAX_OVERLAID = 20
MAX_POINTS = 2_000
MAX_NOTE = 2_000

Reference = Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE)]
Seconds = Annotated[float, Meta(ge=0, le=MAX_SECONDS)]
Moment = Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)]
Figure = Literal["duration", "mean", "min", "max", "total"]


class RunRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """While a sensor is in a state, above or below a limit, or from one event to another; `hand`: only what is marked.

    Members of other rules are left out.
    """

    by: Literal["state", "threshold", "event", "hand"]
    sensor: Annotated[Reference | None, Meta(description="state, threshold: the sensor's id")] = None
    states: Annotated[
        Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(min_length=1, max_length=MAX_STATES)]
        | None,
        Meta(description="state: values, by number as text, or texts"),
    ] = None
    above: Annotated[float | None, Meta(description="threshold: the value is more than this")] = None
    below: Annotated[float | None, Meta(description="threshold: the value is less than this")] = None
    unit: Annotated[
        Annotated[str, Meta(max_length=MAX_UNIT)] | None,
        Meta(description="threshold: that of the limits; without it the sensor's when the definition is stored"),
    ] = None
    start_event: Annotated[Reference | None, Meta(description="event: the type that starts a run")] = None
    end_event: Annotated[Reference | None, Meta(description="event: the type that ends it")] = None
    device: Annotated[Reference | None, Meta(description="event: of this device; else each on its own")] = None


class BestRun(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which run the others are compared with."""

    figure: Figure
    lowest: bool = False
    sensor: Annotated[Reference | None, Meta(description="One of `sensors`; none for the duration")] = None


class RunContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=MAX_TAG, description="Unique in its site")]
    rule: RunRule
    min_duration_s: Annotated[Seconds, Meta(description="Shorter ones are left out")] = 0.0
    max_gap_s: Annotated[Seconds, Meta(description="Interruptions up to this long are part of a run")] = 0.0
    sensors: Annotated[list[Reference], Meta(max_length=MAX_SENSORS, description="Ids of sensors with figures")] = []
    best: BestRun | None = None
    description: Annotated[str, Meta(max_length=MAX_DESCRIPTION)] = ""


class NewRunDefinition(RunContent, frozen=True, kw_only=True):
    site: Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE, description="Id or slug")]


class RunDefinitionChange(RunContent, frozen=True, kw_only=True):
    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
        Meta(description="The revision it was made from; or send If-Match"),
    ] = None


class NewRunMark(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A run marked by hand."""

    start: Moment
    end: Moment
    note: Annotated[str, Meta(max_length=MAX_NOTE)] = ""


class RunMark(Struct, frozen=True, kw_only=True):
    id: Id
    start: int
    end: int
    note: str
    author: str


class RunDefinition(Struct, frozen=True, kw_only=True):
    id: Id
    site: Id
    name: str
    rule: RunRule
    min_duration_s: float
    max_gap_s: float
    sensors: list[Id]
    best: BestRun | None
    description: str
    revision: Revision


class RunFigures(Struct, frozen=True, kw_only=True):
    """Of one sensor in one run. Null where it has nothing that they could be computed from."""

    sensor: Id
    count: int
    mean: Annotated[float | None, Meta(description="Continuous: weighted by time")] = None
    min: float | None = None
    max: float | None = None
    total: Annotated[
        float | None, Meta(description="Counters: the increase; continuous: the integral, in the unit times hours")
    ] = None


class Run(Struct, frozen=True, kw_only=True):
    start: int
    end: int
    duration_s: float
    begun: Annotated[bool, Meta(description="It was there already when the range began")]
    open: Annotated[bool, Meta(description="It had not ended at the range's end, or now")]
    mark: Annotated[Id | None, Meta(description="Of one marked by hand")]
    note: str
    figures: list[RunFigures]
    to_best: Annotated[float | None, Meta(description="The difference of the compared figure to that of the best run")]


class RunList(Struct, frozen=True, kw_only=True):
    """The newest first."""

    results: list[Run]
    best: Annotated[int | None, Meta(description="The place of the best run in `results`, of those that are whole")]
    truncated: Annotated[bool, Meta(description="There are more, older ones: ask for a shorter range")]
    complete: Annotated[bool, Meta(description="False while late samples are still being processed")]


class OverlaidRun(Struct, frozen=True, forbid_unknown_fields=True):
    start: Moment
    end: Moment


class OverlayQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    sensor: Annotated[Reference, Meta(description="The id of a sensor or calculated series")]
    runs: Annotated[list[OverlaidRun], Meta(min_length=1, max_length=MAX_OVERLAID)]
    points: Annotated[int, Meta(ge=2, le=MAX_POINTS, description="Of each run")] = 500


class OverlayLine(Struct, frozen=True, kw_only=True):
    """One run; `t` and `gaps` in ms since its start."""

    start: int
    end: int
    t: list[int]
    v: list[float | str]
    gaps: list[tuple[int, int]]
    rung: str
    resolution_ms: int


class Overlay(Struct, frozen=True, kw_only=True):
    sensor: str
    unit: str
    results: list[OverlayLine]
