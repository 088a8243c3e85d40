"""Adaptive Cards for a workflow of Microsoft Teams (“Post to a channel when a webhook request is received”). Names are
runs of rich text, in which no Markdown counts.
"""

from __future__ import annotations

from typing import Any

import msgspec

from alarms.notification.messages import AlarmItem, AlarmMessage, Outcome
from alarms.notification.senders.posting import JSON, post
from alarms.notification.texts import (
    PRODUCT,
    TEST_TEXT,
    facts,
    headline,
    instruction,
    page_of,
    signature,
    subject,
)

MAX_SHOWN = 20  # Teams takes 28 kB
_COLOURS = {1: "attention", 2: "warning", 3: "warning", 4: "accent"}


def send(url: str, message: AlarmMessage, id: str, base: str, now: int) -> Outcome:
    return post(url, msgspec.json.encode(payload(message, base)), {"Content-Type": JSON}, id, now)


def payload(message: AlarmMessage, base: str) -> dict[str, Any]:
    body = [_text(subject(message), weight="bolder", size="large", **_colour(message))]
    if not message.items:
        body.append(_text(TEST_TEXT))
    if len(message.items) == 1:
        body += _details(message.items[0])
    else:
        body += (_text(headline(item)) for item in message.items[:MAX_SHOWN])
    if hidden := max(0, len(message.items) - MAX_SHOWN) + message.more:
        body.append(_text(f"and {hidden:,} more"))
    body.append(_text(signature(message), size="small", isSubtle=True))
    opens = [{"type": "Action.OpenUrl", "title": f"Open in {PRODUCT}", "url": page_of(message, base)}] if base else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": opens,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _text(text: str, **look: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}


def _details(item: AlarmItem) -> list[dict[str, Any]]:
    rows = [_text(f"{name}: {text}") for name, text in facts(item)]
    lines = instruction(item)
    return rows + ([_text("What to do", weight="bolder"), *map(_text, lines[:MAX_SHOWN])] if lines else [])


def _colour(message: AlarmMessage) -> dict[str, str]:
    priorities = [item.priority for item in message.items if item.event == "raised"]
    return {"color": _COLOURS[min(priorities)]} if priorities else {}
