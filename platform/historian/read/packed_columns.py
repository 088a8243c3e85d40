"""Columns in little memory: what plants measure has few decimals, at even distances. Nothing is lost. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kernel.times import NS_PER_MS

SCALES = (1, 10, 100, 1000)
WHOLE = tuple((kind, np.iinfo(kind).min, np.iinfo(kind).max) for kind in (np.int8, np.int16, np.int32))
MAX_WHOLE = np.iinfo(np.int32).max
BITS = {1: np.uint8, 8: np.int64}
SAMPLE = 8  # values that show whether the others are worth a try
TEXT_BYTES = 100  # about what a text takes in memory

Column = npt.NDArray[Any]
Places = tuple[int, ...]  # of columns


class Block(NamedTuple):
    """Samples or rows, ascending by time: `t` int64, and columns of the same length."""

    t: npt.NDArray[np.int64]
    columns: tuple[Column, ...]

    def within(self, start: int, end: int) -> Block:
        """Those from `start` to before `end`, in the same memory."""
        first, stop = np.searchsorted(self.t, (start, end)).tolist()
        return self._part(first, stop)

    def before(self, end: int) -> Block:
        return self._part(0, int(np.searchsorted(self.t, end)))

    def since(self, start: int) -> Block:
        return self._part(int(np.searchsorted(self.t, start)), len(self.t))

    def _part(self, first: int, stop: int) -> Block:
        if stop - first == len(self.t):
            return self
        return Block(self.t[first:stop], tuple(column[first:stop] for column in self.columns))


def joined_blocks(parts: Sequence[Block]) -> Block:
    """Concatenate consecutive blocks; at least one."""
    filled = [part for part in parts if len(part.t)] or parts[:1]
    if len(filled) == 1:
        return filled[0]
    columns = zip(*(part.columns for part in filled), strict=True)
    return Block(np.concatenate([part.t for part in filled]), tuple(map(np.concatenate, columns)))


@dataclass(frozen=True, slots=True)
class _Times:
    """`start + unit * offsets`; without offsets `count` times that are `unit` apart."""

    start: int
    unit: int
    count: int
    offsets: Column | None

    def between(self, start: int, end: int) -> tuple[int, int]:
        """The places of the times from `start` to before `end`."""
        # Of whole numbers, x >= (a - b) / unit is the same as x >= ceil((a - b) / unit).
        first, stop = (-((self.start - bound) // self.unit) for bound in (start, end))
        if self.offsets is not None:
            first, stop = np.searchsorted(self.offsets, (first, stop)).tolist()
        return min(max(first, 0), self.count), min(max(stop, 0), self.count)

    def within(self, first: int, stop: int) -> npt.NDArray[np.int64]:
        if self.offsets is None:
            return np.arange(first, stop, dtype=np.int64) * self.unit + self.start
        return self.offsets[first:stop].astype(np.int64) * self.unit + self.start


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Numbers of type `kind`: the values, divided by the scale unless that is 1; 0: the values as they were."""

    values: Column
    scale: int
    kind: np.dtype[Any]

    def within(self, first: int, stop: int) -> Column:
        part = self.values[first:stop]
        if not self.scale:
            return part
        numbers = part.astype(self.kind)
        return numbers if self.scale == 1 else numbers / self.scale


@dataclass(frozen=True, slots=True)
class _Constant:
    """The same value each time, such as the quality of good samples."""

    values: Column

    def within(self, first: int, stop: int) -> Column:
        return np.full(stop - first, self.values[0])


@dataclass(frozen=True, slots=True)
class Packed:
    """A block in memory of its own."""

    times: _Times
    columns: tuple[_Numbers | _Constant, ...]
    bytes: int

    def block(self) -> Block:
        return self._part(0, self.times.count, None)

    def within(self, start: int, end: int, places: Places | None = None) -> Block:
        """Those from `start` to before `end`; `places`: the columns wanted, all by default."""
        return self._part(*self.times.between(start, end), places)

    def _part(self, first: int, stop: int, places: Places | None) -> Block:
        stop = max(first, stop)
        columns = self.columns if places is None else [self.columns[place] for place in places]
        return Block(self.times.within(first, stop), tuple(column.within(first, stop) for column in columns))


def pack(block: Block) -> Packed:
    times, columns = _packed_times(block.t), _packed_columns(block.columns)
    size = 0 if times.offsets is None else times.offsets.nbytes
    for column in columns:
        size += column.values.nbytes + (TEXT_BYTES * len(column.values) if column.values.dtype.hasobject else 0)
    return Packed(times, columns, size)


def _packed_times(t: npt.NDArray[np.int64]) -> _Times:
    if not len(t):
        return _Times(0, 1, 0, None)
    start = int(t[0])
    if len(t) == 1:
        return _Times(start, 1, 1, None)
    distances = np.diff(t)
    if distances[0] > 0 and (distances == distances[0]).all():
        return _Times(start, int(distances[0]), len(t), None)
    unit = NS_PER_MS if not (distances % NS_PER_MS).any() else 1
    return _Times(start, unit, len(t), _smallest((t - start) // unit))


def _smallest(whole: npt.NDArray[np.int64]) -> Column:
    """Whole numbers in the smallest type that has them all, in memory of its own."""
    low, high = int(whole.min()), int(whole.max())
    for kind, least, most in WHOLE:
        if least <= low and high <= most:
            return _frozen(whole.astype(kind))
    return _frozen(whole.copy())


def _packed_columns(columns: Sequence[Column]) -> tuple[_Numbers | _Constant, ...]:
    if not all(map(len, columns)):
        return tuple(_Numbers(_frozen(column.copy()), 0, column.dtype) for column in columns)
    floats = [place for place, column in enumerate(columns) if column.dtype == np.float64]
    scales = dict(zip(floats, _possible_scales([columns[place] for place in floats]), strict=True)) if floats else {}
    return tuple(_packed_column(column, scales.get(place, ())) for place, column in enumerate(columns))


def _packed_column(column: Column, scales: Sequence[int]) -> _Numbers | _Constant:
    if column.itemsize in BITS and not column.dtype.hasobject:
        bits = column.view(BITS[column.itemsize])
        if bits[0] == bits[-1] and (bits == bits[0]).all():
            return _Constant(_frozen(column[:1].copy()))
    if column.dtype == np.int64:
        return _Numbers(_smallest(column), 1, column.dtype)
    for scale in scales:
        whole, exact = _divided(column, scale)
        if exact.all():
            return _Numbers(_smallest(whole), scale, column.dtype)
    return _Numbers(_frozen(column.copy()), 0, column.dtype)


def _possible_scales(columns: Sequence[Column]) -> list[Sequence[int]]:
    """For each column the scales from the first one on that suits its first values: all columns together, as for the
    few rows of a request each call of numpy takes longer than its work."""
    _, exact = _divided(np.stack([column[:SAMPLE] for column in columns]), np.array(SCALES)[:, None, None])
    suits = exact.all(axis=2)
    first = np.where(suits.any(axis=0), suits.argmax(axis=0), len(SCALES))
    return [SCALES[place:] for place in first.tolist()]


def _divided(column: Column, scale: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Whole numbers, and which of them divided by the scale are the very numbers, the sign of zero included."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.rint(column * scale)
        whole = scaled.astype(np.int64)
    fits = np.abs(scaled) <= MAX_WHOLE  # neither do NaN and infinities
    return whole, fits & ((whole / scale).view(np.int64) == column.view(np.int64))


def _frozen(column: Column) -> Column:
    """Several requests share it."""
    column.flags.writeable = False
    return column
