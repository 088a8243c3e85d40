"""Prometheus Alertmanager's webhook (version 4), as it sends it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec import field as default

MAX_ALERTS = 1_000  # of one request
MAX_LABELS, MAX_LABEL, MAX_TEXT = 100, 1_000, 4_000  # of an alert; characters

Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Labels = Annotated[dict[Annotated[str, Meta(min_length=1, max_length=MAX_LABEL)], Text], Meta(max_length=MAX_LABELS)]
Time = Annotated[str, Meta(max_length=40, description="RFC 3339")]


class Alert(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """`fingerprint` identifies it: the same alert again is the same alarm."""

    status: Literal["firing", "resolved"]
    labels: Labels = default(default_factory=dict)
    annotations: Labels = default(default_factory=dict)
    starts_at: Annotated[Time, Meta(min_length=1)]
    ends_at: Time = ""
    generator_url: Annotated[str, Meta(max_length=MAX_TEXT)] = default(name="generatorURL", default="")
    fingerprint: Annotated[str, Meta(min_length=1, max_length=64, pattern="^[0-9A-Za-z_-]+$")]


class AlertGroup(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """Only `alerts` is read; the rest is accepted because Alertmanager sends it."""

    version: Text = ""
    group_key: Text = ""
    truncated_alerts: Annotated[int, Meta(ge=0, le=10**9)] = 0
    status: Literal["firing", "resolved"] = "firing"
    receiver: Text = ""
    group_labels: Labels = default(default_factory=dict)
    common_labels: Labels = default(default_factory=dict)
    common_annotations: Labels = default(default_factory=dict)
    external_url: Text = default(name="externalURL", default="")
    alerts: Annotated[list[Alert], Meta(max_length=MAX_ALERTS)]


class AlertsTaken(Struct, frozen=True, kw_only=True):
    raised: int
    resolved: int
    unchanged: int
