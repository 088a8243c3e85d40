"""SHOW statements, from the schema alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ingest.sources.influxdb.query.conditions import resolve
from ingest.sources.influxdb.query.frames import Rows
from ingest.sources.influxdb.query.patterns import searching
from ingest.sources.influxdb.query.schema import MeasurementView, Schema, Series
from ingest.sources.influxdb.query.syntax import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Keys,
    Limits,
    Measurement,
    Pattern,
    Reference,
    Show,
)

DATABASE, POLICY = "plant", "raw"
POLICIES = frozenset({"", POLICY, "autogen", "default"})  # what clients call the one policy
SHARD = "8736h0m0s"  # of that policy
_POLICY_COLUMNS = ("name", "duration", "shardGroupDuration", "replicaN", "default")


def show(statement: Show, schema: Schema) -> list[Rows]:
    match statement.what:
        case "databases":
            return [Rows("databases", ["name"], [[DATABASE]])]
        case "policies":
            return [Rows("", _POLICY_COLUMNS, [[POLICY, "0s", SHARD, 1, True]])]
        case "measurements":
            views = [view.name for view, _ in _matching(statement, schema)]
            return _listed("measurements", ["name"], [[name] for name in views], statement.limits)
        case "series":
            keys = sorted(series_key(view.name, each) for view, some in _matching(statement, schema) for each in some)
            return _listed("", ["key"], [[key] for key in keys], statement.limits)
    columns, values_of = _OF_MEASUREMENTS[statement.what]
    found = []
    for view, series in _matching(statement, schema):
        found += _listed(view.name, columns, values_of(statement, view, series), statement.limits)
    return found


def views_of(measurement: Measurement, schema: Schema) -> list[MeasurementView]:
    """The measurements that a source names, in the order of their names."""
    if isinstance(measurement.name, Pattern):
        names = filter(searching(measurement.name.source), schema.names())
    else:
        names = filter(None, [measurement.name])
    return [view for name in names if (view := schema.measurement(name)) is not None]


def series_key(name: str, series: Series) -> str:
    """As in line protocol."""
    tags = "".join(f",{_escaped(key)}={_escaped(value)}" for key, value in sorted(series.tags.items()))
    return name.replace(",", "\\,").replace(" ", "\\ ") + tags


def _escaped(text: str) -> str:
    return text.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def _matching(statement: Show, schema: Schema) -> Iterator[tuple[MeasurementView, list[Series]]]:
    sources = statement.sources or (Measurement(Pattern("")),)
    views = {view.name: view for source in sources for view in views_of(source, schema)}
    condition = without_time(statement.condition)
    for name in sorted(views):
        view = views[name]
        fields: Mapping[str, str] = {} if condition is not None else view.fields
        series = [each for each in view.series if resolve(condition, each, fields) is True]
        if series:
            yield view, series


def without_time(condition: Condition | None) -> Condition | None:
    """A SHOW looks at no samples, so times do not matter; as in InfluxDB."""
    match condition:
        case Compare(_, Reference("time"), _) | Compare(_, _, Reference("time")):
            return None
        case AllOf(parts) | AnyOf(parts):
            rest = tuple(part for each in parts if (part := without_time(each)) is not None)
            return type(condition)(rest) if len(rest) > 1 else (rest[0] if rest else None)
    return condition


def _listed(name: str, columns: Sequence[str], values: list[list[str]], limits: Limits) -> list[Rows]:
    stop = limits.offset + limits.limit if limits.limit else None
    values = values[limits.offset : stop]
    return [Rows(name, columns, values)] if values else []


def _tag_keys(statement: Show, view: MeasurementView, series: Sequence[Series]) -> list[list[str]]:
    return [[key] for key in sorted({key for each in series for key in each.tags})]


def _tag_values(statement: Show, view: MeasurementView, series: Sequence[Series]) -> list[list[str]]:
    wanted = _wanted(statement.keys)
    return [list(pair) for pair in sorted({pair for each in series for pair in each.tags.items() if wanted(pair[0])})]


def _wanted(keys: Keys | None) -> Callable[[str], bool]:
    match keys:
        case Keys("=~", (source,)):
            return searching(source)
        case Keys("!~", (source,)):
            search = searching(source)
            return lambda key: not search(key)
        case Keys("!=", names):
            return lambda key: key not in names
        case Keys(_, names):
            return lambda key: key in names
    return bool


def _field_keys(statement: Show, view: MeasurementView, series: Sequence[Series]) -> list[list[str]]:
    return [[name, kind] for name, kind in view.fields.items()]


_Values = Callable[[Show, MeasurementView, Sequence[Series]], list[list[str]]]
_OF_MEASUREMENTS: Mapping[str, tuple[Sequence[str], _Values]] = {
    "tag_keys": (["tagKey"], _tag_keys),
    "tag_values": (["key", "value"], _tag_values),
    "field_keys": (["fieldKey", "fieldType"], _field_keys),
}
