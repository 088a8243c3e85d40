"""States, inputs and transitions of one alarm (ISA-18.2, section 5; ADR 92). Times are epoch ms."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec import Struct

NEVER = -(2**62)


class Condition(StrEnum):
    """ISA-18.2's process and acknowledgement states, without shelving and suppression, which are apart."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"  # active
    ACKNOWLEDGED = "acknowledged"  # active
    RETURNED = "returned"  # to normal, unacknowledged
    LATCHED = "latched"  # returned to normal and acknowledged, until it is reset


class Settings(Struct, frozen=True, gc=False):
    """What the machine needs of a rule at one target. Delays in ms."""

    on_delay: int = 0
    off_delay: int = 0
    latching: bool = False
    rule_version: int = 0


class Shelf(Struct, frozen=True, gc=False):
    until: int
    reason: str
    by: str


class State(Struct, frozen=True, omit_defaults=True, gc=False):
    """Of one alarm. `t`: its last sample's time. `met_since`, `unmet_since`: since when the condition holds, or does
    not, without a transition yet: a delay is running. `raised`: when the present occurrence was; `last_raised`: also if
    it is over. `changed`: when it was raised or returned last. `value`, `limit`: of the sample that raised it;
    `met_value`, `met_limit`: of the one that will, once the delay has passed. `suppressed`: by what, as words such as
    `alarm:<key>`, `maintenance:<case>:<its number>`.
    """

    condition: Condition = Condition.NORMAL
    t: int = NEVER
    met: bool = False
    met_since: int | None = None
    unmet_since: int | None = None
    raised: int | None = None
    acknowledged: int | None = None
    acknowledged_by: str = ""
    note: str = ""
    verdict: str = ""  # an operator's: genuine, false
    returned: int | None = None
    changed: int = NEVER
    last_raised: int = NEVER
    value: float | str | None = None
    limit: float | None = None
    met_value: float | str | None = None
    met_limit: float | None = None
    rule_version: int = 0
    shelf: Shelf | None = None
    suppressed: tuple[str, ...] = ()
    out_of_service: str = ""  # why; empty: it is in service

    @property
    def active(self) -> bool:
        return self.condition in (Condition.UNACKNOWLEDGED, Condition.ACKNOWLEDGED)

    @property
    def annunciated(self) -> bool:
        """Whether people are told: neither shelved, nor suppressed by design, nor out of service."""
        return self.shelf is None and not self.suppressed and not self.out_of_service

    @property
    def plain(self) -> bool:
        """Normal in every respect, so that nothing but times would be lost with it."""
        return msgspec.structs.replace(self, t=NEVER, changed=NEVER, last_raised=NEVER) == _PLAIN


_PLAIN = State()


class What(StrEnum):
    """The kinds of transitions."""

    RAISED = "raised"
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    RESET = "reset"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    SUPPRESSED = "suppressed"
    RELEASED = "released"  # from suppression
    OUT_OF_SERVICE = "out_of_service"
    IN_SERVICE = "in_service"
    DISABLED = "disabled"  # the rule was, or deleted, while the alarm was not normal
    NOTE = "note"
    NOTIFIED = "notified"  # of `alarms.notification`, as the next: they change nothing
    NOTIFICATION_FAILED = "notification_failed"


class Transition(Struct, frozen=True, omit_defaults=True, gc=False):
    """An entry of the journal, before it knows of which alarm. `t`: when it was so; `person`: who did it.

    `occurrence`: when the occurrence that it belongs to was raised. `suppressed`: people were not told, as the alarm
    was shelved, suppressed by design or out of service. Those of one alarm are in the order of their numbers: one by a
    person may be later than the next one by a sample, so of those up to a moment the last number tells the condition.
    """

    what: What
    t: int
    condition: Condition  # afterwards
    occurrence: int | None = None
    value: float | str | None = None
    limit: float | None = None
    rule_version: int = 0
    person: str = ""
    note: str = ""
    verdict: str = ""
    until: int | None = None  # of a shelf
    suppressed: bool = False
    late: bool = False
    past: bool = False

    @property
    def tells(self) -> bool:
        """Whether people are told that the alarm was raised."""
        return self.what is What.RAISED and not (self.suppressed or self.late or self.past)


class Sample(Struct, frozen=True):
    """`met`: whether the rule's condition holds, deadband considered by who says so (`alarms.rules.conditions`).

    `timed`: that follows from time that has passed, or from a sensor that lags behind another, so its time is not
    compared with the last sample's.
    """

    t: int
    met: bool
    value: float | str | None = None
    limit: float | None = None
    timed: bool = False


class Timer(Struct, frozen=True):
    """A delay or a shelf has ended; also one that comes too late or twice is harmless."""

    t: int


class Acknowledge(Struct, frozen=True):
    t: int
    by: str
    note: str = ""
    verdict: str = ""


class Note(Struct, frozen=True):
    """A remark of a person, at any time; it changes no condition."""

    t: int
    by: str
    note: str
    verdict: str = ""


class Shelve(Struct, frozen=True):
    t: int
    until: int
    reason: str
    by: str


class Unshelve(Struct, frozen=True):
    t: int
    by: str = ""


class Suppress(Struct, frozen=True):
    t: int
    why: str
    by: str = ""


class Release(Struct, frozen=True):
    t: int
    why: str
    by: str = ""


class TakeOutOfService(Struct, frozen=True):
    t: int
    reason: str
    by: str


class ReturnToService(Struct, frozen=True):
    t: int
    by: str


class Reset(Struct, frozen=True):
    """Of a latched alarm."""

    t: int
    by: str


class Disable(Struct, frozen=True):
    t: int
    by: str = ""


Input = (
    Sample
    | Timer
    | Acknowledge
    | Note
    | Shelve
    | Unshelve
    | Suppress
    | Release
    | TakeOutOfService
    | ReturnToService
    | Reset
    | Disable
)
