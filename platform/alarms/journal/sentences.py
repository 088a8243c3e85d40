"""One line that says what is wrong. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from alarms.about import About

DIGITS = 4


def sentence(about: About, value: float | str | None, limit: float | None, states: Mapping[str, str]) -> str:
    """Such as “17.9 °C over 14.5 °C”. `limit`: what the value was compared with, such as the setpoint or the command.
    `states`: names of the target's values, by number as text.
    """
    unit = about.target.unit
    shown, bound = _quantity(value, unit, states), _quantity(limit, unit, {})
    match about.kind:
        case "limit" if isinstance(value, int | float) and limit is not None:
            return f"{shown} {'over' if value >= limit else 'under'} {bound}"
        case "deviation" if limit is not None:
            return f"{shown or 'Value'} deviates from its setpoint, {bound}"
        case "rate" if limit is not None:
            return f"{shown or 'Value'} after a change of more than {bound}"
        case "state":
            return shown or "In an abnormal state"
        case "discrepancy":
            command = _quantity(limit, unit, states)
            return f"{shown or 'Position'} does not follow the command" + (f", {command}" if command else "")
        case "stale":
            return "No samples"
        case "frozen":
            return f"Frozen at {shown}" if shown else "Frozen"
        case "out_of_range":
            return f"{shown} out of range" if limit is not None else "Bad quality"
        case "event_count":
            return f"{number(value)} events" if isinstance(value, int | float) else "Too many events"
        case "expression":
            return "Condition met"
        case "external":
            return value if isinstance(value, str) else about.name
    return f"{shown}, limit {bound}" if shown and bound else shown or about.name


def _quantity(value: float | str | None, unit: str, states: Mapping[str, str]) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if (name := states.get(f"{value:g}")) is not None:
        return name
    return f"{number(value)} {unit}".strip()


def number(value: float) -> str:
    """With four significant digits, and never fewer than the whole number has."""
    if not math.isfinite(value) or value == 0 or not 1e-4 <= abs(value) < 1e15:
        return f"{value:.{DIGITS}g}".replace("-", "−")
    places = max(0, DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
