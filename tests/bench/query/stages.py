"""Where the time of a request goes: server and client, InfluxDB, Redis, our Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import Any
from urllib.parse import urlencode

from kernel.times import DAY
from tests.bench.query.data import END
from tests.bench.query.installation import PERSON, Installation
from tests.bench.query.measure import Effort, measured
from tests.bench.query.peers import POINTS
from tests.bench.query.rows import FRAMES, named


@dataclass(frozen=True, slots=True)
class Stages:
    """Medians in ms. `influx` is InfluxDB's answer to the same statements alone; `floor` an answer without content."""

    name: str
    whole: float
    floor: float
    influx: float
    statements: int
    redis: float
    busiest: list[tuple[str, float]]

    @property
    def python(self) -> float:
        """What is left: planning, decoding, choosing points, encoding; the middleware is in the floor."""
        return self.whole - self.floor - self.influx - self.redis


def profile(made: Installation) -> list[Stages]:
    plant = made.plant
    asked = {}
    for width in (min(DAY, plant.noisy.longest), plant.noisy.longest):
        for method in ("auto", "band"):
            span = next(plant.noisy.spans(width))
            query = urlencode({"start": span.start, "end": span.end, "points": POINTS, "method": method})
            path = f"/api/v1/sensors/{made.id(plant.noisy)}/samples?{query}"
            asked[f"{named(width)} of one sensor, {method}"] = path
    asked[f"values of {len(plant.fleet)} sensors, past"] = (
        f"/api/v1/values?site={made.ids['fleet']}&at={END - DAY // 7}"
    )
    week = next(plant.fleet[0].spans(min(7 * DAY, plant.fleet[0].longest)))
    query = urlencode({"start": week.start, "end": week.end, "frames": FRAMES})
    asked[f"playback, {named(week.width)}"] = f"/api/v1/schematics/{made.schematic}/playback?{query}"
    token = made.platform.people[PERSON]["token"]
    code = f"from tests.bench.query.inside import trace; trace({token!r}, {list(asked.values())!r})"
    traces = json.loads(made.platform.shell(code).splitlines()[-1])
    floor = _median(lambda: made.api.get("/healthz"))
    return [
        Stages(
            name,
            _median(lambda path=path: made.api.get(path)),  # type: ignore[misc]
            floor,
            _median(lambda trace=trace: _replay(made, trace["asked"])),  # type: ignore[misc]
            sum(one["params"].get("q", one["data"]).count("SELECT") for one in trace["asked"]),
            trace["redis"],
            [(place, ms) for place, ms in trace["busiest"]],
        )
        for (name, path), trace in zip(asked.items(), traces, strict=True)
    ]


def _replay(made: Installation, asked: list[dict[str, Any]]) -> None:
    """The same requests to InfluxDB, without our client around them."""
    assert made.influx is not None
    for one in asked:
        if one["data"]:
            path = f"/query?{urlencode(one['params'])}"
            made.influx.post(path, one["data"].encode(), "application/x-www-form-urlencoded", one["accept"])
        else:
            made.influx.drain("/query", one["accept"], **one["params"])


def _median(call: Callable[[], object]) -> float:
    return measured(lambda _: call(), repeat(None), Effort(20)).median
