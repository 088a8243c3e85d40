"""How messages get to people and other systems: one module for each kind of channel."""

from alarms.notification.senders.checks import check
from alarms.notification.senders.sending import send

__all__ = ["check", "send"]
