"""Alarm rules as the API takes, stores and returns them. Times in epoch ms, delays in seconds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec import field as default

from catalog.bounds import MAX_DESCRIPTION, MAX_NAME, MAX_REFERENCE
from catalog.models import Id, Revision

MAX_RULES = 10_000  # of a tenant
MAX_VERSIONS = 1_000  # of a rule
MAX_TARGETS = 20_000  # alarms of all rules of a tenant
MAX_OVERRIDES = 500  # of a rule
MAX_DELAY_S = 7 * 86_400
MAX_EXPRESSION = 2_000
MAX_TEXT = 4_000
MAX_EVENTS = 1_000  # that are counted

Reference = Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE)]
Seconds = Annotated[float, Meta(ge=0, le=MAX_DELAY_S)]
Consequence = Literal["minor", "moderate", "major", "severe"]
Urgency = Literal["over_30_min", "10_to_30_min", "3_to_10_min", "under_3_min"]  # time to respond
Priority = Literal[1, 2, 3, 4]


class Limit(Struct, frozen=True, forbid_unknown_fields=True, tag="limit", tag_field="kind"):
    """Above (`high`) or below (`low`) a value, in the sensor's unit. Levels are names: high, high-high …

    `window_s`: not each value, but the `statistic` of those of the last so many seconds.
    """

    side: Literal["high", "low"]
    limit: float
    deadband: Annotated[float, Meta(ge=0)] = 0.0
    level: Annotated[str, Meta(max_length=40)] = ""
    window_s: Annotated[float, Meta(gt=0, le=86_400)] | None = None
    statistic: Literal["mean", "min", "max"] = "mean"


class Deviation(Struct, frozen=True, forbid_unknown_fields=True, tag="deviation", tag_field="kind"):
    """Further than `limit` from a set point: a number, or another sensor (`{"sensor": …}`)."""

    set_point: float | Reference
    limit: Annotated[float, Meta(gt=0)]
    side: Literal["both", "above", "below"] = "both"
    deadband: Annotated[float, Meta(ge=0)] = 0.0


class Rate(Struct, frozen=True, forbid_unknown_fields=True, tag="rate", tag_field="kind"):
    """Changes by more than `limit` within `window_s` seconds."""

    limit: Annotated[float, Meta(gt=0)]
    window_s: Annotated[float, Meta(gt=0, le=86_400)]
    side: Literal["both", "rising", "falling"] = "both"


class InState(Struct, frozen=True, forbid_unknown_fields=True, tag="state", tag_field="kind"):
    """A discrete sensor has one of these values, or a text sensor one of these texts."""

    states: Annotated[
        list[float | Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]], Meta(min_length=1, max_length=50)
    ]


class Discrepancy(Struct, frozen=True, forbid_unknown_fields=True, tag="discrepancy", tag_field="kind"):
    """The target does not follow the command within `within_s` seconds (commanded open, and not open in 30 s)."""

    command: Reference
    within_s: Annotated[float, Meta(gt=0, le=86_400)]
    tolerance: Annotated[float, Meta(ge=0)] = 0.0


class Stale(Struct, frozen=True, forbid_unknown_fields=True, tag="stale", tag_field="kind"):
    """Nothing has come for so long (deadman). Of sensors, devices and sources."""

    after_s: Annotated[float, Meta(ge=1, le=30 * 86_400)]


class Frozen(Struct, frozen=True, forbid_unknown_fields=True, tag="frozen", tag_field="kind"):
    """Samples come, and their value has not moved by more than `within` for so long."""

    after_s: Annotated[float, Meta(ge=1, le=30 * 86_400)]
    within: Annotated[float, Meta(ge=0)] = 0.0


class OutOfRange(Struct, frozen=True, forbid_unknown_fields=True, tag="out_of_range", tag_field="kind"):
    """Outside of the sensor's own range, or of bad quality if `quality`."""

    quality: bool = True


class EventCount(Struct, frozen=True, forbid_unknown_fields=True, tag="event_count", tag_field="kind"):
    """At least `count` events of a type within `window_s` seconds; of the target device, if it is one."""

    event_type: Annotated[str, Meta(min_length=1, max_length=200)]
    count: Annotated[int, Meta(ge=1, le=MAX_EVENTS)]
    window_s: Annotated[float, Meta(gt=0, le=7 * 86_400)]


class Expression(Struct, frozen=True, forbid_unknown_fields=True, tag="expression", tag_field="kind"):
    """Of several sensors: comparisons of arithmetic, joined by `and`, `or`, `not`; numbers have units:
    `{TT-101} > 80 [°C] and {asset:RUN} == 1`.
    """

    expression: Annotated[str, Meta(min_length=1, max_length=MAX_EXPRESSION)]


Trigger = Limit | Deviation | Rate | InState | Discrepancy | Stale | Frozen | OutOfRange | EventCount | Expression


class Applies(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Either `sensors`, `calculated`, `devices` or `sources` by id or tag, or, of all assets of a type, the sensors
    whose tag or name matches `pattern` (`*` for any characters, `?` for one), in one site or in all.
    """

    site: Reference | None = None
    sensors: Annotated[list[Reference], Meta(max_length=1_000)] = []
    calculated: Annotated[list[Reference], Meta(max_length=100)] = []
    devices: Annotated[list[Reference], Meta(max_length=1_000)] = []
    sources: Annotated[list[Reference], Meta(max_length=100)] = []
    asset_type: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)] | None = None
    pattern: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)] | None = None


class Override(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Other values at one target, or at all of one asset. Omitted members are the rule's."""

    target: Reference  # a sensor's, an asset's, a device's id or tag
    enabled: bool = True
    trigger: Trigger | None = None  # of the same kind
    on_delay_s: Seconds | None = None
    off_delay_s: Seconds | None = None
    note: Annotated[str, Meta(max_length=MAX_TEXT)] = ""


class Schedule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Armed on these days (1 is Monday) between these times of the site's clock; `until` before `start`: overnight."""

    days: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)] = default(
        default_factory=lambda: [1, 2, 3, 4, 5, 6, 7]
    )
    start: Annotated[str, Meta(min_length=5, max_length=5, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "00:00"
    until: Annotated[str, Meta(min_length=5, max_length=5, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")] = "24:00"


class Armed(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that are given must hold. `expression` as in Expression, in which `{asset:RUN}` is of the target's asset."""

    expression: Annotated[str, Meta(min_length=1, max_length=MAX_EXPRESSION)] | None = None
    delay_s: Seconds = 0.0  # after the expression began to hold
    schedule: Schedule | None = None


class RuleContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a version consists of."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    applies: Applies
    trigger: Trigger
    on_delay_s: Seconds = 0.0
    off_delay_s: Seconds = 0.0
    armed: Armed | None = None
    consequence: Consequence = "moderate"
    urgency: Urgency = "10_to_30_min"
    latching: bool = False
    enabled: bool = False
    instruction: Annotated[str, Meta(max_length=MAX_TEXT, description="What the operator is to do")] = ""
    owner: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    description: Annotated[str, Meta(max_length=MAX_DESCRIPTION)] = ""
    suppressed_by: Annotated[
        list[Reference],
        Meta(max_length=20, description="Rules; while one is active at the same asset, this one is suppressed"),
    ] = []
    overrides: Annotated[list[Override], Meta(max_length=MAX_OVERRIDES)] = []
    note: Annotated[str, Meta(max_length=MAX_TEXT, description="Why it was changed")] = ""


class RuleChange(RuleContent, frozen=True, kw_only=True):
    """A new version."""

    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
        Meta(description="The revision it was made from; or send If-Match"),
    ] = None


class AlarmRule(RuleContent, frozen=True, kw_only=True):
    """`version` counts from 1; `priority` follows from consequence and urgency by the tenant's matrix."""

    id: Id
    revision: Revision
    version: int
    priority: Priority
    author: str
    created: int
    changed: int
    targets: int = 0  # at how many it applies now
    problem: Annotated[
        str | None,
        Meta(description="Why some targets are not watched, such as a deleted sensor; null: none is known of"),
    ] = None
