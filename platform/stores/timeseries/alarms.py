"""The alarm journal of a tenant: two measurements in a policy of its own (ADR 92).

An entry's nanoseconds beyond the millisecond are its number modulo 10^6, so two within one millisecond both stay, and
one that is written again replaces itself. Tags are priority and a shard of the keys, whatever number of alarms there
are. A snapshot is a head with what follows it at the next nanoseconds: all that was not normal then.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from kernel.times import DAY, HOUR, NS_PER_MS
from stores.timeseries.client import Timeseries
from stores.timeseries.lines import quoted_value
from stores.timeseries.statements import literal, quoted

ALARMS, SNAPSHOTS = "alarms", "alarm_snapshots"  # the policy and its first measurement have one name
SHARD = "4w"
SHARDS = 64  # of keys
MAX_IN_SNAPSHOT = 999_999
MAX_PIECE = 4 << 20  # bytes of a snapshot in one request, of which InfluxDB takes 25 MB unless it is told otherwise
_FIRST_WINDOW, _GROWTH = 6 * HOUR, 8
Order = Literal["ASC", "DESC"]
_TEXTS = ("key", "what", "rule", "target", "asset", "site", "verdict")


@dataclass(frozen=True, slots=True)
class StoredTransition:
    """`t`, `occurrence` in epoch ms; `body` is JSON. `quiet`: nobody was told: late, past or suppressed. `past`: late
    or past, so that it changed no state.
    """

    t: int
    number: int
    key: str
    what: str
    priority: int
    rule: str
    target: str
    asset: str
    site: str
    body: str
    occurrence: int | None = None
    verdict: str = ""
    quiet: bool = False
    past: bool = False

    @property
    def ns(self) -> int:
        return self.t * NS_PER_MS + self.number % NS_PER_MS


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Conditions on transitions; times in ns, the end not included. Empty: any."""

    start: int
    end: int
    key: str = ""
    rule: str = ""
    target: str = ""
    assets: Sequence[str] = ()
    site: str = ""
    priorities: Sequence[int] = ()
    whats: Sequence[str] = ()
    past: bool | None = None
    after: int | None = None  # only with greater numbers
    until: int | None = None  # and with no greater ones


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`number`: of the last transition that it has. `bodies`: one for each alarm, JSON."""

    t: int
    number: int
    bodies: list[str]


def shard_of(key: str) -> int:
    return zlib.crc32(key.encode()) % SHARDS


def transition_line(entry: StoredTransition) -> bytes:
    """Texts have no line break: keys and ids by their alphabets, bodies as JSON."""
    texts = ",".join(f"{name}={quoted_value(getattr(entry, name))}" for name in _TEXTS)
    flags = f"quiet={_flag(entry.quiet)},past={_flag(entry.past)}"
    since = "" if entry.occurrence is None else f",occurrence={entry.occurrence}i"
    tags = f"priority={entry.priority},shard={shard_of(entry.key)}"
    body = quoted_value(entry.body)
    return f"{ALARMS},{tags} number={entry.number}i,{texts},{flags}{since},body={body} {entry.ns}".encode()


def write_snapshot(store: Timeseries, snapshot: Snapshot) -> None:
    """In pieces that InfluxDB takes, and the head last: without it there is no snapshot."""
    first, bodies = snapshot.t * NS_PER_MS, snapshot.bodies[:MAX_IN_SNAPSHOT]
    piece, size = list[bytes](), 0
    for place, body in enumerate(bodies, 1):
        line = f"{SNAPSHOTS},part=alarm body={quoted_value(body)} {first + place}".encode()
        if piece and size + len(line) > MAX_PIECE:
            store.write_lines(ALARMS, b"\n".join(piece))
            piece, size = [], 0
        piece.append(line)
        size += len(line) + 1
    if piece:
        store.write_lines(ALARMS, b"\n".join(piece))
    head = f"{SNAPSHOTS},part=head number={snapshot.number}i,count={len(bodies)}i {first}"
    store.write_lines(ALARMS, head.encode())


def read_bodies(
    store: Timeseries, which: JournalFilter, limit: int, newest_first: bool = True
) -> list[tuple[int, str]]:
    """(time in ns, body) in order of time."""
    order = "DESC" if newest_first else "ASC"
    found = _rows(store, f'SELECT "body" {_from(which)} ORDER BY time {order} LIMIT {limit}')
    return [(int(t), str(body)) for t, body in found]


def read_columns(store: Timeseries, which: JournalFilter, limit: int) -> list[list[Any]]:
    """What figures need, without bodies: [ns, key, what, occurrence, verdict, quiet, past, priority], oldest first."""
    names = '"key", "what", "occurrence", "verdict", "quiet", "past", "priority"'
    return _rows(store, f"SELECT {names} {_from(which)} ORDER BY time ASC LIMIT {limit}")


def read_last_bodies(store: Timeseries, which: JournalFilter, keys: Sequence[str]) -> dict[str, str]:
    """Of each key the body of its last transition, of those that have one, in one round trip."""
    rest = "ORDER BY time DESC LIMIT 1"
    statements = [f'SELECT "body" {_from(replace(which, key=key))} {rest}' for key in keys]
    answers = store.read(statements) if statements else []
    return {
        key: series[0].values[0][1] for key, series in zip(keys, answers, strict=True) if series and series[0].values
    }


def read_snapshot(store: Timeseries, at: int, earliest: int) -> Snapshot | None:
    """The last whole snapshot at or before a moment (ms). None: there is none since `earliest`.

    InfluxDB opens every shard of a range before it answers, so recent times are looked at first.
    """
    end, width = at + 1, _FIRST_WINDOW
    while end > earliest:
        start = max(earliest, end - width)
        for t, number, count in _rows(
            store,
            f'SELECT "number", "count" FROM "{ALARMS}"."{SNAPSHOTS}" WHERE "part" = \'head\' AND '
            f"{_between(start * NS_PER_MS, end * NS_PER_MS)} ORDER BY time DESC LIMIT 3",
        ):
            bodies = _alarms_of(store, t, count)
            if len(bodies) == count:
                return Snapshot(t // NS_PER_MS, number, bodies)
        end, width = start, width * _GROWTH
    return None


def delete_alarms(store: Timeseries, before_ms: int) -> None:
    """Transitions that are older, and snapshots but for the day before: the first list that is kept begins there."""
    store.execute(f"DELETE FROM {quoted(ALARMS)} WHERE time < {before_ms * NS_PER_MS}")
    store.execute(f"DELETE FROM {quoted(SNAPSHOTS)} WHERE time < {(before_ms - DAY) * NS_PER_MS}")


def _alarms_of(store: Timeseries, head: int, count: int) -> list[str]:
    where = f"\"part\" = 'alarm' AND {_between(head, head + count + 1)}"
    return [body for _, body in _rows(store, f'SELECT "body" FROM "{ALARMS}"."{SNAPSHOTS}" WHERE {where}')]


def _rows(store: Timeseries, statement: str) -> list[list[Any]]:
    (found,) = store.read([statement])
    return [row for series in found for row in series.values]


def _from(which: JournalFilter) -> str:
    conditions = [_between(which.start, which.end)]
    if which.key:
        conditions.append(f"\"shard\" = '{shard_of(which.key)}'")
    fields = {name: str(getattr(which, name)) for name in ("key", "rule", "target", "site")}
    conditions += [f"{quoted(name)} = {literal(value)}" for name, value in fields.items() if value]
    if which.priorities:
        conditions.append(_any("priority", map(str, which.priorities)))
    if which.assets:
        conditions.append(_any("asset", which.assets))
    if which.whats:
        conditions.append(_any("what", which.whats))
    if which.past is not None:
        conditions.append(f'"past" = {_flag(which.past)}')
    if which.after is not None:
        conditions.append(f'"number" > {which.after}')
    if which.until is not None:
        conditions.append(f'"number" <= {which.until}')
    return f'FROM "{ALARMS}"."{ALARMS}" WHERE {" AND ".join(conditions)}'


def _between(start: int, end: int) -> str:
    return f"time >= {start} AND time < {end}"


def _any(name: str, values: Iterable[str]) -> str:
    return "(" + " OR ".join(f"{quoted(name)} = {literal(value)}" for value in values) + ")"


def _flag(value: bool) -> str:
    return "true" if value else "false"
