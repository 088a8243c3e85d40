"""Totals as the API returns them. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.models import Kind
from kernel.periods import By


class Period(Struct, frozen=True, kw_only=True):
    """One hour, day, week or month. Figures are null where it has nothing that they could be computed from."""

    start: int
    end: int
    count: Annotated[int, Meta(description="Usable samples")]
    unknown: Annotated[
        int | UnsetType | None,
        Meta(description="Not of counters: ms without a known value, the future included; null: too many states"),
    ] = UNSET
    mean: Annotated[float | UnsetType | None, Meta(description="Continuous: weighted by time")] = UNSET
    min: Annotated[float | UnsetType | None, Meta(description="Continuous: the smallest sample")] = UNSET
    max: Annotated[float | UnsetType | None, Meta(description="Continuous: the largest sample")] = UNSET
    increase: Annotated[
        float | UnsetType | None,
        Meta(description="Counters: the increase up to each of its samples, resets accounted for"),
    ] = UNSET
    states: Annotated[
        dict[str, int] | UnsetType | None,
        Meta(description="Discrete and text: ms in each state; null: too many states"),
    ] = UNSET


class Totals(Struct, frozen=True, kw_only=True):
    """The periods that a range touches, each as a whole: `start` and `end` are theirs."""

    sensor: str
    kind: Kind
    unit: str
    by: By
    zone: Annotated[str, Meta(description="The time zone whose clock and calendar count")]
    start: int
    end: int
    rung: Annotated[str, Meta(description="The rung that was read; raw where samples alone were")]
    complete: Annotated[bool, Meta(description="False while late samples are still being processed")]
    results: list[Period]
