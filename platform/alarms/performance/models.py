"""Figures of EEMUA 191 and ISA-18.2 as the API returns them. Times in epoch ms, durations in seconds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from alarms.about import AlarmAsset, AlarmTarget, PriorityNumber
from alarms.lists.models import Key
from alarms.rules.models import Seconds

MAX_OPERATORS = 100
TOP = 10
Pattern = Literal["chattering", "fleeting", "frequent"]


class AlarmActor(Struct, frozen=True, kw_only=True):
    """One alarm's part. `chattering`: raised three times within a minute; `fleeting`: mostly shorter than 2 min."""

    key: str
    rule: str
    name: str
    priority: PriorityNumber
    target: AlarmTarget
    asset: AlarmAsset | None
    count: Annotated[int, Meta(description="How often it was raised")]
    share: Annotated[float, Meta(description="Of all alarms raised, 0 to 1")]
    shorter_than_2_min: int
    median_s: Annotated[float | None, Meta(description="How long it was active; null: never returned")]
    false: Annotated[int, Meta(description="Occurrences that an operator called false")]
    patterns: list[Pattern]


class StandingAlarm(Struct, frozen=True, kw_only=True):
    """Active at the end of the range. `stale`: for more than 24 hours."""

    key: str
    name: str
    priority: PriorityNumber
    target: AlarmTarget
    asset: AlarmAsset | None
    raised: int
    stale: bool


class AlarmPeak(Struct, frozen=True, kw_only=True):
    """The ten minutes with the most alarms."""

    t: int
    count: int


class AcknowledgementTimes(Struct, frozen=True, kw_only=True):
    """Of occurrences raised in the range; null without any that was acknowledged."""

    acknowledged: int
    never: int
    median_s: float | None
    p90_s: float | None


class AlarmPeriod(Struct, frozen=True, kw_only=True):
    """An hour, day, week or month of the calendar, as far as it is in the range."""

    start: int
    end: int
    raised: int
    per_10_min: Annotated[float, Meta(description="Per operator")]
    peak: AlarmPeak | None
    over_10: Annotated[float, Meta(description="Share of 10-minute periods with more than 10 alarms per operator")]
    flood_share: Annotated[float, Meta(description="Share of the time in flood")]


class AlarmPerformance(Struct, frozen=True, kw_only=True):
    start: int
    end: int
    operators: int
    zone: Annotated[str, Meta(description="The time zone whose clock and calendar count")]
    raised: Annotated[
        int,
        Meta(description="Alarms raised; not suppressed and shelved ones, nor without `past` those entered afterwards"),
    ]
    entered_afterwards: Annotated[
        int, Meta(description="Alarms of the range from imported history or late samples: nobody was notified of them")
    ]
    per_10_min: Annotated[float, Meta(description="Per operator; EEMUA 191: acceptable up to 1")]
    peak: AlarmPeak | None
    over_10: Annotated[float, Meta(description="Share of 10-minute periods with more than 10 alarms per operator")]
    flood_share: Annotated[
        float, Meta(description="Share of the time in flood, from more than 10 to under 5 in 10 min")
    ]
    floods: int
    by_priority: Annotated[list[int], Meta(description="Raised of priority 1, 2, 3, 4; EEMUA 191: 5, 15, 80 % for 3")]
    standing: Annotated[list[StandingAlarm], Meta(description="The oldest 100")]
    standing_count: int
    stale_count: int
    chattering_count: int
    top: Annotated[list[AlarmActor], Meta(description="The ten that were raised most often")]
    top_share: Annotated[float, Meta(description="Of all alarms raised; EEMUA 191: under 0.05 for the top ten")]
    bad_actors: Annotated[list[AlarmActor], Meta(description="Chattering, fleeting or frequent; at most 50")]
    acknowledgement: AcknowledgementTimes
    judged: Annotated[int, Meta(description="Occurrences on which an operator gave a verdict")]
    false: Annotated[int, Meta(description="Of these, called false")]
    periods: Annotated[list[AlarmPeriod], Meta(description="With `by`, in order")]
    bucket_ms: int
    buckets: Annotated[list[int], Meta(description="Alarms raised in each of the range's equal parts")]
    truncated: Annotated[bool, Meta(description="There are more than 200,000 transitions: ask for a shorter range")]


class ProposedChange(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Of a rule at one target; null: as it is."""

    on_delay_s: Seconds | None = None
    off_delay_s: Seconds | None = None
    deadband: Annotated[float, Meta(ge=0)] | None = None


class SimulatedAlarms(Struct, frozen=True, kw_only=True):
    raised: int
    shorter_than_2_min: int


class AlarmProposal(Struct, frozen=True, kw_only=True):
    """A change that would have made the alarm quieter, by a back-test over `days`. `change` null: none helps."""

    key: str
    rule: str
    revision: Annotated[int, Meta(description="The rule's")]
    days: float
    before: SimulatedAlarms
    after: SimulatedAlarms | None
    change: ProposedChange | None
    lost: Annotated[int, Meta(description="Occurrences of 10 min and longer that would not have been raised")]


class AppliedProposal(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    key: Key
    change: ProposedChange
    revision: Annotated[int, Meta(ge=1, le=2**63 - 1, description="The rule's, as the proposal has it")]
