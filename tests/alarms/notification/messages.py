"""Messages that tests send."""

from __future__ import annotations

from typing import Any

from alarms.about import AlarmAsset, AlarmTarget
from alarms.notification.messages import AlarmItem, AlarmMessage

T = 1_764_500_712_000  # 2025-11-30 11:05:12 UTC
HOSTILE = 'TT\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script><!channel> [x](https://evil.example) & "‮\x1b[31m'
LONG = "x" * 10_000


def item(**more: Any) -> AlarmItem:
    return AlarmItem(**{
        "key": "alaaaaaaaaaa:seaaaaaaaaaa", "occurrence": f"alaaaaaaaaaa:seaaaaaaaaaa:{T}",
        "name": "Supply water too warm", "level": "high", "priority": 1, "kind": "limit",
        "site": "siaaaaaaaaaa", "site_name": "North", "zone": "Asia/Dubai",
        "target": AlarmTarget(kind="sensor", id="seaaaaaaaaaa", tag="TT-101", name="Supply temperature", unit="°C"),
        "asset": AlarmAsset(id="asaaaaaaaaaa", tag="CH-1", name="Chiller 1"), "raised": T, "value": 17.9, "limit": 14.5,
        "text": "17.9 °C over 14.5 °C", "instruction": "Start the second chiller\nCall the shift leader", **more,
    })  # fmt: skip


def message(*items: AlarmItem, **more: Any) -> AlarmMessage:
    return AlarmMessage(**{
        "reason": "raised", "tenant": "acme", "tenant_name": "Acme", "route": "Night shift", "at": T,
        "items": list(items) if items else [item()], **more,
    })  # fmt: skip


def hostile(text: str = HOSTILE) -> AlarmItem:
    """Every text that people choose is this."""
    return item(
        name=text,
        level=text,
        site_name=text,
        zone=text,
        target=AlarmTarget(kind="sensor", id="seaaaaaaaaaa", tag=text, name=text, unit=text),
        asset=AlarmAsset(id="asaaaaaaaaaa", tag=text, name=text),
        acknowledged_by=text,
        condition="acknowledged",
        text=text,
        instruction=text,
    )
