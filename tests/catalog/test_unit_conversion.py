"""Units that convert exactly, and those that only seem to."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.units import COMMON_UNITS, conversion


def to(source: str, target: str, value: float) -> float:
    found = conversion(source, target)
    assert found is not None
    return float(found.to(np.array([value]))[0])


@pytest.mark.parametrize(
    ("source", "target", "value", "expected"),
    [
        ("°C", "°F", 20.5, 68.9), ("°F", "°C", 32.0, 0.0), ("°F", "°C", -40.0, -40.0), ("K", "°C", 293.15, 20.0),
        ("°C", "K", 0.001, 273.151), ("bar", "kPa", 2.5, 250.0), ("psi", "kPa", 1.0, 6.894757293168),
        ("barg", "psig", 1.0, 14.50377377302), ("kWh", "MWh", 1234.5, 1.2345), ("TR", "kW", 1.0, 3.516853333333),
        ("rpm", "Hz", 1500.0, 25.0), ("Hz", "rpm", 50.0, 3000.0), ("l/s", "m³/h", 10.0, 36.0),
        ("t/d", "t/h", 48.0, 2.0), ("%", "ppm", 1.0, 10_000.0), ("min", "s", 1.5, 90.0),
    ],
)  # fmt: skip
def test_figures_convert_to_the_digit(source: str, target: str, value: float, expected: float) -> None:
    assert to(source, target, value) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("°C", "bar"), ("barg", "bar"), ("psi", "psig"), ("kVA", "kW"), ("kvar", "kVA"), ("Nm³/h", "m³/h"),
        ("pH", "%"), ("dB", "dBA"), ("Hz", "rad/s"), ("°", "%"), ("kW", "kWh"), ("kg/h", "l/h"), ("", "°C"),
        ("NTU", ""),
    ],
)  # fmt: skip
def test_what_only_seems_the_same_does_not_convert(source: str, target: str) -> None:
    assert conversion(source, target) is None and conversion(target, source) is None


@cache
def pairs() -> list[tuple[str, str]]:
    """Of common units that convert; thousands are tried, so not before a test asks."""
    return [(a.unit, b.unit) for a in COMMON_UNITS for b in COMMON_UNITS if a is not b and conversion(a.unit, b.unit)]


@given(st.deferred(lambda: st.sampled_from(pairs())), st.decimals(-(10**6), 10**6, places=4))
def test_what_is_sent_in_the_new_unit_is_read_as_it_was_sent(pair: tuple[str, str], sent: object) -> None:
    found = conversion(*pair)
    assert found is not None and found.factor > 0
    value = float(sent)  # type: ignore[arg-type]
    read = float(found.to(found.back(np.array([value])))[0])
    # 13 digits of the value, or of the offset where that is larger
    assert read == value or abs(read - value) <= 1e-12 * abs(found.offset)


def test_nothing_and_the_largest_figures_stay_figures() -> None:
    found = conversion("kPa", "bar")
    assert found is not None
    values = np.array([np.nan, 0.0, 1e-300, 1.7e308, -1.7e308])
    assert np.isnan(found.to(values)[0]) and np.isfinite(found.back(values)[1:]).all()
    assert found.to(values)[1] == 0.0
