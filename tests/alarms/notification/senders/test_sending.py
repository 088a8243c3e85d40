"""One call sends to whatever kind of channel, and what a browser's push service says of its subscription is kept."""

from __future__ import annotations

from typing import Any

import pytest

from alarms.notification import subscriptions
from alarms.notification.channels import (
    AppriseSettings,
    AppriseTo,
    ChannelSettings,
    EmailSettings,
    EmailTo,
    PushSettings,
    SlackSettings,
    SlackTo,
    TeamsSettings,
    TeamsTo,
    WebhookSettings,
    WebhookTo,
)
from alarms.notification.senders import check, send
from alarms.notification.subscriptions import PushKeys, SubscriptionContent, subscribe
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from tests.alarms.notification.messages import T, message
from tests.alarms.notification.senders.test_browser import Browser
from tests.receivers import Answer, Mailbox, Receiver

ANNA, BERT = 7, 8


def test_each_kind_is_sent_by_its_sender(acme: TenantConnection, receiver: Receiver, mailbox: Mailbox) -> None:
    for to in (WebhookTo(receiver.url, "secret secret secret"), SlackTo(receiver.url), TeamsTo(receiver.url)):
        assert send(acme, to, message(), "d1").state == "sent"
    assert send(acme, EmailTo("anna@example.org"), message(), "d1").state == "sent"
    bodies = [received.body for received in receiver.received]
    assert [word in body for word, body in zip((b'"version"', b'"blocks"', b"AdaptiveCard"), bodies, strict=True)] == [
        True
    ] * 3
    assert len(mailbox.mails) == 1
    assert send(acme, AppriseTo("json://127.0.0.1"), message(), "d1").state == "refused"


def test_what_goes_wrong_here_is_in_doubt(acme: TenantConnection, receiver: Receiver) -> None:
    broken: Any = message(tenant=None)
    outcome = send(acme, SlackTo(receiver.url), broken, "d1")
    assert outcome.state == "doubtful" and receiver.received == []


def test_a_subscription_that_has_ended_is_forgotten_and_others_stay(
    acme: TenantConnection, receiver: Receiver, settings: Any
) -> None:
    settings.VAPID_PRIVATE_KEY = "A" * 42 + "E"
    first, second = Browser(receiver), Browser(receiver)
    kept = second.subscription
    for user, path, browser in ((ANNA, "/gone", first), (BERT, "/kept", second)):
        to = browser.subscription
        endpoint = to.endpoint.replace("/hook", path)
        subscribe(acme, user, SubscriptionContent(endpoint=endpoint, keys=PushKeys(p256dh=to.p256dh, auth=to.auth)), T)
    (stored,) = subscriptions.of_people(acme, [ANNA])
    receiver.answers = [Answer(201), Answer(410), Answer(201)]
    to = subscriptions.destination(stored)
    assert [send(acme, to, message(), "d1").state for _ in range(2)] == ["sent", "refused"]
    assert send(acme, kept, message(), "d1").state == "sent"
    assert subscriptions.of_people(acme, [ANNA]) == [] and len(subscriptions.of_people(acme, [BERT])) == 1


@pytest.mark.parametrize(
    "refused",
    [
        WebhookSettings("https://127.0.0.1/", "secret secret secret"),
        WebhookSettings("https://user:password@hooks.example.com/", "secret secret secret"),
        WebhookSettings("http://93.184.216.34/"),
        SlackSettings("https://10.1.2.3/services/a"),
        SlackSettings("https://[::1]/"),
        TeamsSettings("ftp://hooks.example.com/"),
        AppriseSettings("json://hooks.example.com/"),
        AppriseSettings("twilio://nonsense"),
    ],
)
def test_a_channel_that_could_never_be_sent_to_is_refused(refused: ChannelSettings) -> None:
    with pytest.raises(BadRequest) as refusal:
        check(refused)
    assert "password" not in str(refusal.value) or "must not contain" in str(refusal.value)


def test_others_are_taken_without_asking_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("a name was resolved")

    monkeypatch.setattr("socket.getaddrinfo", never)
    for settings in (
        WebhookSettings("https://hooks.example.com/alarms"),
        SlackSettings("https://hooks.slack.com/services/T0/B0/x"),
        SlackSettings(),
        TeamsSettings("https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=y"),
        AppriseSettings("signl4://0123456789"),
        EmailSettings(["anna@example.org"]),
        PushSettings(),
    ):
        check(settings)
