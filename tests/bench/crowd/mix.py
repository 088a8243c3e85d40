"""The requests of the pages, taken from the frontend: what they send, and how often per minute.

Only visible pages send requests, so a third of the users is on each of the three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from kernel.times import DAY, HOUR, MINUTE
from tests.bench.query.client import Answer, Connection

LINES, STATES, KEYS = 4, 2, 8  # traces of a trend; key figures of a home page


@dataclass(frozen=True, slots=True)
class Place:
    """The objects to look at."""

    site: str
    numbers: list[str]
    states: list[str]
    schematic: str
    now_ms: Callable[[], int]


Ask = Callable[[Connection, Place, Random], Answer]


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    per_minute: float
    ask: Ask


def _query(api: Connection, sensors: list[str], start: int, end: int, points: int) -> Answer:
    body = {"sensors": sensors, "start": start, "end": end, "points": points, "method": "auto"}
    return api.post("/api/v1/samples/query", body)


def _lines(api: Connection, place: Place, chance: Random, width: int, end: int, points: int = 1000) -> Answer:
    return _query(api, chance.sample(place.numbers, LINES), end - width, end, points)


def _looked_at(place: Place, chance: Random) -> tuple[int, int]:
    """The width and end of a range after panning and zooming: mostly recent, sometimes far back."""
    width = chance.choice([HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY])
    return width, place.now_ms() - chance.randrange(1, 5 * DAY)


def _moved(api: Connection, place: Place, chance: Random) -> Answer:
    return _lines(api, place, chance, *_looked_at(place, chance))


def _moved_states(api: Connection, place: Place, chance: Random) -> Answer:
    width, end = _looked_at(place, chance)
    return _query(api, chance.sample(place.states, STATES), end - width, end, 1000)


def _tick(place: Place, width: int) -> int:
    """The end of a live range, as `liveStep` rounds it."""
    step = min(MINUTE, max(2000, width // 1000))
    return -(-place.now_ms() // step) * step


def _playback(api: Connection, place: Place, chance: Random) -> Answer:
    end = place.now_ms() // MINUTE * MINUTE - chance.randrange(0, DAY, MINUTE)
    path = f"/api/v1/schematics/{place.schematic}/playback"
    return api.get(path, start=end - 7 * DAY, end=end, frames=600, format="binary")


def _frame(api: Connection, place: Place, chance: Random) -> Answer:
    return api.get(f"/api/v1/schematics/{place.schematic}/frame", drawing="false")


def _yesterday(api: Connection, place: Place, chance: Random) -> Answer:
    return api.get("/api/v1/values", sensors=",".join(place.numbers[:KEYS]), at=place.now_ms() - DAY)


def _track(api: Connection, place: Place, chance: Random) -> Answer:
    end = _tick(place, 7 * DAY)
    return api.get(f"/api/v1/sensors/{place.numbers[0]}/samples", start=end - 7 * DAY, end=end, points=700)


def _cursor(api: Connection, place: Place, chance: Random) -> Answer:
    at = place.now_ms() - chance.randrange(1, 5 * DAY)
    return api.get("/api/v1/values", sensors=",".join(chance.sample(place.numbers, LINES)), at=at)


READY = Kind("is the platform well", 12, lambda api, place, chance: api.get("/readyz"))
OPENED = [  # each page once in five minutes
    Kind("who am I", 0.2, lambda api, place, chance: api.get("/api/v1/me")),
    Kind("sites", 0.2, lambda api, place, chance: api.get("/api/v1/sites", limit=500)),
    Kind("sensors", 0.2, lambda api, place, chance: api.get("/api/v1/sensors", site=place.site, limit=500)),
    Kind("schematics", 0.2, lambda api, place, chance: api.get("/api/v1/schematics", site=place.site)),
]
HOME = [
    READY,
    *OPENED,
    Kind("values of the site, now", 30, lambda api, place, chance: api.get("/api/v1/values", site=place.site)),
    Kind("frame, now", 30, _frame),
    Kind("values of yesterday", 1, _yesterday),
    Kind(
        "last day of the key figures",
        1,
        lambda api, place, chance: _query(api, place.numbers[:KEYS], _tick(place, DAY) - DAY, _tick(place, DAY), 120),
    ),
    Kind(
        "last day of the states",
        1,
        lambda api, place, chance: _query(api, place.states, _tick(place, DAY) - DAY, _tick(place, DAY), 1000),
    ),
    Kind("imports", 2, lambda api, place, chance: api.get("/api/v1/imports", limit=5)),
]
SCHEMATIC = [
    READY,
    *OPENED,
    Kind("frame, now", 30, _frame),
    Kind("trend under the drawing", 1, _track),
    Kind("playback of 7 d", 1, _playback),  # somebody scrubs
    Kind("drawing", 0.2, lambda api, place, chance: api.get(f"/api/v1/schematics/{place.schematic}")),
]
TRENDS = [
    READY,
    *OPENED,
    Kind("trend, live", 2, lambda api, place, chance: _lines(api, place, chance, 8 * HOUR, _tick(place, 8 * HOUR))),
    Kind("trend, moved", 10, _moved),  # panning and zooming pauses every six seconds
    Kind("states of a trend, moved", 10, _moved_states),
    Kind("values under the cursor", 6, _cursor),
    Kind(
        "overview",
        0.5,
        lambda api, place, chance: _lines(api, place, chance, 30 * DAY, _tick(place, 30 * DAY), 400),
    ),
]
PAGES = (HOME, SCHEMATIC, TRENDS)


def natural_rate(people: int) -> float:
    """Requests per second of so many users, a third on each page."""
    return sum(kind.per_minute for page in PAGES for kind in page) * people / len(PAGES) / 60
