"""Signed webhooks, and what answers mean, with a real server."""

from __future__ import annotations

import re
import socket
from typing import Any

import msgspec
import pytest

from alarms.notification.messages import Outcome
from alarms.notification.senders import webhook
from alarms.notification.senders.posting import MAX_AFTER_S, NEVER, retry_after_s
from alarms.notification.senders.services import SERVICES
from tests.alarms.notification.messages import HOSTILE, LONG, T, hostile, message
from tests.isolation import ROOT
from tests.receivers import Answer, Received, Receiver

SECRET = "correct horse battery staple"


def send(receiver: Receiver, id: str = "d1", now: int = T, **more: Any) -> Outcome:
    return webhook.send(receiver.url, [SECRET], message(**more), id, "https://plant.example", now)


def documented() -> dict[str, Any]:
    """What the page about webhooks tells receivers to do."""
    page = (ROOT / "docs" / "api" / "webhooks.md").read_text()
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    return names


def genuine(received: Received, secret: str = SECRET, now: int = T // 1000, body: bytes | None = None) -> bool:
    verify = documented()["verify"]
    return bool(verify(secret, received.headers["plantrace-signature"], received.body if body is None else body, now))


def test_a_receiver_verifies_the_signature_as_documented(receiver: Receiver) -> None:
    assert send(receiver).state == "sent"
    (received,) = receiver.received
    assert genuine(received)
    assert not genuine(received, secret="another")
    assert not genuine(received, body=received.body.replace(b"17.9", b"11.1"))
    assert not genuine(received, now=T // 1000 + 301) and not genuine(received, now=T // 1000 - 301)
    moved = received.headers["plantrace-signature"].replace(f"t={T // 1000}", f"t={T // 1000 + 400}")
    assert not documented()["verify"](SECRET, moved, received.body, T // 1000 + 400)


def test_with_two_secrets_a_receiver_that_knows_one_of_them_verifies_it(receiver: Receiver) -> None:
    webhook.send(receiver.url, ["the new secret of it", SECRET], message(), "d1", "", T)
    (received,) = receiver.received
    assert received.headers["plantrace-signature"].count("v1=") == 2
    assert genuine(received) and genuine(received, secret="the new secret of it")
    assert not genuine(received, secret="another")


def test_a_repetition_has_the_same_id_and_body_and_a_signature_of_its_own(receiver: Receiver) -> None:
    send(receiver), send(receiver, now=T + 60_000)
    first, again = receiver.received
    assert first.body == again.body and first.headers["idempotency-key"] == again.headers["idempotency-key"] == "d1"
    assert msgspec.json.decode(first.body)["id"] == "d1"
    assert first.headers["content-type"] == "application/json"
    assert (
        genuine(again, now=T // 1000 + 60)
        and first.headers["plantrace-signature"] != again.headers["plantrace-signature"]
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "sent"), (202, "sent"), (204, "sent"), (400, "refused"), (401, "retry"), (403, "retry"), (404, "retry"),
        (408, "retry"), (409, "retry"), (410, "refused"), (413, "refused"), (422, "refused"), (425, "retry"),
        (429, "retry"), (500, "retry"), (502, "retry"), (503, "retry"), (302, "refused"),
    ],
)  # fmt: skip
def test_the_status_decides(receiver: Receiver, status: int, state: str) -> None:
    receiver.answers = [Answer(status, body=b"" if status == 204 else b"because\r\n\x1b[31mso")]
    outcome = send(receiver)
    assert outcome.state == state and outcome.detail.isprintable()
    if status >= 400:
        assert outcome.detail == f"HTTP {status}: because [31mso"


def test_what_is_not_answered_is_doubtful_and_where_nobody_listens_it_is_tried_later(receiver: Receiver) -> None:
    receiver.answers = [Answer(silent=True)]
    assert send(receiver).state == "doubtful" and len(receiver.received) == 1
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        receiver.port = bound.getsockname()[1]
        assert send(receiver).state == "retry"


def test_a_server_says_when_to_come_again(receiver: Receiver) -> None:
    receiver.answers = [Answer(429, [("Retry-After", "17")])]
    assert send(receiver).after_s == 17.0
    date = "Sun, 30 Nov 2025 11:06:12 GMT"
    for text, expected in (
        ("0", 0.0), (date, 60.0), ("999999999", MAX_AFTER_S), ("9" * 5_000, MAX_AFTER_S),
        ("Fri, 01 Jan 1999 00:00:00 GMT", 0.0),
        ("", None), ("-5", None), ("soon", None), ("\u0661", None), ("Sun, 99 Nov 9999 99:99:99 GMT", None),
    ):  # fmt: skip
        assert retry_after_s(text, T) == expected, text


def test_addresses_that_are_not_allowed_get_nothing(receiver: Receiver, settings: Any) -> None:
    settings.OUTBOUND_NETWORKS = ()
    outcome = send(receiver)
    assert outcome.state == "refused" and "OUTBOUND_NETWORKS" in outcome.detail
    assert receiver.received == []


@pytest.mark.parametrize("text", [HOSTILE, LONG])
def test_names_stay_within_the_json(receiver: Receiver, text: str) -> None:
    assert send(receiver, items=[hostile(text)], tenant_name=text).state == "sent"
    (received,) = receiver.received
    assert msgspec.json.decode(received.body)["alarms"][0]["name"] == text
    assert "bcc" not in received.headers and genuine(received)


def test_the_page_about_webhooks_names_every_member_and_header(receiver: Receiver) -> None:
    page = (ROOT / "docs" / "api" / "webhooks.md").read_text()
    body = page.split("## The body")[1].split("## Which")[0]
    send(receiver)
    (received,) = receiver.received
    read = msgspec.json.decode(received.body)
    for member in [*read, *read["alarms"][0], *read["tenant"], *read["route"]]:
        assert f"`{member}`" in body, member
    for name in ("idempotency-key", "plantrace-signature", "content-type", "user-agent"):
        assert name in received.headers and f"| `{name}` |" in page.lower()
    assert ", ".join(map(str, sorted(NEVER - {431}))) + ", 431" in page


def test_it_names_every_service(receiver: Receiver) -> None:
    page = (
        (ROOT / "docs" / "api" / "webhooks.md").read_text().split("have fixed hosts:")[1].split("Apprise's schemes")[0]
    )
    assert re.findall(r"`(\w+)`", page) == sorted(SERVICES)
