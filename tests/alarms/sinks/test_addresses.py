"""Where sinks may connect to, and what a broker's address is."""

from __future__ import annotations

from typing import Any

import pytest

from alarms.sinks.servers import is_host, parse_server
from web.outbound.client import NotSent
from web.outbound.networks import parse_networks
from web.outbound.sockets import lookup, permitted
from web.outbound.target import TargetRefused


@pytest.fixture
def no_networks(settings: Any) -> None:
    settings.OUTBOUND_NETWORKS = ()


@pytest.mark.usefixtures("no_networks")
@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"])
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(TargetRefused, match="not a public address"):
        permitted("broker.example", [address], encrypted=True)


@pytest.mark.usefixtures("no_networks")
def test_of_several_addresses_only_public_ones_are_used() -> None:
    assert permitted("broker.example", ["10.0.0.1", "8.8.8.8"], encrypted=True) == ["8.8.8.8"]


@pytest.mark.usefixtures("no_networks")
def test_a_name_of_this_machine_is_refused() -> None:
    with pytest.raises(TargetRefused, match="not a public address"):
        lookup("localhost", 1883, encrypted=True)
    with pytest.raises(NotSent, match="cannot be resolved"):
        lookup("broker.invalid", 1883, encrypted=True)


def test_without_tls_only_what_the_operator_allows_is_reached(settings: Any) -> None:
    settings.OUTBOUND_NETWORKS = parse_networks(["10.0.0.0/8"])
    assert permitted("broker.example", ["10.0.0.1"], encrypted=False) == ["10.0.0.1"]
    with pytest.raises(TargetRefused, match="Without TLS"):
        permitted("broker.example", ["8.8.8.8"], encrypted=False)


@pytest.mark.parametrize(
    ("text", "server"),
    [("kafka:9092", ("kafka", 9092)), ("10.0.0.1:1", ("10.0.0.1", 1)), ("[fd00::1]:9093", ("fd00::1", 9093))],
)
def test_addresses_of_servers(text: str, server: tuple[str, int]) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text", ["kafka", "kafka:", "kafka:0", "kafka:65536", "a b:1", "http://kafka:9092", "-a:1", "a@b:1", "ä:1", ":9092"]
)
def test_texts_that_are_no_server(text: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        parse_server(text)


def test_hosts() -> None:
    assert is_host("mqtt.example.com") and is_host("10.0.0.1") and is_host("fd00::1")
    assert not is_host("mqtt.example.com/x") and not is_host("a:b@c") and not is_host("-x") and not is_host("a\n")
