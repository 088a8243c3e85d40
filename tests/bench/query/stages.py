"""Where the time of a request goes: server and client, InfluxDB, Redis, our Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any
from urllib.parse import urlencode

from kernel.times import DAY
from tests.bench.query.data import END
from tests.bench.query.installation import PERSON, Installation, Say
from tests.bench.query.measure import Effort, measured
from tests.bench.query.peers import POINTS
from tests.bench.query.rows import FRAMES, named


@dataclass(frozen=True, slots=True)
class Stages:
    """Medians in ms. `influx` is InfluxDB's answer to the same statements alone; `floor` an empty response."""

    name: str
    whole: float
    floor: float
    influx: float
    statements: int
    redis: float
    busiest: list[tuple[str, float]]

    @property
    def python(self) -> float:
        """The remainder: planning, decoding, downsampling, encoding; the middleware is in the floor."""
        return self.whole - self.floor - self.influx - self.redis


def profile(installation: Installation, say: Say) -> list[Stages]:
    plant = installation.plant
    path_by_name = {}
    for width in (min(DAY, plant.noisy.longest), plant.noisy.longest):
        for method in ("auto", "band"):
            span = next(plant.noisy.spans(width))
            query = urlencode({"start": span.start, "end": span.end, "points": POINTS, "method": method})
            path = f"/api/v1/sensors/{installation.id(plant.noisy)}/samples?{query}"
            path_by_name[f"{named(width)} of one sensor, {method}"] = path
    path_by_name[f"values of {len(plant.fleet)} sensors, past"] = (
        f"/api/v1/values?site={installation.ids['fleet']}&at={END - DAY // 7}"
    )
    week = next(plant.fleet[0].spans(min(7 * DAY, plant.fleet[0].longest)))
    query = urlencode({"start": week.start, "end": week.end, "frames": FRAMES})
    path_by_name[f"playback, {named(week.width)}"] = f"/api/v1/schematics/{installation.schematic}/playback?{query}"
    token = installation.platform.people[PERSON]["token"]
    code = f"from tests.bench.query.inside import trace; trace({token!r}, {list(path_by_name.values())!r})"
    traces = json.loads(installation.platform.shell(code).splitlines()[-1])
    floor = _median(lambda: installation.api.get("/healthz"))
    found = []
    for (name, path), trace in zip(path_by_name.items(), traces, strict=True):
        whole = _median(partial(installation.api.get, path))
        influx = _median(partial(_replay, installation, trace["requests"]))
        statements = sum(one["params"].get("q", one["data"]).count("SELECT") for one in trace["requests"])
        busiest = [(place, ms) for place, ms in trace["busiest"]]
        found.append(Stages(name, whole, floor, influx, statements, trace["redis"], busiest))
        say(f"profile of {name}: {whole:.1f} ms, of them InfluxDB {influx:.1f}")
    return found


def _replay(installation: Installation, requests: list[dict[str, Any]]) -> None:
    """The same requests to InfluxDB, without our client around them."""
    assert installation.influx is not None
    for one in requests:
        if one["data"]:
            path = f"/query?{urlencode(one['params'])}"
            installation.influx.post(path, one["data"].encode(), "application/x-www-form-urlencoded", one["accept"])
        else:
            installation.influx.drain("/query", one["accept"], **one["params"])


def _median(call: Callable[[], object]) -> float:
    return measured(lambda _: call(), repeat(None), Effort(20)).median
