"""A plan reads each piece of a range from its own source; the answer equals that from a single source."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from catalog.models import Sensor
from historian.http.pages import page_of
from historian.ladder.repair import Stores, repair_range
from historian.read.counting import count
from historian.read.initial_value import holds_value
from historian.read.plan import RAW, Plan, Source, Tier
from historian.read.planner import Ladder, plan_raw, plan_rungs
from historian.read.raw import stream_all
from historian.read.reading import SensorQuery, read
from historian.read.sources import Sources
from historian.rungs.rungs import COARSEST, RUNGS, finest_for
from historian.shape.downsampling import Downsampling
from historian.shape.methods import buckets_of, columns_of, method_for
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, NS_PER_MS, TimeRange
from stores.timeseries import InfluxSource
from tests.historian.memory_source import MemorySource
from tests.historian.plant import make_sensor, write
from web.stores import reader, writer

COLD = Source("cold")
START = COARSEST.floor(1_700_000_000_000)
MIDDLE, END = START + 3 * DAY + 12 * MINUTE, START + 6 * DAY
SPAN = TimeRange(START + 7 * MINUTE + 1, END - 3 * MINUTE - 1)
KINDS: list[dict[str, Any]] = [
    {"interval_s": 300.0},
    {"interval_s": 300.0, "kind": "counter"},
    {"interval_s": 300.0, "kind": "discrete"},
    {"kind": "text", "sampling": "on_change", "interval_s": None},
]
HOLDING = KINDS[1:]  # a continuous signal has no value between its samples
Samples = list[tuple[int, float | str, int]]  # ms, value, quality


def samples_of(sensor: Sensor) -> Samples:
    draw, found, total = random.Random(sensor.kind), [], 0.0
    for t in range(START, END, 5 * MINUTE):
        total += draw.randrange(4)
        value: float | str = draw.gauss(20, 5) if sensor.kind == "continuous" else float(draw.randrange(3))
        if sensor.kind in ("text", "counter"):
            value = f"state {draw.randrange(3)}" if sensor.kind == "text" else total
        if draw.random() < 0.9:
            found.append((t + draw.randrange(MINUTE), value, draw.choice((0, 0, 0, 1, 2))))
    return found


def in_memory(sensor: Sensor, samples: Samples) -> MemorySource:
    memory = MemorySource()
    memory.write(sensor.site, sensor.id, [(t * NS_PER_MS, v, q) for t, v, q in samples])
    return memory


@pytest.fixture(params=KINDS, ids=[kind.get("kind", "continuous") for kind in KINDS])
def sensor(request: pytest.FixtureRequest) -> Sensor:
    return make_sensor(**request.param)


def split(sensor: Sensor, newer: Any, samples: Samples) -> Sources:
    """What is older than MIDDLE in one place, all else and the rungs in another."""
    older = in_memory(sensor, [sample for sample in samples if sample[0] < MIDDLE])
    return Sources(newer, (Tier(COLD, MIDDLE),), {COLD: older})


def shown(sources: Sources, sensor: Sensor, plan: Plan, ladder: Ladder | None, points: int) -> dict[str, Any]:
    method = method_for(sensor, "auto")
    query = SensorQuery(sensor, plan, columns_of(sensor, method), holds_value(sensor), ladder)
    [reading] = read(sources, [query], SPAN)
    return msgspec.to_builtins(Downsampling(sensor, reading, SPAN, END).render(method, points))  # type: ignore[no-any-return]


@pytest.mark.parametrize("points", [50, 5_000])
def test_a_plan_mixes_sources_by_time(acme: TenantConnection, sensor: Sensor, points: int) -> None:
    samples = samples_of(sensor)
    write(acme, sensor, [sample for sample in samples if sample[0] >= MIDDLE])
    mixed = split(sensor, InfluxSource(reader(acme)), samples)
    plan = plan_raw(SPAN, mixed.tiers)
    assert [(piece.source, piece.span) for piece in plan.pieces] == [
        (COLD, TimeRange(SPAN.start, MIDDLE)), (RAW, TimeRange(MIDDLE, SPAN.end)),
    ]  # fmt: skip
    whole = Sources(in_memory(sensor, samples))
    assert shown(mixed, sensor, plan, None, points) == shown(whole, sensor, plan_raw(SPAN), None, points)


def test_ragged_edges_of_a_rung_come_from_their_own_source(acme: TenantConnection, sensor: Sensor) -> None:
    samples = samples_of(sensor)
    write(acme, sensor, samples)
    influx = InfluxSource(reader(acme))
    finest = finest_for(sensor) or RUNGS[0]
    repair_range(Stores(influx, writer(acme)), sensor, finest, COARSEST.around(TimeRange(START, END)))
    mixed = split(sensor, influx, samples)
    mark = TimeRange(MIDDLE - DAY, MIDDLE - DAY + MINUTE)  # one that is read from samples
    ladder = Ladder(finest, (mark,))
    buckets = buckets_of(method_for(sensor, "auto"), 20)
    plans = [plan_rungs(SPAN, buckets, ladder, 300_000, tiers) for tiers in (mixed.tiers, ())]
    assert COLD in {piece.source for piece in plans[0].pieces}
    assert plans[0].rung is not None and plans[0].rung == plans[1].rung
    cold = mixed.places[COLD]
    one = shown(mixed, sensor, plans[0], ladder, 20)
    other = shown(Sources(influx), sensor, plans[1], ladder, 20)
    assert one == other
    assert isinstance(cold, MemorySource) and cold.requests == 1, "all edges in one round trip"


@pytest.mark.parametrize("sensor", HOLDING, indirect=True, ids=[kind["kind"] for kind in HOLDING])
def test_the_initial_value_may_lie_in_an_older_source(sensor: Sensor) -> None:
    samples = [sample for sample in samples_of(sensor) if sample[0] < MIDDLE]
    samples.append((END - DAY, samples[0][1], 0))
    newer = in_memory(sensor, [sample for sample in samples if sample[0] >= MIDDLE])
    for sources in (split(sensor, newer, samples), Sources(in_memory(sensor, samples))):
        span = TimeRange(MIDDLE, END)
        query = SensorQuery(sensor, plan_raw(span, sources.tiers), (), True, None)
        [reading] = read(sources, [query], span)
        before = [(t, v) for t, v, q in samples if MIDDLE - 3 * 5 * MINUTE <= t < MIDDLE and q < 2]
        assert reading.before.v.tolist() == [before[-1][1]]


@pytest.mark.parametrize("limit", [7, 400, 100_000])
def test_pages_and_streams_go_from_one_source_to_the_next(sensor: Sensor, limit: int) -> None:
    samples = samples_of(sensor)
    newer = in_memory(sensor, [sample for sample in samples if sample[0] >= MIDDLE])
    sources, inside = split(sensor, newer, samples), [s for s in samples if SPAN.start <= s[0] < SPAN.end]
    found: list[int] = []
    cursor: int | None = None
    while True:
        page = page_of(sources, sensor, SPAN, cursor, limit)
        found += page.raw.t_ms.tolist()
        cursor = page.cursor
        if cursor is None:
            break
    assert found == [t for t, _, _ in inside]
    assert [t for raw in stream_all(sources, sensor, SPAN) for t in raw.t_ms.tolist()] == found
    assert count(sources, [sensor], SPAN) == len(inside)


def test_a_rejection_counts_samples_of_all_sources(monkeypatch: pytest.MonkeyPatch, sensor: Sensor) -> None:
    samples = samples_of(sensor)
    newer = in_memory(sensor, [sample for sample in samples if sample[0] >= MIDDLE])
    monkeypatch.setattr("historian.read.counting.MAX_SAMPLES", 1_000)
    monkeypatch.setattr("historian.read.planner.MAX_SAMPLES", 1_000)
    monkeypatch.setattr("historian.read.reading.ROWS", 100)
    messages: Sequence[Any] = []
    for sources in (split(sensor, newer, samples), Sources(in_memory(sensor, samples))):
        query = SensorQuery(sensor, plan_raw(SPAN, sources.tiers), (), False, None)
        with pytest.raises(BadRequest) as refused:
            read(sources, [query], SPAN)
        messages = [*messages, refused.value.detail]
    assert messages[0] == messages[1] and "raw samples" in messages[0]
