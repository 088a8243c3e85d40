"""What senders are given, and what they return. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from alarms.about import AlarmAsset, AlarmTarget, PriorityNumber
from alarms.lists.models import AlarmCondition

MAX_ITEMS = 100  # of a message; others are counted

Reason = Literal["raised", "returned", "escalated", "repeated", "digest", "quiet_hours", "flood", "test"]


class AlarmItem(Struct, frozen=True, kw_only=True):
    """An alarm in a message: as it was when people were to be told, but for `condition`, `returned` and what was
    acknowledged, which are as of now.
    """

    key: Annotated[str, Meta(description="`<rule>:<target>`")]
    occurrence: Annotated[str, Meta(description="`<key>:<when it was raised>`")]
    name: str
    level: str = ""
    priority: PriorityNumber
    kind: str
    site: str = ""  # an id
    site_name: str = ""
    zone: str = "UTC"  # the site's, for times in texts
    target: AlarmTarget
    asset: AlarmAsset | None = None
    event: Literal["raised", "returned"] = "raised"  # what is told
    condition: AlarmCondition = "unacknowledged"
    raised: int
    returned: int | None = None
    acknowledged: int | None = None
    acknowledged_by: str = ""
    value: float | str | None = None
    limit: float | None = None
    text: str  # one line, such as “17.9 °C over 14.5 °C”
    instruction: str = ""


class AlarmMessage(Struct, frozen=True, kw_only=True):
    """One alarm, or several (a digest); `more`: alarms of it that are not among `items`. Without items it is a test."""

    reason: Reason
    tenant: str  # the slug
    tenant_name: str
    route: str = ""  # its name
    step: int = 0  # from 0; from 1 it is an escalation
    at: int  # when people were to be told
    items: list[AlarmItem] = []
    more: int = 0


class Outcome(Struct, frozen=True):
    """Of one attempt. `retry`: it was not taken, and may be later, `after_s` at the earliest; `refused`: it never will
    be; `doubtful`: it may have been taken, so it is repeated with the same id. `detail`: one line for people, without
    secrets.
    """

    state: Literal["sent", "retry", "refused", "doubtful"]
    detail: str = ""
    after_s: float | None = None
