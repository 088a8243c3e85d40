"""What messages say."""

from __future__ import annotations

import msgspec
import pytest

from alarms.notification.payload import WebhookBody, webhook_body
from alarms.notification.texts import (
    MAX_SUBJECT,
    ONLY_OPENS,
    html,
    link,
    moment,
    one_line,
    page_of,
    plain_text,
    subject,
)
from tests.alarms.notification.messages import HOSTILE, LONG, T, hostile, item, message

BASE = "https://plant.example"


def test_the_subject_says_what_is_wrong_in_one_line() -> None:
    assert subject(message()) == "P1 TT-101 High: 17.9 °C over 14.5 °C"
    assert subject(message(reason="escalated", step=1)) == "Escalation: P1 TT-101 High: 17.9 °C over 14.5 °C"
    assert subject(message(item(event="returned"))) == "P1 TT-101 High: returned to normal"
    assert subject(message(item(level="", event="raised"))) == "P1 TT-101 Supply water too warm: 17.9 °C over 14.5 °C"
    assert subject(message(items=[], reason="test")) == "Test message"


def test_that_of_several_counts_them() -> None:
    several = message(item(), item(priority=3), item(priority=3), reason="digest")
    assert subject(several) == "3 alarms: 1 of P1, 2 of P3"
    assert subject(message(item(), item(), more=1_200, reason="flood")) == "Flood: 1,202 alarms"
    assert subject(message(item(), item(), reason="quiet_hours")) == "During quiet hours: 2 alarms: 2 of P1"


def test_the_text_has_what_is_known_and_a_link_that_only_opens_the_page() -> None:
    text = plain_text(message(), BASE)
    assert text.startswith("P1 TT-101 High: 17.9 °C over 14.5 °C\n\n")
    for part in ("Asset     CH-1 Chiller 1\n", "Raised    2025-11-30 15:05:12 Asia/Dubai\n", "Site      North\n"):
        assert part in text
    assert "What to do:\nStart the second chiller\nCall the shift leader\n" in text
    assert f"{BASE}/t/acme/alarms?alarm=alaaaaaaaaaa%3Aseaaaaaaaaaa&site=siaaaaaaaaaa\n{ONLY_OPENS}" in text
    assert text.endswith("-- \nPlantrace: Acme, route “Night shift”\n")


def test_without_an_address_of_the_installation_there_is_no_link() -> None:
    assert "/t/acme" not in plain_text(message(), "") and "<a " not in html(message(), "")


def test_a_digest_says_of_each_alarm_how_it_is_now() -> None:
    gone = item(condition="returned", returned=T + 60_000)
    seen = item(condition="acknowledged", acknowledged=T + 1, acknowledged_by="Anna")
    text = plain_text(message(gone, seen, more=7, reason="quiet_hours"), BASE)
    assert "returned 2025-11-30 15:06:12 Asia/Dubai · returned to normal, not acknowledged" in text
    assert "active, acknowledged, by Anna" in text and "and 7 more" in text
    assert page_of(message(gone, seen), BASE) == f"{BASE}/t/acme/alarms"


def test_a_test_message_says_so() -> None:
    test = message(items=[], reason="test")
    assert "This is a test" in plain_text(test, BASE) and "This is a test" in html(test, BASE)


@pytest.mark.parametrize("text", [HOSTILE, LONG, "\r\n" * 5_000, ""])
def test_names_that_people_chose_stay_one_bounded_line(text: str) -> None:
    made = message(hostile(text), tenant_name=text, route=text)
    assert len(subject(made)) <= MAX_SUBJECT and subject(made).isprintable()
    plain, page = plain_text(made, BASE), html(made, BASE)
    assert len(plain) < 10_000 and len(page) < 20_000
    assert not any(line.startswith("Bcc:") for line in plain.splitlines()[: plain.splitlines().index("") + 1])
    for forbidden in ("<script", "\x1b", "\u202e", "\r"):
        assert forbidden not in page
    for forbidden in ("\x1b", "\u202e", "\r"):
        assert forbidden not in plain


def test_lines_are_cut_visibly() -> None:
    assert one_line("a\r\nb\tc", 10) == "a b c"
    assert one_line("x" * 11, 10) == "xxxxxxxxx…"


def test_a_zone_that_is_unknown_is_utc() -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", "", LONG):
        assert moment(T, zone) == "2025-11-30 11:05:12 UTC"


def test_parts_of_a_link_are_encoded() -> None:
    made = link("acme", item(key="a:b&c=d#e?/../", site="s&x=1"), BASE)
    assert made == f"{BASE}/t/acme/alarms?alarm=a%3Ab%26c%3Dd%23e%3F%2F..%2F&site=s%26x%3D1"


def test_the_body_of_a_webhook_is_the_same_when_it_is_repeated() -> None:
    made = message(item(), item(value=float("nan"), limit=None), more=3)
    body = webhook_body(made, "id", BASE)
    assert body == webhook_body(made, "id", BASE)
    read = msgspec.json.decode(body, type=WebhookBody)
    assert (read.version, read.id, read.reason, read.more, read.tenant.slug) == (1, "id", "raised", 3, "acme")
    assert read.alarms[0].value == 17.9 and read.alarms[1].value is None
    assert read.alarms[0].url == link("acme", item(), BASE)
