"""What a message says, as subject, text and HTML. Pure. People chose the names in it, so each is one bounded line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from alarms.notification.messages import AlarmItem, AlarmMessage
from kernel.text import plain_line

MAX_SUBJECT, MAX_NAME, MAX_INSTRUCTION = 180, 120, 2_000
PRODUCT = "Plantrace"
TEST = "Test message"
TEST_TEXT = "This is a test: the channel works. No alarm is behind it."
ONLY_OPENS = "The link only opens the page; alarms are acknowledged there, by people who are signed in."
_REASONS = {"escalated": "Escalation", "repeated": "Reminder", "quiet_hours": "During quiet hours", "flood": "Flood"}
_COLOURS = {1: "#c92a2a", 2: "#d9480f", 3: "#b08900", 4: "#1c7ed6"}
_CONDITIONS = {
    "unacknowledged": "active, not acknowledged",
    "acknowledged": "active, acknowledged",
    "returned": "returned to normal, not acknowledged",
    "latched": "returned to normal, to be reset",
    "normal": "normal",
}


def one_line(text: str, limit: int = MAX_NAME) -> str:
    """Without line breaks, control characters and marks that change the direction of writing."""
    line = plain_line(text, limit + 1)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def subject(message: AlarmMessage) -> str:
    """One line, such as “P1 TT-101 High: 17.9 °C over 14.5 °C”."""
    if not message.items:
        return TEST
    prefix = _REASONS.get(message.reason, "")
    if len(message.items) == 1 and not message.more:
        words = headline(message.items[0])
    else:
        words = f"{len(message.items) + message.more:,} alarms{_by_priority(message)}"
    return one_line(f"{prefix}: {words}" if prefix else words, MAX_SUBJECT)


def headline(item: AlarmItem) -> str:
    """What is wrong, or that it is no longer so."""
    level = one_line(item.level)
    name = one_line(f"{item.target.tag or item.target.name} {level.capitalize() or item.name}")
    said = "returned to normal" if item.event == "returned" else one_line(item.text)
    return f"P{item.priority} {name}: {said}"


def facts(item: AlarmItem) -> list[tuple[str, str]]:
    """Names and values of what is known, one line each."""
    asset = f"{item.asset.tag} {item.asset.name}" if item.asset else ""
    acknowledged = f", by {item.acknowledged_by}" if item.acknowledged_by and item.condition == "acknowledged" else ""
    rows = [
        ("Alarm", item.name),
        ("Value", item.text if item.event == "returned" else ""),
        ("Target", item.target.name if item.target.name != item.name else ""),
        ("Asset", asset),
        ("Site", item.site_name),
        ("Raised", moment(item.raised, item.zone)),
        ("Returned", moment(item.returned, item.zone) if item.returned is not None else ""),
        ("State", f"{_CONDITIONS.get(item.condition, '')}{acknowledged}"),
    ]
    return [(name, line) for name, text in rows if (line := one_line(text))]


def instruction(item: AlarmItem) -> list[str]:
    """Its lines."""
    return [line for each in item.instruction[:MAX_INSTRUCTION].splitlines() if (line := one_line(each, 500))]


def plain_text(message: AlarmMessage, base: str) -> str:
    """`base`: the address of the installation; without it there are no links."""
    parts = [subject(message)] if len(message.items) != 1 else []
    if not message.items:
        parts.append(TEST_TEXT)
    if len(message.items) == 1:
        parts.append(_one(message.items[0]))
    elif message.items:
        parts.append("\n".join(f"{headline(item)}\n    {_where(item)}" for item in message.items))
    if message.more:
        parts.append(f"and {message.more:,} more")
    if base:
        parts.append(f"{page_of(message, base)}\n{ONLY_OPENS}")
    return "\n\n".join([*parts, f"-- \n{signature(message)}\n"])


def html(message: AlarmMessage, base: str) -> str:
    """As `plain_text`, with every text escaped. No pictures, scripts or styles of elsewhere."""
    content = "".join(map(_html_of, message.items)) or f"<p>{TEST_TEXT}</p>"
    if message.more:
        content += f"<p>and {message.more:,} more</p>"
    if base:
        content += (
            f'<p><a href="{escape(page_of(message, base))}">Open in {PRODUCT}</a></p>'
            f'<p style="opacity:.7">{escape(ONLY_OPENS)}</p>'
        )
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(subject(message))}</title></head>"
        f'<body style="font:14px/1.45 sans-serif">{content}'
        f'<p style="opacity:.7">{escape(signature(message))}</p></body></html>'
    )


def signature(message: AlarmMessage) -> str:
    """Why somebody gets this."""
    route = f", route “{one_line(message.route)}”" if message.route else ""
    step = f", step {message.step + 1}" if message.step else ""
    return f"{PRODUCT}: {one_line(message.tenant_name) or message.tenant}{route}{step}"


def link(tenant: str, item: AlarmItem, base: str) -> str:
    """Of the page that shows the alarm; with an empty `base` its path."""
    site = f"&site={quote(item.site, safe='')}" if item.site else ""
    return f"{base}/t/{quote(tenant, safe='')}/alarms?alarm={quote(item.key, safe='')}{site}"


def page_of(message: AlarmMessage, base: str) -> str:
    """Of the alarm, or of the list."""
    if len(message.items) == 1:
        return link(message.tenant, message.items[0], base)
    return f"{base}/t/{quote(message.tenant, safe='')}/alarms"


def moment(t: int, zone: str) -> str:
    """Epoch ms as the zone's clock shows it."""
    try:
        at, name = datetime.fromtimestamp(t / 1000, ZoneInfo(zone)), zone
    except (KeyError, ValueError, OSError, OverflowError):
        at, name = datetime.fromtimestamp(t / 1000, UTC), "UTC"
    return f"{at:%Y-%m-%d %H:%M:%S} {name}"


def _by_priority(message: AlarmMessage) -> str:
    if message.more:
        return ""
    counts = Counter(item.priority for item in message.items)
    return ": " + ", ".join(f"{counts[priority]} of P{priority}" for priority in sorted(counts))


def _one(item: AlarmItem) -> str:
    rows = "\n".join(f"{name:<9} {text}" for name, text in facts(item))
    lines = instruction(item)
    return f"{headline(item)}\n\n{rows}" + ("\n\n" + "\n".join(["What to do:", *lines]) if lines else "")


def _where(item: AlarmItem) -> str:
    return " · ".join(_words(item, ("Alarm", "Asset", "Site", "Raised", "Returned", "State")))


def _words(item: AlarmItem, wanted: Sequence[str]) -> list[str]:
    shown = {"Raised": "raised ", "Returned": "returned "}
    return [f"{shown.get(name, '')}{text}" for name, text in facts(item) if name in wanted]


def _html_of(item: AlarmItem) -> str:
    rows = "".join(
        f'<tr valign="top"><td style="opacity:.7;padding-right:12px">{escape(name)}</td><td>{escape(text)}</td></tr>'
        for name, text in facts(item)
    )
    lines = "<br>".join(map(escape, instruction(item)))
    todo = f"<p><b>What to do</b><br>{lines}</p>" if lines else ""
    return (
        f'<div style="border-left:4px solid {_COLOURS[item.priority]};padding-left:10px;margin:0 0 16px">'
        f'<p style="font-size:16px;margin:0 0 6px"><b>{escape(headline(item))}</b></p>'
        f'<table cellspacing="0" cellpadding="1">{rows}</table>{todo}</div>'
    )
