"""Slack and Teams: cards in which names are plain text."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from alarms.notification.senders import slack, teams
from tests.alarms.notification.messages import HOSTILE, LONG, T, hostile, item, message
from tests.receivers import Receiver

BASE = "https://plant.example"
PAGE = f"{BASE}/t/acme/alarms?alarm=alaaaaaaaaaa%3Aseaaaaaaaaaa&site=siaaaaaaaaaa"


def received(receiver: Receiver) -> Any:
    (one,) = receiver.received
    assert one.headers["content-type"] == "application/json" and one.headers["idempotency-key"] == "d1"
    return msgspec.json.decode(one.body)


def test_slack_gets_blocks_and_a_link(receiver: Receiver) -> None:
    assert slack.send(receiver.url, message(), "d1", BASE, T).state == "sent"
    body = received(receiver)
    assert body["text"] == "P1 TT-101 High: 17.9 °C over 14.5 °C"
    header, details, opened, context = body["blocks"]
    assert header["text"]["text"] == body["text"] and "What to do:\nStart the second chiller" in details["text"]["text"]
    assert opened["text"] == {"type": "mrkdwn", "text": f"<{PAGE}|Open in Plantrace>"}
    assert context["elements"][0]["text"] == "Plantrace: Acme, route “Night shift”"


@pytest.mark.parametrize("text", [HOSTILE, LONG, "<!channel> <https://evil.example|click> @here &"])
def test_in_slack_names_are_no_markup(text: str) -> None:
    for made in (message(hostile(text), tenant_name=text), message(hostile(text), item(), tenant_name=text)):
        body = slack.payload(made, BASE)
        assert "<" not in body["text"] and ">" not in body["text"]
        texts = [block["text"] for block in body["blocks"] if "text" in block]
        marked = [each["text"] for each in texts if each["type"] == "mrkdwn"]
        assert all(each.startswith(f"<{BASE}/t/acme/alarms") and each.count("<") == 1 for each in marked)
        assert all(len(each["text"]) <= 3_000 for each in texts) and len(texts[0]["text"]) <= 150


def test_teams_gets_an_adaptive_card(receiver: Receiver) -> None:
    assert teams.send(receiver.url, message(), "d1", BASE, T).state == "sent"
    body = received(receiver)
    (attachment,) = body["attachments"]
    assert body["type"] == "message" and attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert card["type"] == "AdaptiveCard" and card["actions"][0]["url"] == PAGE
    first = card["body"][0]["inlines"][0]
    assert first["text"] == "P1 TT-101 High: 17.9 °C over 14.5 °C" and first["color"] == "attention"


@pytest.mark.parametrize("text", [HOSTILE, LONG])
def test_in_teams_names_are_runs_of_text_without_markdown(text: str) -> None:
    made = message(*[hostile(text)] * 100, tenant_name=text, more=900)
    card = teams.payload(made, BASE)["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert len(msgspec.json.encode(teams.payload(made, BASE))) < 28_000
    assert card["actions"][0]["url"] == f"{BASE}/t/acme/alarms"


def test_long_digests_are_cut_and_say_so() -> None:
    made = message(*[item()] * 60, more=40)
    blocks = slack.payload(made, BASE)["blocks"]
    assert len(blocks) <= 50 and any("and 80 more" in str(block) for block in blocks)
    assert "and 80 more" in str(teams.payload(made, BASE))


def test_without_an_address_of_the_installation_there_are_no_links() -> None:
    assert "mrkdwn" not in str(slack.payload(message(), "")) and "OpenUrl" not in str(teams.payload(message(), ""))
