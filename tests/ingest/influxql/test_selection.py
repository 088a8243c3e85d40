"""What SELECTs are computed from, on points in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from ingest.sources.influxdb.query import aggregation, reductions
from ingest.sources.influxdb.query import select as subject
from ingest.sources.influxdb.query.budget import Budget
from ingest.sources.influxdb.query.columns import Column
from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.frames import Data, Frame
from ingest.sources.influxdb.query.parse import parse
from ingest.sources.influxdb.query.select import Selection
from ingest.sources.influxdb.query.subquery import data_of
from ingest.sources.influxdb.query.syntax import Measurement, Select

NS = 10**9


def stored(values: Mapping[str, np.ndarray], step: int = NS) -> Callable[[Measurement], list[Data]]:
    """A measurement `site` with the field `value` of these sensors."""
    found = [
        Frame("site", {"sensor": tag}, ["value"], t, [Column(t, each)])
        for tag, each in values.items()
        if (t := np.arange(len(each), dtype=np.int64) * step) is not None
    ]
    return lambda measurement: data_of(found)


def select(text: str, find: Callable[[Measurement], list[Data]], budget: Budget | None = None) -> list[Any]:
    [statement] = parse(text)
    assert isinstance(statement, Select)
    frames = Selection(find, 10**6 * NS, budget or Budget()).run(statement)
    return [[each.v.tolist() for each in frame.values] for frame in frames]


TWO = stored({"A": np.array([1.0, 2.0, 3.0]), "B": np.array([10.0, 20.0, 30.0])})
A, B = (f"(SELECT value AS v FROM site WHERE sensor = '{tag}')" for tag in "AB")


def test_subqueries_of_one_measurement_count_together() -> None:
    assert select(f"SELECT sum(v) FROM {A}, {B}", TWO) == [[[66.0]]]
    assert select(f"SELECT count(v) FROM {A}, {A}", TWO) == [[[6.0]]]
    assert select(f"SELECT v FROM {A}, {B} WHERE v > 2", TWO) == [[[10.0, 20.0, 3.0, 30.0]]]
    assert select("SELECT sum(value) FROM site, site", TWO) == [[[66.0]]]


def test_a_measurement_beside_a_subquery_of_it_is_refused() -> None:
    with pytest.raises(StatementError, match="write it as a subquery, too"):
        select(f"SELECT sum(v) FROM site, {B}", TWO)


# -- bounds, of which as much is computed as is shown


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many values each expression was computed of."""
    counts: list[int] = []
    compute = subject.compute
    monkeypatch.setattr(subject, "compute", lambda *given: counts.append(given[-1]) or compute(*given))
    return counts


LONG = stored({"A": np.arange(20_000.0)})
COLUMNS = ",".join(f"value * {k}" for k in range(500))


@pytest.mark.parametrize(
    "fields", [COLUMNS, ",".join(f"difference(value) * {k}" for k in range(500))], ids=["fields", "functions"]
)
def test_a_result_that_is_too_large_is_refused_before_it_is_computed(fields: str, computed: list[int]) -> None:
    with pytest.raises(StatementError, match="the result has more than 500,000 values"):
        select(f"SELECT {fields} FROM site", LONG)
    assert computed == []


@pytest.mark.parametrize("end", ["LIMIT 2 OFFSET 5", "ORDER BY time DESC LIMIT 2 OFFSET 19993"])
def test_only_what_is_shown_is_computed(computed: list[int], end: str) -> None:
    [found] = select(f"SELECT {COLUMNS} FROM site {end}", LONG)
    shown = [5.0, 6.0] if "DESC" not in end else [6.0, 5.0]
    assert found[:3] == [[0.0, 0.0], shown, [2 * each for each in shown]]
    assert computed == [2] * 500


def test_only_what_is_shown_of_functions_is_computed(computed: list[int]) -> None:
    text = "SELECT difference(value), cumulative_sum(value) * 2 FROM site LIMIT 2"
    assert select(text, LONG) == [[[pytest.approx(np.nan, nan_ok=True), 1.0], [0.0, 2.0]]]
    assert computed == [2, 2]


def test_a_subquery_counts_although_little_of_it_is_shown(computed: list[int]) -> None:
    with pytest.raises(StatementError, match="compute more than"):
        select(f"SELECT * FROM (SELECT {COLUMNS} FROM site) LIMIT 1", LONG, Budget(computed=9_999_999))
    assert computed == []


def test_samples_count_for_each_function_that_reduces_them(monkeypatch: pytest.MonkeyPatch) -> None:
    reduced: list[str] = []
    reduce = reductions.reduce
    monkeypatch.setattr(aggregation, "reduce", lambda name, *given: reduced.append(name) or reduce(name, *given))
    many = ",".join(f"percentile(value, {k / 10})" for k in range(1, 500))
    with pytest.raises(StatementError, match="compute more than"):
        select(f"SELECT {many} FROM site", LONG, Budget(computed=100_000))
    assert len(reduced) == 5


def test_filled_windows_of_all_measurements_count_together() -> None:
    text = "SELECT median(value) FROM site, other WHERE time >= 0 AND time < 1000s GROUP BY time(1s)"
    found = stored({"A": np.arange(10.0)})
    other = [Data("other", each.series, each.fields, each.tag_keys, each.reader) for each in found(Measurement("site"))]
    both = lambda measurement: other if measurement.name == "other" else found(measurement)  # noqa: E731
    assert len(select(text, both)) == 2
    with pytest.raises(StatementError, match="compute more than"):
        select(text, both, Budget(computed=1_500))
