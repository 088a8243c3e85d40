"""What statements are computed from, and what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ingest.sources.influxdb.query.columns import Column, Look, Times, Values, is_missing, mask_of, missing
from ingest.sources.influxdb.query.conditions import Bounds, references_in
from ingest.sources.influxdb.query.schema import STRING, Series
from ingest.sources.influxdb.query.syntax import Call, Condition, Reference
from ingest.sources.influxdb.query.windows import Windows

Wanted = tuple[str, str]  # function, field


@dataclass(frozen=True, slots=True)
class Member:
    """A series of a group; `condition`: what its fields must fulfil."""

    series: Series
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Group:
    """The series that have the same values of the tags grouped by."""

    tags: Mapping[str, str]
    members: Sequence[Member]


@dataclass(frozen=True, slots=True)
class Table:
    """The points of a group, ascending. `owner`: which of the group's members a point is of."""

    t: Times
    fields: Mapping[str, Values]
    owner: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.t)

    def take(self, chosen: Any) -> Table:
        return Table(self.t[chosen], {name: v[chosen] for name, v in self.fields.items()}, self.owner[chosen])

    def tag(self, members: Sequence[Member], name: str) -> Values:
        """The value of a tag for each point."""
        return np.array([member.series.tags.get(name) for member in members], object)[self.owner]

    def column(self, name: str) -> tuple[Times, Values, npt.NDArray[np.int64]]:
        """The points that have a field: times, values, places in the table."""
        places = np.flatnonzero(~is_missing(self.fields[name]))
        return self.t[places], self.fields[name][places], places


def joined_tables(tables: Sequence[Table], fields: Mapping[str, str]) -> Table:
    """Points of several members, one after another, in the order of time."""
    given = [table for table in tables if len(table)]
    if len(given) == 1:
        return given[0]
    if not given:
        none = {name: missing(0, kind == STRING) for name, kind in fields.items()}
        return Table(np.zeros(0, np.int64), none, np.zeros(0, np.int64))
    t = np.concatenate([table.t for table in given])
    order = np.argsort(t, kind="stable")
    values = {name: np.concatenate([table.fields[name] for table in given])[order] for name in fields}
    return Table(t[order], values, np.concatenate([table.owner for table in given])[order])


@dataclass(frozen=True, slots=True)
class Frame:
    """One series of a result: `columns` of `values` beside the time, in the order of the statement."""

    name: str
    tags: Mapping[str, str] | None
    columns: Sequence[str]
    t: Times
    values: Sequence[Column]

    def take(self, chosen: Any) -> Frame:
        return Frame(self.name, self.tags, self.columns, self.t[chosen], [value.take(chosen) for value in self.values])


@dataclass(frozen=True, slots=True)
class Rows:
    """A result without times: that of a SHOW."""

    name: str
    columns: Sequence[str]
    values: Sequence[Sequence[Any]]


def looking_at(group: Group, table: Table, fields: Mapping[str, str]) -> Look:
    """Values of fields and tags, for each point of a table."""

    def look(leaf: Reference | Call) -> Values | None:
        if not isinstance(leaf, Reference):
            return None
        if leaf.cast != "tag" and leaf.name in table.fields:
            return table.fields[leaf.name]
        if leaf.name in fields and leaf.cast != "tag":
            return missing(len(table), fields[leaf.name] == STRING)
        return table.tag(group.members, leaf.name)

    return look


def names_in_conditions(groups: Sequence[Group]) -> set[str]:
    conditions = (member.condition for group in groups for member in group.members)
    return {reference.name for condition in conditions for reference in references_in(condition)}


def fulfilled(group: Group, place: int, table: Table, fields: Mapping[str, str]) -> Table:
    """The points of one member that fulfil its condition."""
    condition = group.members[place].condition
    if condition is None or not len(table):
        return table
    return table.take(mask_of(condition, looking_at(group, table, fields), len(table)))


class Reader(Protocol):
    """The points of some series."""

    def tables(
        self, groups: Sequence[Group], fields: Mapping[str, str], bounds: Bounds, limit: int | None, newest: bool
    ) -> list[Table]:
        """The points of each group that fulfil its conditions, with these fields (and their types).

        `limit`: at most so many of each series are needed, the earliest or with `newest` the latest; it is ignored
        where there are conditions.
        """

    def aggregates(
        self, groups: Sequence[Group], wanted: Sequence[Wanted], bounds: Bounds, windows: Windows | None
    ) -> list[Mapping[Wanted, Column]] | None:
        """For each group its aggregates without reading all points; None if it cannot. Times: starts of windows."""

    def selected(self, groups: Sequence[Group], wanted: Wanted, bounds: Bounds) -> list[Column] | None:
        """For each group the one point that a selector selects; None as above."""


@dataclass(frozen=True, slots=True)
class Data:
    """A measurement, or the result of a subquery, with what reads it."""

    name: str
    series: Sequence[Series]
    fields: Mapping[str, str]
    tag_keys: Sequence[str]
    reader: Reader
    results: Sequence[Frame] = field(default=())
