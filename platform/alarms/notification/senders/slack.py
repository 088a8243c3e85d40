"""Incoming webhooks of Slack, and of what takes the same messages. Names are plain text, so nothing in them is a link
or calls for everybody.
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

MAX_SHOWN, MAX_HEADER, MAX_TEXT = 20, 150, 2_900  # blocks and characters; Slack takes 50, 150 and 3,000


def send(url: str, message: AlarmMessage, id: str, base: str, now: int) -> Outcome:
    return post(url, msgspec.json.encode(payload(message, base)), {"Content-Type": JSON}, id, now)


def payload(message: AlarmMessage, base: str) -> dict[str, Any]:
    """`text` is what notifications show; it is escaped, as it is the one member that knows markup."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(subject(message), MAX_HEADER)}]
    if not message.items:
        blocks.append({"type": "section", "text": _plain(TEST_TEXT)})
    if len(message.items) == 1:
        blocks.append({"type": "section", "text": _plain(_details(message.items[0]))})
    else:
        blocks += ({"type": "section", "text": _plain(headline(item))} for item in message.items[:MAX_SHOWN])
    if hidden := max(0, len(message.items) - MAX_SHOWN) + message.more:
        blocks.append({"type": "section", "text": _plain(f"and {hidden:,} more")})
    if base:
        opened = {"type": "mrkdwn", "text": f"<{page_of(message, base)}|Open in {PRODUCT}>"}
        blocks.append({"type": "section", "text": opened})
    blocks.append({"type": "context", "elements": [_plain(signature(message))]})
    return {"text": _escaped(subject(message)), "blocks": blocks}


def _plain(text: str, limit: int = MAX_TEXT) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:limit], "emoji": False}


def _details(item: AlarmItem) -> str:
    lines = [f"{name}: {text}" for name, text in facts(item)]
    todo = instruction(item)
    return "\n".join([*lines, *(["", "What to do:", *todo] if todo else [])])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
