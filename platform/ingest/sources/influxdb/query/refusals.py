"""What is not supported, and the nearest form that is. Pure."""

from __future__ import annotations

import re

from ingest.sources.influxdb.query.errors import Unsupported
from kernel.suggest import did_you_mean

MAX_SHOWN = 40
SHOWS = (
    "SHOW DATABASES, SHOW RETENTION POLICIES, SHOW MEASUREMENTS, SHOW TAG KEYS, SHOW TAG VALUES, SHOW FIELD KEYS and "
    "SHOW SERIES"
)
_READS = "/query only reads: SELECT, and " + SHOWS
_DELETES = "to delete samples, use DELETE /api/v1/sites/{id}/samples, or delete the sensor at /api/v1/sensors/{id}"
_PEOPLE = "people and tokens are managed at /api/v1/members and /api/v1/tokens"
_CHANGES: dict[str, str] = {
    "DROP": _DELETES,
    "DELETE": _DELETES,
    "CREATE": "a tenant has one database, plant; continuous queries are not needed, as aggregates are always kept",
    "ALTER": "how long samples are kept is set at /api/v1/sites/{id}/retention",
    "GRANT": _PEOPLE,
    "REVOKE": _PEOPLE,
    "SET": _PEOPLE,
    "KILL": "queries that take too long are ended automatically",
    "EXPLAIN": "send the SELECT without EXPLAIN",
    "INSERT": "write lines with POST /write",
}
_SHOWS: dict[str, str] = {
    "USERS": _PEOPLE,
    "GRANTS": _PEOPLE,
    "CONTINUOUS": "aggregates are always kept; use GROUP BY time(…)",
    "QUERIES": "queries that take too long are ended automatically",
    "STATS": "the platform's figures are at /metrics",
    "DIAGNOSTICS": "the platform's state is at /readyz",
    "SHARDS": "use SHOW RETENTION POLICIES",
    "SHARD": "use SHOW RETENTION POLICIES",
    "SUBSCRIPTIONS": "samples are read by SELECT",
    "MEASUREMENT": "use SHOW MEASUREMENTS",
    "FIELD": "use SHOW FIELD KEYS",
    "TAG": "use SHOW TAG KEYS, or SHOW TAG VALUES … WITH KEY = …",
    "SERIES": "use SHOW SERIES",
}
_WORD = re.compile(r"[A-Za-z]+")


def refusal_of(statement: str) -> Unsupported | None:
    """The refusal of a statement that could not be parsed, if its first words say what it wants."""
    words = [word.upper() for word in _WORD.findall(statement[:200])[:3]]
    if not words:
        return None
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in _CHANGES:
        what = first if first in ("INSERT", "EXPLAIN") else f"{first} {second}".strip()
        return Unsupported(f"{what} is not supported: {_READS}. Instead, {_CHANGES[first]}.")
    if first == "SHOW":
        return _of_show(words[1:])
    if first not in ("SELECT", "SHOW"):
        return Unsupported(f"{first[:MAX_SHOWN]} is not supported: {_READS}.{did_you_mean(first, ('SELECT', 'SHOW'))}")
    return None


def _of_show(words: list[str]) -> Unsupported | None:
    what = words[0] if words else ""
    known = words in (["TAG", "KEYS"], ["TAG", "VALUES"], ["FIELD", "KEYS"])
    if known or (what == "SERIES" and "CARDINALITY" not in words) or (what and what not in _SHOWS):
        return None  # what is wrong comes later
    return Unsupported(f"SHOW {what} is not supported, but {SHOWS} are: {_SHOWS.get(what, 'name what to show')}.")


def unknown_function(name: str, known: list[str]) -> Unsupported:
    hint = did_you_mean(name, known)
    nearest = _NEAREST.get(name, "")
    return Unsupported(f"{name[:MAX_SHOWN]}() is not supported.{nearest}{hint} There are {', '.join(known)}.")


_NEAREST = {
    "holt_winters": " For a smoothed course use moving_average(mean(…), n).",
    "holt_winters_with_fit": " For a smoothed course use moving_average(mean(…), n).",
    "exponential_moving_average": " Use moving_average(mean(…), n).",
    "double_exponential_moving_average": " Use moving_average(mean(…), n).",
    "triple_exponential_moving_average": " Use moving_average(mean(…), n).",
    "relative_strength_index": " Use difference(mean(…)).",
    "chande_momentum_oscillator": " Use difference(mean(…)).",
    "kaufmans_adaptive_moving_average": " Use moving_average(mean(…), n).",
    "kaufmans_efficiency_ratio": " Use difference(mean(…)).",
    "triple_exponential_derivative": " Use derivative(mean(…)).",
    "integral": " Use sum(…) of evenly spaced samples times their interval.",
    "sample": " Use SELECT … LIMIT.",
    "histogram": " Use count(…) with a condition for each class.",
    "mode": " Use count(…) GROUP BY with a condition for each value, or median(…).",
}
