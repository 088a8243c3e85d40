"""What an alarm says, in one line. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from alarms.rules.models import (
    Deviation,
    Discrepancy,
    EventCount,
    Expression,
    Frozen,
    InState,
    Limit,
    OutOfRange,
    Rate,
    Stale,
    Trigger,
)

DIGITS = 4


@dataclass(frozen=True)
class Wording:
    """`states`: names of a discrete sensor's values, by number as text."""

    trigger: Trigger
    unit: str = ""
    states: Mapping[str, str] = field(default_factory=dict)

    def text(self, value: float | str | None, limit: float | None) -> str:
        shown, against = self.shown(value), self.shown(limit)
        match self.trigger:
            case Limit(side=side, limit=at, window_s=window, statistic=statistic):
                what = f"{shown} {'over' if side == 'high' else 'under'} {against or self.shown(at)}".strip()
                return what if window is None else f"{what} ({statistic} of {duration(window)})"
            case Deviation(limit=far):
                return f"{shown} is more than {self.shown(far)} from its set point, {against}"
            case Rate(limit=change, window_s=window, side=side):
                how = {"both": "changes", "rising": "rises", "falling": "falls"}[side]
                return f"{how} by more than {self.shown(change)} in {duration(window)}"
            case InState():
                return f"is {shown}"
            case Discrepancy(within_s=within):
                return f"is {shown}, not {against} as commanded {duration(within)} ago"
            case Stale(after_s=after):
                return f"nothing received for {duration(after)}"
            case Frozen(after_s=after):
                return f"{shown} for {duration(after)} without change"
            case OutOfRange():
                return (
                    "of bad quality"
                    if limit is None
                    else f"{shown} outside of the sensor's range, which ends at {against}"
                )
            case EventCount(event_type=event_type, count=count, window_s=window):
                return f"{count} × {event_type} in {duration(window)}"
            case Expression(expression=expression):
                return expression

    def shown(self, value: float | str | None) -> str:
        """With its unit, or the state's name."""
        if value is None:
            return ""
        if isinstance(value, str):
            return self.states.get(value, value)
        name = self.states.get(f"{value:g}")
        return name if name is not None else f"{number(value)} {self.unit}".strip()


def number(value: float) -> str:
    """With four significant digits, and never fewer than the whole number has."""
    if not math.isfinite(value) or value == 0 or not 1e-4 <= abs(value) < 1e15:
        return f"{value:.{DIGITS}g}".replace("-", "−")
    places = max(0, DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def duration(seconds: float) -> str:
    for unit, width in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= width and seconds % width == 0:
            return f"{number(seconds / width)} {unit}"
    return f"{number(seconds)} s"
