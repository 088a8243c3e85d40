"""The query rows of the budget table, measured one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, repeat
from pathlib import Path

import numpy as np

from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.bench.query.client import Answer, Refused
from tests.bench.query.data import END, PLAYED, Series
from tests.bench.query.installation import Installation, Say
from tests.bench.query.measure import OURS, THEIRS, Effort, Figures, measured
from tests.bench.query.peers import CSV, FOUR_SELECTORS, MSGPACK, POINTS, VictoriaMetrics
from tests.installation import Platform

YEAR = 365 * DAY
AUTO, BAND = "Plantrace auto", "Plantrace band"
MEAN, SELECTORS = "InfluxQL mean", "InfluxQL min, max, first, last"
RAW_CSV, RAW_MSGPACK = "raw samples, CSV", "raw samples, msgpack"
AVERAGE, ROLLUP, PLAIN = "VictoriaMetrics avg", "VictoriaMetrics min, max, avg", "VictoriaMetrics plain"
WAYS = (AUTO, BAND, MEAN, SELECTORS, RAW_CSV, RAW_MSGPACK, AVERAGE, ROLLUP, PLAIN)
METRICSQL = {AVERAGE: "avg_over_time(x[step])", ROLLUP: "rollup(x[step])", PLAIN: "x"}
FRAMES = 600
PLAYBACKS = Effort(30, 60)


@dataclass(frozen=True, slots=True)
class SensorQuery:
    """One range of one sensor, requested from every system."""

    sensor: str
    width: int
    rung: str  # what `auto` was answered from, and with how many points
    points: int
    samples: int
    complete: bool
    ways: dict[str, Figures]


@dataclass(frozen=True, slots=True)
class Row:
    """Another request of the table."""

    name: str
    figures: Figures
    bytes: int = 0


@dataclass
class Measured:
    ranges: dict[str, list[SensorQuery]] = field(default_factory=dict)  # by sensor, ever longer
    rows: dict[str, Row] = field(default_factory=dict)
    worker_mb: dict[str, int] = field(default_factory=dict)  # the largest web worker, by when


def named(width: int) -> str:
    """A duration as text: `10 min`, `90 d`, `3 y`."""
    for size, unit in ((YEAR, "y"), (DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        count = round(width / size)
        if 0 < count < 100 and abs(width / size - count) < 0.01:
            return f"{count} {unit}"
    return f"{width / DAY:.1f} d"


def sensors_measured(installation: Installation) -> list[tuple[str, Series, list[int]]]:
    plant = installation.plant
    series_and_widths = [
        (plant.noisy, [HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, YEAR]),
        (plant.decade, [DAY, YEAR]),
        (plant.seconds, [10 * MINUTE, HOUR, DAY, 7 * DAY]),
    ]
    return [
        (
            f"{named(series.longest)} of {'minutes' if series.interval == MINUTE else 'seconds'}",
            series,
            [*(width for width in widths if width < 0.7 * series.longest), series.longest],
        )
        for series, widths in series_and_widths
    ]


def measure_ranges(installation: Installation, metrics: VictoriaMetrics, say: Say) -> dict[str, list[SensorQuery]]:
    found: dict[str, list[SensorQuery]] = {}
    for name, series, widths in sensors_measured(installation):
        for width in widths:
            one = _query_every_way(installation, metrics, name, series, width)
            found.setdefault(name, []).append(one)
            summary = ", ".join(f"{way} {figures}" for way, figures in one.ways.items())
            say(f"{named(width)} of {name}: {summary}")
    return found


def _query_every_way(
    installation: Installation, metrics: VictoriaMetrics, name: str, series: Series, width: int
) -> SensorQuery:
    site, id = installation.ids[series.site], installation.id(series)
    influx = installation.influxql
    ways: dict[str, tuple[Callable[[TimeRange], object], Effort]] = {
        AUTO: (lambda span: samples(installation, series, span, "auto"), OURS),
        BAND: (lambda span: samples(installation, series, span, "band"), OURS),
        MEAN: (lambda span: influx.buckets('mean("value")', site, [id], span), THEIRS),
        SELECTORS: (lambda span: influx.buckets(FOUR_SELECTORS, site, [id], span), THEIRS),
        RAW_CSV: (lambda span: influx.raw(site, id, span, CSV), THEIRS),
        RAW_MSGPACK: (lambda span: influx.raw(site, id, span, MSGPACK), THEIRS),
    }
    for way, expression in METRICSQL.items():
        ways[way] = (partial(metrics.range, expression, series), THEIRS)
    figures = {way: measured(call, series.spans(width), effort) for way, (call, effort) in ways.items()}
    if figures[AUTO].refused:
        return SensorQuery(name, width, "refused", 0, 0, False, figures)
    answer = samples(installation, series, next(series.spans(width)), "auto").json()
    return SensorQuery(name, width, answer["rung"], len(answer["t"]), answer["samples"], answer["complete"], figures)


def samples(installation: Installation, series: Series, span: TimeRange, method: str) -> Answer:
    path = f"/api/v1/sensors/{installation.id(series)}/samples"
    return installation.api.get(path, start=span.start, end=span.end, points=POINTS, method=method)


def measure_others(installation: Installation, say: Say) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in chain(_many_sensors(installation), _as_of(installation), _playback(installation), _floor(installation)):
        found[row.name] = row
        say(f"{row.name}: {row.figures}")
    return found


def _many_sensors(installation: Installation) -> Iterator[Row]:
    eight = installation.plant.history[:8]
    width, ids = eight[0].longest, [installation.id(series) for series in eight]
    site = installation.ids[eight[0].site]

    def ask(span: TimeRange) -> None:
        body = {"sensors": ids, "start": span.start, "end": span.end, "points": POINTS}
        installation.api.post("/api/v1/samples/query", body)

    yield Row(f"8 sensors at once, {named(width)}", measured(ask, eight[0].spans(width), OURS))
    yield Row(
        f"8 sensors at once, {named(width)}, InfluxQL mean",
        measured(
            lambda span: installation.influxql.buckets('mean("value")', site, ids, span), eight[0].spans(width), THEIRS
        ),
    )


def _as_of(installation: Installation) -> Iterator[Row]:
    site, span = installation.ids["fleet"], installation.plant.fleet[0].span
    path = "/api/v1/values"
    past, later = moments(span.start + span.width // 20, span.end), moments(END + 25 * DAY, END + 35 * DAY)
    name = f"values of {len(installation.plant.fleet)} sensors"
    yield Row(f"{name}, now", measured(lambda _: installation.api.get(path, site=site), repeat(None), OURS))
    yield Row(f"{name}, any past moment", measured(lambda at: installation.api.get(path, site=site, at=at), past, OURS))
    yield Row(
        f"{name}, a month after the last",
        measured(lambda at: installation.api.get(path, site=site, at=at), later, OURS),
    )
    yield Row(
        f"{name}, InfluxQL last within a day",
        measured(
            lambda at: installation.influxql.last(site, at, DAY),
            moments(span.start + span.width // 20, span.end),
            THEIRS,
        ),
    )


def moments(first: int, last: int) -> Iterator[int]:
    chance = np.random.default_rng(first)
    while True:
        yield int(chance.integers(first, last))


def _playback(installation: Installation) -> Iterator[Row]:
    series = installation.plant.fleet[0]
    width = min(7 * DAY, series.longest)
    name = f"playback, {FRAMES} frames x {PLAYED} sensors, {named(width)}"

    def ask(form: str, span: TimeRange) -> Answer:
        path = f"/api/v1/schematics/{installation.schematic}/playback"
        return installation.api.get(path, start=span.start, end=span.end, frames=FRAMES, format=form)

    for form in ("json", "binary"):
        try:
            one = ask(form, next(series.spans(width)))
        except Refused as error:
            yield Row(f"{name}, {form}", Figures(refused=str(error)))
            continue
        if form == "json" or one.type != "application/json":  # a historian without a binary form answers JSON
            figures = measured(partial(ask, form), series.spans(width), PLAYBACKS)
            yield Row(f"{name}, {form}", figures, len(one.body))


def _floor(installation: Installation) -> Iterator[Row]:
    ask = partial(installation.api.get, "/healthz")
    yield Row("an empty response (/healthz)", measured(lambda _: ask(), repeat(None), OURS))


def largest_worker_mb(platform: Platform) -> int:
    """Resident memory of the largest web worker."""
    status = platform.supervisor.status("web")
    assert status is not None
    workers = Path(f"/proc/{status.pid}/task/{status.pid}/children").read_text().split()
    assert workers, "the web server has no workers"
    return max(resident_mb(int(pid)) for pid in workers)


def resident_mb(pid: int) -> int:
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) >> 10
