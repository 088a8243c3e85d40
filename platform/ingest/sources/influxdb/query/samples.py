"""Reads samples of many sensors, exactly to the nanosecond, within a bound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.models import Sensor
from historian.read.counting import ensure_readable
from historian.read.last import by_site
from historian.read.plan import pieces_of_samples
from historian.read.planner import MAX_SAMPLES, expected_samples
from historian.read.sources import Sources
from historian.rungs.sensors import interval_ms_of, is_text
from historian.rungs.units import shown_raw
from ingest.sources.influxdb.query.conditions import Bounds
from ingest.sources.influxdb.query.errors import StatementError
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import Part, Raw, SampleRange, Window, joined_raw, no_samples

FEW = 5_000  # samples of a sensor that are read together with those of others
MAX_TOGETHER = 50_000  # samples expected of all sensors
MAX_LIMITED = 200_000  # by LIMIT


@dataclass(slots=True)
class SampleBudget:
    """How many more samples one request may read."""

    left: int = MAX_SAMPLES

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise too_many(MAX_SAMPLES)


@dataclass(frozen=True, slots=True)
class SampleReader:
    """Usable samples in the sensors' units."""

    sources: Sources
    budget: SampleBudget = field(default_factory=SampleBudget)

    def read(
        self, sensors: Sequence[Sensor], bounds: Bounds, limit: int | None = None, newest: bool = False
    ) -> dict[str, Raw]:
        """By sensor id, those that have any; with a limit the earliest, or the newest."""
        if bounds.first >= bounds.stop:
            return {}
        if limit is not None and limit * len(sensors) <= MAX_LIMITED:
            return self._counted(self._first(sensors, bounds, limit, newest)[0])
        if self._expected(sensors, bounds) > MAX_TOGETHER:
            return self._counted(self._all(sensors, bounds))
        found, resumes = self._first(sensors, bounds, FEW, False)
        for sensor in sensors:
            if (last := resumes.get(sensor.id)) is not None:
                more = self._all([sensor], Bounds(last + 1, bounds.stop))
                found[sensor.id] = joined_raw([found[sensor.id], *more.values()])
        return self._counted(found)

    def _expected(self, sensors: Sequence[Sensor], bounds: Bounds) -> float:
        span = _span(bounds)
        return sum(expected_samples(span, interval_ms_of(sensor)) or 0.0 for sensor in sensors)

    def _first(
        self, sensors: Sequence[Sensor], bounds: Bounds, limit: int, newest: bool
    ) -> tuple[dict[str, Raw], dict[str, int]]:
        """And the times (ns) of the last samples scanned, of sensors that have more."""
        by_id, resumes = {sensor.id: sensor for sensor in sensors}, dict[str, int]()
        pieces = list(pieces_of_samples(_span(bounds), self.sources.tiers))
        requests = [
            (piece.source, SampleRange(site, text, ids, _within(piece.span, bounds), limit, newest, usable=True))
            for piece in pieces
            for (site, text), ids in by_site(sensors).items()
        ]
        parts: dict[str, list[Raw]] = defaultdict(list)
        answers: list[Mapping[str, Part]] = self.sources.read(requests)
        for answer in answers:
            for id, part in answer.items():
                if id in resumes:
                    continue
                parts[id].append(shown_raw(by_id[id], part.samples))
                if part.resume is not None:
                    resumes[id] = part.resume
        return {id: _cut(joined_raw(some), limit, newest) for id, some in parts.items() if some}, resumes

    def _all(self, sensors: Sequence[Sensor], bounds: Bounds) -> dict[str, Raw]:
        ensure_readable(self.sources, sensors, _span(bounds))
        by_id = {sensor.id: sensor for sensor in sensors}
        parts: dict[str, list[Raw]] = defaultdict(list)
        count = 0
        for id, raw in self._streamed(sensors, bounds):
            count += len(raw)
            if count > self.budget.left:
                raise too_many(MAX_SAMPLES)
            parts[id].append(shown_raw(by_id[id], raw.usable()))
        return {id: joined_raw(some) for id, some in parts.items()}

    def _streamed(self, sensors: Sequence[Sensor], bounds: Bounds) -> Iterator[tuple[str, Raw]]:
        for piece in pieces_of_samples(_span(bounds), self.sources.tiers):
            for (site, text), ids in by_site(sensors).items():
                request = SampleRange(site, text, ids, _within(piece.span, bounds))
                yield from self.sources.place(piece.source).stream(request)

    def _counted(self, found: dict[str, Raw]) -> dict[str, Raw]:
        self.budget.take(sum(map(len, found.values())))
        return found


def too_many(limit: int) -> StatementError:
    return StatementError(
        f"the query reads more than {limit:,} samples; use a shorter range of time, or GROUP BY time() of whole "
        "minutes with count, sum, min, max, mean, first, last, spread or stddev, without conditions on fields: these "
        "are kept ready"
    )


def _cut(raw: Raw, limit: int, newest: bool) -> Raw:
    """Of several sources' samples only as many as were asked for."""
    if len(raw) <= limit:
        return raw
    chosen = slice(len(raw) - limit, None) if newest else slice(0, limit)
    return Raw(raw.t[chosen], raw.v[chosen], raw.q[chosen])


def _span(bounds: Bounds) -> TimeRange:
    return TimeRange(bounds.first // NS_PER_MS, -(-bounds.stop // NS_PER_MS))


def _within(span: TimeRange, bounds: Bounds) -> Window:
    whole = Window.of(span)
    return Window(max(whole.start, bounds.first), min(whole.end, bounds.stop))


def none_of(sensor: Sensor) -> Raw:
    return no_samples(is_text(sensor))
