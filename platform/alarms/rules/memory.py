"""How much rules remember from sample to sample, which is written with each of them. Pure."""

from __future__ import annotations

from alarms.rules.conditions.changes import RESOLUTION
from alarms.rules.models import EventCount, Limit, Rate, RuleContent, Trigger

MAX_MEMORY = 6_000_000  # bytes of a tenant: some 1,000 windows
_NUMBER = 9  # bytes of one in msgpack, at most
_PARTS = RESOLUTION + 2  # of a window


def memory_of(content: RuleContent, targets: int) -> int:
    """Bytes at most at all its targets. What does not grow with a window is not counted."""
    triggers = [content.trigger, *(each.trigger for each in content.overrides if each.trigger is not None)]
    return targets * max(map(_bytes, triggers))


def _bytes(trigger: Trigger) -> int:
    match trigger:
        case Limit() if trigger.window_s is not None:
            return _PARTS * (1 + 5 * _NUMBER)
        case Rate():
            return _PARTS * 2 * (1 + 2 * _NUMBER)  # of minima and maxima
        case EventCount():
            return trigger.count * 2 * _NUMBER  # times and ids
    return 0
