"""Values as of moments years ago and playback over years match the samples in every frame."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from historian.asof.values import stale_after_ms
from historian.queries import as_of, playback
from historian.rungs.rungs import RUNGS
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.plant import START, add_sensors, listed, write
from tests.historian.test_ladder_late import settle as settle_now
from tests.historian.test_ladder_work import settle
from tests.historian.years import BAD, END, YEAR, Truth

pytestmark = pytest.mark.django_db
NOW = END + MINUTE
WIDTHS = {rung.name: rung.ms for rung in RUNGS}


def moments(truths: dict[str, Truth], count: int) -> Iterator[int]:
    """Anywhere in four years, at samples and beside them."""
    draw = random.Random(3)
    for _ in range(count):
        truth = draw.choice(list(truths.values()))
        yield int(draw.choice(truth.t.tolist())) + draw.choice([-1, 0, 1, 30_000])
        yield END - draw.randrange(4 * YEAR)


def test_the_value_at_any_moment_is_the_last_sample_before_it_however_old(
    tenant: TenantConnection, site: dict[str, Truth]
) -> None:
    sensors = [truth.sensor for truth in site.values()]
    for at in moments(site, 40):
        for truth, found in zip(site.values(), as_of(tenant, sensors, at, NOW), strict=True):
            wanted = truth.as_of(at)
            if wanted is None:
                assert found.v is None
                continue
            t, v, q = wanted
            assert (found.t, found.v) == (t, v), (truth.sensor.tag, at)
            assert (found.q == BAD) == (q == BAD)
            assert found.age == at - t
            assert found.stale == (at - t > stale_after_ms(truth.sensor))


SPANS = [
    TimeRange(END - 3 * YEAR, END),
    TimeRange(END - 500 * DAY - 12_345, END - 3 * DAY + 777),
    TimeRange(END - 40 * DAY + 1, END - 2 * DAY),
    TimeRange(END - 9 * HOUR - 1, END + 5 * HOUR),
]


@pytest.mark.parametrize("frames", [7, 100, 600])
@pytest.mark.parametrize("span", SPANS, ids=["years", "silence", "month", "future"])
def test_states_are_exact_in_every_frame(
    tenant: TenantConnection, site: dict[str, Truth], span: TimeRange, frames: int
) -> None:
    states = [site[name] for name in ("valve", "batch", "phase")]
    played = playback(tenant, [truth.sensor for truth in states], span, frames, now_ms=NOW)
    assert played.complete
    for truth in states:
        column, bad = listed(played.columns[truth.sensor.id]), flags(played.bad.get(truth.sensor.id, []), len(played.t))
        for place, (moment, shown) in enumerate(zip(played.t.tolist(), column, strict=True)):
            wanted = truth.as_of(moment) if moment <= NOW else None
            assert shown == (wanted[1] if wanted else None), (truth.sensor.tag, played.rung, moment)
            assert bad[place] == (wanted is not None and wanted[2] == BAD)


@pytest.mark.parametrize("frames", [7, 100, 600])
@pytest.mark.parametrize("span", SPANS, ids=["years", "silence", "month", "future"])
def test_numbers_are_samples_at_most_a_bucket_old(
    tenant: TenantConnection, site: dict[str, Truth], span: TimeRange, frames: int
) -> None:
    numbers = [site[name] for name in ("second", "minute", "quarter", "meter", "dose")]
    played = playback(tenant, [truth.sensor for truth in numbers], span, frames, now_ms=NOW)
    assert played.complete
    width = WIDTHS.get(played.rung, 0)
    for truth in numbers:
        usable, column = truth.usable(), listed(played.columns[truth.sensor.id])
        stale = flags(played.stale.get(truth.sensor.id, []), len(played.t))
        for place, (moment, shown) in enumerate(zip(played.t.tolist(), column, strict=True)):
            if moment > NOW:
                assert shown is None
                continue
            now, then = truth.as_of(moment), usable.as_of(moment - width)
            if shown is None:
                assert now is None or then is None
                continue
            assert now is not None
            since = usable.t >= (then[0] if then else 0)
            allowed = usable.v[since & (usable.t <= moment)].tolist()
            assert shown in [*allowed, now[1]], (truth.sensor.tag, played.rung, moment)
            reach = stale_after_ms(truth.sensor)
            known = truth.t[(truth.t <= moment) & (truth.v == shown)]
            assert not stale[place] or moment - known[-1] > reach, "never sooner than three intervals"
            assert stale[place] or moment - now[0] <= reach + played.t[1] - played.t[0], "at most one frame later"


def flags(runs: list[tuple[int, int]], count: int) -> list[bool]:
    flagged = np.zeros(count, bool)
    for start, stop in runs:
        flagged[start:stop] = True
    return flagged.tolist()


def test_three_years_of_fifty_sensors_play(tenant: TenantConnection, site: dict[str, Truth]) -> None:
    """Twenty of each of two kinds of states that change all the time, and numbers."""
    draw = np.random.default_rng(5)
    kinds: list[dict[str, Any]] = [{"kind": "discrete", "sampling": "on_change", "interval_s": None}] * 20
    kinds += [{"interval_s": 3_600.0}] * 30
    sensors = add_sensors(tenant, *({**fields, "tag": f"M-{number}"} for number, fields in enumerate(kinds)))
    truths = []
    for sensor in sensors:
        t = np.unique(END - draw.integers(0, 3 * YEAR, 600))
        v = np.arange(len(t)) % 2.0 if sensor.kind == "discrete" else np.round(draw.normal(0, 9, len(t)), 2)
        truths.append(Truth(sensor, t, v, np.zeros(len(t), np.uint8)))
        truths[-1].write(tenant)
    settle(tenant, NOW + 11 * MINUTE, 20_000)
    played = playback(tenant, sensors, TimeRange(END - 3 * YEAR, END), 300, now_ms=NOW)
    assert (played.complete, len(played.columns)) == (True, 50)
    for truth in truths[:20]:
        wanted = [found[1] if (found := truth.as_of(moment)) else None for moment in played.t.tolist()]
        assert listed(played.columns[truth.sensor.id]) == wanted


def hidden(truth: Truth, times: list[int]) -> list[bool]:
    """For each frame, whether a state came and went since the previous one, from all samples."""
    usable, found = truth.usable(), [False]
    for start, end in pairwise(times):
        inside = usable.v[(usable.t > start) & (usable.t <= end)].tolist()
        before = truth.before(start + 1)
        found.append(before is not None and bool(set(inside) - {before, inside[-1] if inside else before}))
    return found


@pytest.mark.parametrize("name", ["phase", "valve", "batch"])
@pytest.mark.parametrize("length", [HOUR, 12 * HOUR, 5 * DAY, 300 * DAY])
def test_a_state_that_came_and_went_between_two_frames_is_reported(
    tenant: TenantConnection, site: dict[str, Truth], name: str, length: int
) -> None:
    truth = site[name]
    span = TimeRange(END - length - 7, END - 7)
    run = playback(tenant, [truth.sensor], span, 60, now_ms=NOW)
    flagged = flags(run.changed.get(truth.sensor.id, []), len(run.t))
    wanted = hidden(truth, run.t.tolist())
    # A bucket of a rung across two moments is told with the later one.
    missed = [k for k, lost in enumerate(wanted) if lost and not any(flagged[max(k - 1, 0) : k + 2])]
    assert missed == []
    if length <= 12 * HOUR:
        assert [k for k in range(len(flagged)) if wanted[k] and not flagged[k]] == []
    assert any(flagged) == any(wanted) or length > DAY


def test_a_blink_between_two_frames_is_reported_but_a_single_change_is_not(acme: TenantConnection) -> None:
    """A trip of ten seconds within a frame of ten minutes, live and from rungs."""
    [sensor] = add_sensors(acme, {"kind": "discrete", "sampling": "on_change", "interval_s": None})
    write(acme, sensor, [(START, 1.0), (START + 35 * MINUTE, 0.0), (START + 35 * MINUTE + 10_000, 1.0)])
    write(acme, sensor, [(START + 75 * MINUTE, 0.0)])
    span = TimeRange(START, START + 120 * MINUTE)
    for _ in range(2):
        run = playback(acme, [sensor], span, 13, now_ms=NOW)
        assert run.columns[sensor.id].tolist()[:9] == [1.0] * 8 + [0.0]
        assert run.changed == {sensor.id: [(4, 5)]}
        settle_now(acme)
