"""What rules watch for: one class for each kind of trigger. Pure."""

from alarms.rules.conditions.base import AnyCondition, Band, Condition, Observation
from alarms.rules.conditions.changes import Heard, Held, Moved
from alarms.rules.conditions.events import EVENT, Counted
from alarms.rules.conditions.limits import Crossed, InStateMemory
from alarms.rules.conditions.several import Apart, Computed, OfComputed
from alarms.rules.conditions.windows import Windowed

ConditionMemory = Crossed | InStateMemory | Moved | Held | Heard | Counted | Computed | OfComputed | Apart | Windowed

__all__ = ["EVENT", "AnyCondition", "Band", "Condition", "ConditionMemory", "Observation"]
