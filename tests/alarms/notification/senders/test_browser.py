"""Push messages, as a browser decrypts them and a push service checks them."""

from __future__ import annotations

import base64
import os
from typing import Any

import http_ece
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alarms.notification.channels import PushTo
from alarms.notification.senders import browser
from tests.alarms.notification.messages import HOSTILE, LONG, T, hostile, item, message
from tests.receivers import Answer, Receiver


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Browser:
    """One that has subscribed at the receiver."""

    def __init__(self, receiver: Receiver) -> None:
        self._key, self._secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.subscription = PushTo(receiver.url, encoded(point), encoded(self._secret))

    def decrypt(self, body: bytes) -> Any:
        return msgspec.json.decode(http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret))


@pytest.fixture
def subscribed(receiver: Receiver, settings: Any) -> Browser:
    settings.VAPID_PRIVATE_KEY = encoded(os.urandom(32))
    return Browser(receiver)


def test_only_the_browser_can_read_it(receiver: Receiver, subscribed: Browser) -> None:
    receiver.answers = [Answer(201)]
    assert browser.send(subscribed.subscription, message(), "d1", T).state == "sent"
    (received,) = receiver.received
    assert b"TT-101" not in received.body
    assert subscribed.decrypt(received.body) == {
        "title": "P1 TT-101 High: 17.9 °C over 14.5 °C",
        "body": "Supply water too warm · CH-1 Chiller 1 · North · 2025-11-30 15:05:12 Asia/Dubai",
        "url": "/t/acme/alarms?alarm=alaaaaaaaaaa%3Aseaaaaaaaaaa&site=siaaaaaaaaaa",
        "tag": "alaaaaaaaaaa:seaaaaaaaaaa",
    }
    assert received.headers["content-encoding"] == "aes128gcm" and received.headers["urgency"] == "high"
    assert int(received.headers["ttl"]) > 0 and received.headers["idempotency-key"] == "d1"


def test_the_push_service_knows_who_sends(receiver: Receiver, subscribed: Browser) -> None:
    browser.send(subscribed.subscription, message(), "d1", T)
    scheme, token, key = receiver.received[0].headers["authorization"].replace(",", "").split(" ")
    assert scheme == "vapid" and key == f"k={browser.application_server_key()}"
    point = base64.urlsafe_b64decode(key[2:] + "=")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    audience = f"http://127.0.0.1:{receiver.port}"
    claims = jwt.decode(token[2:], public, algorithms=["ES256"], audience=audience, options={"verify_exp": False})
    assert 0 < claims["exp"] - T // 1000 <= 24 * 3_600 and claims["sub"] == "https://plant.example"


def test_a_repetition_takes_the_place_of_what_has_not_arrived(receiver: Receiver, subscribed: Browser) -> None:
    for id in ("d1", "d1", "d2"):
        browser.send(subscribed.subscription, message(), id, T)
    first, again, other = (received.headers["topic"] for received in receiver.received)
    assert first == again != other and len(first) <= 32


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_known(receiver: Receiver, subscribed: Browser, status: int) -> None:
    receiver.answers = [Answer(status)]
    assert browser.send(subscribed.subscription, message(), "d1", T) is browser.GONE


def test_a_service_that_is_busy_is_tried_later(receiver: Receiver, subscribed: Browser) -> None:
    receiver.answers = [Answer(429, [("Retry-After", "30")]), Answer(307, [("Location", receiver.url)])]
    busy, moved = (browser.send(subscribed.subscription, message(), "d1", T) for _ in range(2))
    assert (busy.state, busy.after_s, moved.state) == ("retry", 30.0, "refused")
    assert len(receiver.received) == 2


@pytest.mark.parametrize("text", [HOSTILE, LONG, "ü" * 5_000, '"' * 5_000])
def test_it_always_fits(receiver: Receiver, subscribed: Browser, text: str) -> None:
    made = hostile(text)
    assert browser.send(subscribed.subscription, message(made), "d1", T).state == "sent"
    assert browser.send(subscribed.subscription, message(made, item(), tenant_name=text), "d1", T).state == "sent"
    assert all(len(received.body) <= 4_096 for received in receiver.received)
    assert subscribed.decrypt(receiver.received[1].body)["url"] == "/t/acme/alarms"


def test_keys_that_are_none_are_refused(receiver: Receiver, subscribed: Browser) -> None:
    good = subscribed.subscription
    browser.check_subscription(good)
    bad_point = encoded(b"\x04" + bytes(64))
    for p256dh, auth in (
        (bad_point, good.auth),
        ("AAAA", good.auth),
        (good.p256dh, "AAAA"),
        ("§", good.auth),
        ("a", ""),
    ):
        broken = PushTo(good.endpoint, p256dh, auth)
        with pytest.raises(ValueError):
            browser.check_subscription(broken)
        assert browser.send(broken, message(), "d1", T).state == "refused"
    assert receiver.received == []


def test_endpoints_are_addresses_that_users_give(receiver: Receiver, subscribed: Browser, settings: Any) -> None:
    settings.OUTBOUND_NETWORKS = ()
    with pytest.raises(ValueError, match="public"):
        browser.check_subscription(subscribed.subscription)
    assert browser.send(subscribed.subscription, message(), "d1", T).state == "refused"
    assert receiver.received == []


def test_without_a_key_there_is_no_push(subscribed: Browser, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert browser.application_server_key() == ""
    assert browser.send(subscribed.subscription, message(), "d1", T).detail == browser.NOT_SET_UP
