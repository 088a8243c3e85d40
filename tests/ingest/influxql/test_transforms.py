"""Functions of consecutive values."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.sources.influxdb.query.columns import Column
from ingest.sources.influxdb.query.transforms import transform


def moving_average(values: np.ndarray, count: int) -> np.ndarray:
    found = transform("moving_average", Column(np.arange(len(values)), values), count, False)
    assert found.t.tolist() == list(range(count - 1, len(values)))
    return found.v


@pytest.mark.parametrize("count", [2, 3, 7, 10, 99, 100])
def test_a_moving_average_is_the_mean_of_each_window(count: int) -> None:
    values = np.random.default_rng(count).normal(20, 5, 100)
    expected = [values[start : start + count].mean() for start in range(101 - count)]
    np.testing.assert_allclose(moving_average(values, count), expected, rtol=1e-13)


def test_a_moving_average_over_a_million_values_does_not_visit_each_window() -> None:
    """2,000,000 windows' values one by one would be 10^12 additions."""
    found = moving_average(np.arange(2_000_000.0), 1_000_000)
    np.testing.assert_allclose(found, np.arange(1_000_001) + 499_999.5, rtol=1e-12)


def test_a_moving_average_forgets_a_great_value_exactly() -> None:
    found = moving_average(np.array([1e18, *[0.1] * 9]), 3)
    assert found[1:].tolist() == pytest.approx([0.1] * 7, rel=1e-12)
