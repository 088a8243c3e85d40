"""The budgets for queries in design.md section 6, and whether they are met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kernel.times import DAY
from tests.bench.query.likenesses import Likeness
from tests.bench.query.measure import Figures
from tests.bench.query.rows import AUTO, AVERAGE, BAND, MEAN, SELECTORS, Measured, SensorQuery, named

ONE_SENSOR_MS, EIGHT_SENSORS_MS, VALUES_MS, PLAYBACK_MS, PLAYBACK_BYTES = 15, 45, 80, 500, 1_500_000
MEAN_RATIO, SELECTORS_RATIO, VICTORIA_RATIO, FLATNESS = 40, 150, 0.3, 2.0
WORKER_MB, LIKENESS_LOSS = 200, 0.01
MIN_POINTS = 500  # of 500 buckets each has one


@dataclass(frozen=True, slots=True)
class Bar:
    what: str
    wanted: str
    found: str
    reached: bool


def judge(measured: Measured, likenesses: list[Likeness]) -> list[Bar]:
    return [
        *_answers(measured),
        *_one_sensor(measured),
        *_flatness(measured),
        *_others(measured),
        *_fidelity(likenesses),
    ]


def _answers(measured: Measured) -> Iterator[Bar]:
    """A quick answer counts only if it is complete."""
    queries = [(name, one) for name, ranges in measured.ranges.items() for one in ranges]
    poor = [f"{named(one.width)} of {name}" for name, one in queries if not one.complete or not _enough(one)]
    what = f"complete answers with {MIN_POINTS} to 1000 points if there are as many samples"
    yield Bar(what, "all", "all but " + ", ".join(poor) if poor else "all", not poor)


def _enough(one: SensorQuery) -> bool:
    return min(MIN_POINTS, one.samples) <= one.points <= 1000


def _one_sensor(measured: Measured) -> Iterator[Bar]:
    """The longest range of the sensor with three years."""
    longest = next(iter(measured.ranges.values()))[-1]
    where = f"{named(longest.width)} of one sensor"
    ours, theirs = longest.ways[AUTO], longest.ways
    for way in (AUTO, BAND):
        yield at_most(f"{where}, {way.split()[-1]}: p95", longest.ways[way].p95, ONE_SENSOR_MS, "ms")
    for way, least in ((MEAN, MEAN_RATIO), (SELECTORS, SELECTORS_RATIO)):
        times = _ratio(theirs[way], ours)
        yield Bar(f"{where}: times faster than {way}", f">= {least}", f"{times:.3g}", times >= least)
    yield at_most(f"{where}: fraction of {AVERAGE}", _ratio(ours, theirs[AVERAGE]), VICTORIA_RATIO, "")


def _flatness(measured: Measured) -> Iterator[Bar]:
    for name, ranges in measured.ranges.items():
        day = next((query for query in ranges if query.width == DAY), None)
        longer = [query for query in ranges if query.width > DAY]
        if day is None or not longer:
            continue  # too short a run
        for way in (AUTO, BAND):
            worst = max(longer, key=lambda query, way=way: query.ways[way].median)  # type: ignore[misc]
            what = f"{name}, {way.split()[-1]}: slowest range of 1 d or more ({named(worst.width)}), relative to 1 d"
            yield at_most(what, _ratio(worst.ways[way], day.ways[way]), FLATNESS, "")


def _others(measured: Measured) -> Iterator[Bar]:
    for name, row in measured.rows.items():
        if "InfluxQL" in name:
            continue
        if name.startswith("8 sensors"):
            yield at_most(f"{name}: p95", row.figures.p95, EIGHT_SENSORS_MS, "ms")
        if name.startswith("values"):
            yield at_most(f"{name}: p95", row.figures.p95, VALUES_MS, "ms")
    playbacks = [row for name, row in measured.rows.items() if name.startswith("playback")]
    playback = min(playbacks, key=lambda row: row.bytes or float("inf"))  # the compact form, where there is one
    yield at_most(f"{playback.name}: p95", playback.figures.p95, PLAYBACK_MS, "ms")
    size = playback.bytes / 1e6 or float("inf")
    yield at_most(f"{playback.name}: size", size, PLAYBACK_BYTES / 1e6, "MB")
    for when, size in measured.worker_mb.items():
        yield at_most(f"memory of the largest web worker, {when}", size, WORKER_MB, "MB")


def _fidelity(likenesses: list[Likeness]) -> Iterator[Bar]:
    for one in likenesses:
        where = f"{one.shape}, {named(one.width)}"
        yield Bar(f"{where}: every bucket's extremes", "all", "; ".join(one.faults) or "all", not one.faults)
        loss = one.theirs - one.ours
        yield at_most(f"{where}: SSIM below MinMaxLTTB of all samples", loss, LIKENESS_LOSS, "")


def _ratio(numerator: Figures, denominator: Figures) -> float:
    """Of medians; nan if either was rejected, which meets no budget."""
    return numerator.median / denominator.median if numerator.ms and denominator.ms else float("nan")


def at_most(what: str, found: float, most: float, unit: str) -> Bar:
    return Bar(what, f"<= {most:g} {unit}".strip(), f"{found:.3g} {unit}".strip(), found <= most)
