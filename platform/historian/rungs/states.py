"""The time that a signal spent in each of its states. Pure.

A state is held from its sample until the next one, for a periodic sensor no longer than its gap limit. The time between
the samples of two buckets, and before the first one, is computed at query time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from historian.rungs.rows import Rows

MAX_STATES = 32  # per bucket; a signal with more is not treated as a state
MAX_TEXT = 2_000  # total characters of a bucket's states
Held = dict[str, int]  # ms by state
Ints = npt.NDArray[np.int64]

_encoder, _decoder = msgspec.json.Encoder(order="deterministic"), msgspec.json.Decoder(dict[str, int] | None)


def name_of(value: Any) -> str:
    """A state as text; numbers in their shortest form, `1` rather than `1.0`."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))


def encode(held: Held | None) -> str:
    return _encoder.encode(held).decode()


def decode(text: str) -> Held | None:
    return _decoder.decode(text) if text else {}


def held_in_buckets(
    t: Ints, v: npt.NDArray[Any], begins: Ints, stops: Ints, limit: int | None
) -> npt.NDArray[np.object_]:
    """For each bucket (samples `begins:stops`), the time in each state from its first sample to its last."""
    if not len(t):
        return np.empty(0, object)
    lasting = np.append(np.diff(t), 0)
    lasting[stops - 1] = 0
    if limit is not None:
        np.minimum(lasting, limit, out=lasting)
    values, which = np.unique(v, return_inverse=True)
    bucket = np.repeat(np.arange(len(begins)), stops - begins)
    pairs, place = np.unique(bucket * len(values) + which, return_inverse=True)
    sums = np.bincount(place, lasting.astype(np.float64)).astype(np.int64).tolist()
    names = [name_of(value) for value in values.tolist()]
    buckets: list[Held] = [{} for _ in range(len(begins))]
    for pair, ms in zip(pairs.tolist(), sums, strict=True):
        buckets[pair // len(names)][names[pair % len(names)]] = ms
    out = np.empty(len(begins), object)
    out[:] = [bounded(held) for held in buckets]
    return out


def bounded(held: Held) -> Held | None:
    """None if there are too many states. Longer spans never have fewer, so the merge order does not matter."""
    if len(held) > MAX_STATES or sum(map(len, held)) > MAX_TEXT:
        return None
    return held


def add_held(into: Held, more: Mapping[str, int]) -> None:
    for state, ms in more.items():
        into[state] = into.get(state, 0) + ms


def merge_held(rows: Rows, begins: Ints, stops: Ints, limit: int | None) -> npt.NDArray[np.object_]:
    """`held` of coarser buckets, made of the rows `begins:stops`."""
    out = np.empty(len(begins), object)
    for place, (begin, stop) in enumerate(zip(begins.tolist(), stops.tolist(), strict=True)):
        chosen = [row for row in range(begin, stop) if rows.n[row]]
        out[place] = held_over(rows, chosen, limit)
    return out


def held_over(rows: Rows, chosen: Sequence[int], limit: int | None, end: int | None = None) -> Held | None:
    """The time in each state from the first sample of the chosen rows to the last, or to `end` after it."""
    assert rows.held is not None
    total: Held = {}
    for row, after in zip(chosen, [*chosen[1:], None][: len(chosen)], strict=True):
        held = rows.held[row]
        if held is None:
            return None
        add_held(total, held)
        beyond = sum(held.values()) - int(rows.tlast[row] - rows.tfirst[row])
        if beyond > 0:  # a row of the previous version, whose last state was held to its bucket's end
            add_held(total, {name_of(rows.last[row]): -beyond})
        until = end if after is None else int(rows.tfirst[after])
        if until is not None and (lasting := held_for(until - int(rows.tlast[row]), limit)):
            add_held(total, {name_of(rows.last[row]): lasting})
    return bounded(total)


def held_for(silence: int, limit: int | None) -> int:
    """How much of the time without a further sample a state counts as held."""
    return max(silence if limit is None else min(silence, limit), 0)
