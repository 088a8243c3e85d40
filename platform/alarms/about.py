"""What an alarm is of, in words: names of its rule, target and asset, as they were when something happened."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

EXTERNAL: Final = "external"  # of alerts of other systems: in place of a rule, and as a kind
PriorityNumber = Literal[1, 2, 3, 4]
TargetKind = Literal["sensor", "calculated", "device", "source", "external"]


class AlarmTarget(Struct, frozen=True, kw_only=True, gc=False):
    """What a rule watches. `external`: an alert of another system, whose id is its fingerprint."""

    kind: TargetKind
    id: str
    tag: str = ""
    name: str = ""
    unit: str = ""


class AlarmAsset(Struct, frozen=True, kw_only=True, gc=False):
    id: str
    tag: str = ""
    name: str = ""


class About(Struct, frozen=True, kw_only=True, gc=False):
    """Stored with each entry of the journal, so that it can be read when rule and sensor are gone.

    `kind`: of the rule's trigger. `site`: an id; empty for what belongs to none.
    """

    rule: str
    name: str
    level: str = ""
    priority: PriorityNumber
    kind: Annotated[str, Meta(description="Of the rule's trigger, such as limit; external for other systems' alerts")]
    site: str = ""
    target: AlarmTarget
    asset: AlarmAsset | None = None


def key_of(rule: str, target: str) -> str:
    return f"{rule}:{target}"


def occurrence_of(key: str, raised: int) -> str:
    """The id of one time that the alarm was raised (epoch ms)."""
    return f"{key}:{raised}"
