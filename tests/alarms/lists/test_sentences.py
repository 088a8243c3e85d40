"""The line of an alarm that says what is wrong."""

from __future__ import annotations

import pytest

from alarms.about import About, AlarmTarget
from alarms.journal.sentences import number, sentence

TARGET = AlarmTarget(kind="sensor", id="s1", tag="TT-101", unit="°C")


@pytest.mark.parametrize(
    ("kind", "value", "limit", "expected"),
    [
        ("limit", 17.94, 14.5, "17.94 °C over 14.5 °C"),
        ("limit", -12.345678, -5.0, "−12.35 °C under −5 °C"),
        ("deviation", 17.0, 14.0, "17 °C deviates from its setpoint, 14 °C"),
        ("rate", 20.0, 5.0, "20 °C after a change of more than 5 °C"),
        ("state", 2.0, None, "Tripped"),
        ("discrepancy", 1.0, 2.0, "Running does not follow the command, Tripped"),
        ("discrepancy", 3.0, 4.0, "3 °C does not follow the command, 4 °C"),
        ("stale", None, None, "No samples"),
        ("frozen", 17.0, None, "Frozen at 17 °C"),
        ("out_of_range", 999_999.5, 80.0, "1,000,000 °C out of range"),
        ("out_of_range", 20.0, None, "Bad quality"),
        ("event_count", 10.0, 10.0, "10 events"),
        ("expression", None, None, "Condition met"),
        ("external", "Disk is full", None, "Disk is full"),
    ],
)
def test_one_line_says_what_is_wrong(kind: str, value: float | str | None, limit: float | None, expected: str) -> None:
    about = About(rule="al1", name="Rule", priority=2, kind=kind, target=TARGET)
    assert sentence(about, value, limit, {"1": "Running", "2": "Tripped"}) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, "0"), (1234.5678, "1,235"), (0.00001234, "1.234e−05"), (float("inf"), "inf")]
)
def test_numbers_have_four_significant_digits(value: float, expected: str) -> None:
    assert number(value) == expected
