"""The alarm state machine. Pure."""

from alarms.machine.machine import due, run, step

__all__ = ["due", "run", "step"]
