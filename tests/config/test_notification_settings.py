"""What operators set for notification, checked before anything starts."""

from __future__ import annotations

import base64
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.environment import P256_ORDER
from runtime.home import Home


def encoded(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OUTBOUND_NETWORKS", "VAPID_PRIVATE_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_networks_that_webhooks_may_reach_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.outbound_networks() == ()
    monkeypatch.setenv("OUTBOUND_NETWORKS", "10.1.2.0/24, fd12:3456::/32")
    assert environment.outbound_networks() == (ip_network("10.1.2.0/24"), ip_network("fd12:3456::/32"))


@pytest.mark.parametrize("value", ["10.1.2.3/24", "plant", "0.0.0.0/0", "169.254.169.254", "10.1.2.0/24;10.2.0.0/16"])
def test_others_are_rejected_with_the_variables_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTBOUND_NETWORKS", value)
    with pytest.raises(ImproperlyConfigured, match="OUTBOUND_NETWORKS must be"):
        environment.outbound_networks()


def test_a_key_for_push_messages_is_generated_where_the_database_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = environment.vapid_private_key(Home(tmp_path), "")
    assert key == environment.vapid_private_key(Home(tmp_path), "") != ""
    assert environment.vapid_private_key(Home(tmp_path), "https://control.example") == ""
    monkeypatch.setenv("DATABASE_URL", "postgres://plantrace@db/plantrace")
    assert environment.vapid_private_key(Home(tmp_path), "") == ""
    monkeypatch.setenv("VAPID_PRIVATE_KEY", encoded(7))
    assert environment.vapid_private_key(Home(tmp_path), "") == encoded(7)


@pytest.mark.parametrize("value", ["x", "ü" * 43, encoded(0), encoded(P256_ORDER), encoded(7) + "==", encoded(7)[:-1]])
def test_what_is_no_key_is_rejected_with_the_variables_name(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAPID_PRIVATE_KEY", value)
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY must be"):
        environment.vapid_private_key(Home(tmp_path), "")
