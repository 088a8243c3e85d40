"""The requests of the pages, taken from the frontend: what they send, and how often per minute.

Only visible pages send requests, so a third of the users is on each of the three. What a page asks by itself has its
rate from the frontend's code:

- Every page asks every 5 s whether the platform is well (`frame/health.tsx`).
- Home and schematic read values and frames once, and then listen to the stream (`values/index.ts`,
  `schematic/useLiveFrame.ts`); trends have none. The web process is asked twice about a new stream: by the page, which
  it sends to the stream's process, and by that. What that asks once a minute about each comes on top of this mix.
- Home reads every minute the values of a day ago (`values/index.ts`), the last day of key figures and of states
  (`home/data.ts`), and the imports, although they are announced (`stream/useStream.ts`).
- Schematic and trends ask for events only if the tenant has types of them (`events/data.ts`), which this one has not.
- A live trend of 8 h reads lines and states every 28.8 s (`liveStep` in `trends/range.ts`).

How people act is assumed: each opens another page every five minutes, where what is older than a minute is read again
(`staleTime`). On a schematic they choose another range and another sensor once a minute, and stop at two moments in
between. In trends they move the range every six seconds, and the cursor alone as often as six times a minute; each time
exact values are read (`trends/useExact.ts`) if the chart leaves samples out, which it does in three of the five ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def _frame_then(api: Connection, place: Place, chance: Random) -> Answer:
    at = place.now_ms() - chance.randrange(1, 5 * DAY)
    return api.get(f"/api/v1/schematics/{place.schematic}/frame", drawing="false", at=at)


def _yesterday(api: Connection, place: Place, chance: Random) -> Answer:
    return api.get("/api/v1/values", sensors=",".join(place.numbers[:KEYS]), at=place.now_ms() - DAY)


def _track(api: Connection, place: Place, chance: Random) -> Answer:
    end = _tick(place, 7 * DAY)
    return api.get(f"/api/v1/sensors/{chance.choice(place.numbers)}/samples", start=end - 7 * DAY, end=end, points=700)


def _cursor(api: Connection, place: Place, chance: Random) -> Answer:
    at = place.now_ms() - chance.randrange(1, 5 * DAY)
    return api.get("/api/v1/values", sensors=",".join(chance.sample(place.numbers, LINES)), at=at)


def _last_day(sensors: Callable[[Place], list[str]], points: int) -> Ask:
    def ask(api: Connection, place: Place, chance: Random) -> Answer:
        end = _tick(place, DAY)
        return _query(api, sensors(place), end - DAY, end, points)

    return ask


def _live_lines(api: Connection, place: Place, chance: Random) -> Answer:
    return _lines(api, place, chance, 8 * HOUR, _tick(place, 8 * HOUR))


def _live_states(api: Connection, place: Place, chance: Random) -> Answer:
    end = _tick(place, 8 * HOUR)
    return _query(api, chance.sample(place.states, STATES), end - 8 * HOUR, end, 1000)


def _overview(api: Connection, place: Place, chance: Random) -> Answer:
    end = _tick(place, 30 * DAY)
    return _query(api, [chance.choice(place.numbers)], end - 30 * DAY, end, 400)


def stream_of_home(place: Place) -> str:
    """The query of the stream, as of the schematic's."""
    return f"{stream_of_schematic(place)}&site={place.site}&topics=jobs"


def stream_of_schematic(place: Place) -> str:
    return "sensors=" + ",".join([*place.numbers, *place.states])


def _list(path: str) -> Ask:
    return lambda api, place, chance: api.get(f"/api/v1/{path}", site=place.site, limit=1000)


def _new_stream(query: Callable[[Place], str]) -> Kind:
    path = "/api/v1/stream/subscription"
    return Kind("new stream", 2 * OPENED, lambda api, place, chance: api.get(f"{path}?{query(place)}"))


OPENED = 0.2  # per minute: each page every five minutes
WELL = Kind("is the platform well", 12, lambda api, place, chance: api.get("/readyz"))
ANY_PAGE = [
    WELL,
    Kind("who am I", OPENED, lambda api, place, chance: api.get("/api/v1/me")),
    Kind("sites", OPENED, lambda api, place, chance: api.get("/api/v1/sites", limit=1000)),
    *(Kind(path, OPENED, _list(path)) for path in ("areas", "assets", "sensors", "connections")),
]
DRAWN = [
    Kind("schematics", OPENED, _list("schematics")),
    Kind("drawing", OPENED, lambda api, place, chance: api.get(f"/api/v1/schematics/{place.schematic}")),
    Kind("frame, now", OPENED, _frame),
]
EVENT_TYPES = Kind("event types", OPENED, lambda api, place, chance: api.get("/api/v1/event-types", limit=1000))
HOME = [
    *ANY_PAGE,
    *DRAWN,
    _new_stream(stream_of_home),
    Kind("first schematic", OPENED, lambda api, place, chance: api.get("/api/v1/schematics", site=place.site, limit=1)),
    Kind("values of the site, now", OPENED, lambda api, place, chance: api.get("/api/v1/values", site=place.site)),
    Kind("values of yesterday", 1, _yesterday),
    Kind("last day of the key figures", 1, _last_day(lambda place: place.numbers[:KEYS], 120)),
    Kind("last day of the states", 1, _last_day(lambda place: place.states, 1000)),
    Kind("imports", 1, lambda api, place, chance: api.get("/api/v1/imports", limit=5)),
]
SCHEMATIC = [
    *ANY_PAGE,
    *DRAWN,
    EVENT_TYPES,
    _new_stream(stream_of_schematic),
    Kind("trend under the drawing", 1, _track),
    Kind("playback of 7 d", 1 + OPENED, _playback),
    Kind("frame, then", 2, _frame_then),
]
TRENDS = [
    *ANY_PAGE,
    EVENT_TYPES,
    Kind("trend, live", 60 / 28.8, _live_lines),
    Kind("states of a trend, live", 60 / 28.8, _live_states),
    Kind("trend, moved", 10, _moved),
    Kind("states of a trend, moved", 10, _moved_states),
    Kind("values under the cursor", 0.6 * (10 + 6), _cursor),
    Kind("overview", 0.5, _overview),
]
PAGES = (HOME, SCHEMATIC, TRENDS)
STREAMS = (stream_of_home, stream_of_schematic, None)  # of each page


def rate_of(page: Sequence[Kind]) -> float:
    """Requests per second of a user on that page."""
    return sum(kind.per_minute for kind in page) / 60


def natural_rate(people: int) -> float:
    """Requests per second of so many users, a third on each page."""
    return sum(rate_of(PAGES[number % len(PAGES)]) for number in range(people))
