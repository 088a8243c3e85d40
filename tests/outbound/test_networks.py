"""Which addresses requests may go to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.outbound.networks import is_permitted, parse_address, parse_networks

PUBLIC = ("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1")
NOT_PUBLIC = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::8.8.8.8", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b::10.0.0.1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00::1",
    "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert is_permitted(ip_address(address), ())


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_all_others_are_not(address: str) -> None:
    assert not is_permitted(ip_address(address), ())


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
def test_nothing_is_permitted_that_python_knows_as_private(address: IPv4Address | IPv6Address) -> None:
    if is_permitted(address, ()):
        assert address.is_global and not address.is_multicast


def test_the_operator_allows_networks() -> None:
    allowed = parse_networks(["10.1.2.0/24", " fd12:3456::/32"])
    for address, expected in (("10.1.2.3", True), ("10.1.3.3", False), ("fd12:3456::1", True), ("fd12::1", False)):
        assert is_permitted(ip_address(address), allowed) is expected


def test_what_stands_for_an_ipv4_address_needs_that_to_be_permitted_too() -> None:
    nat64 = parse_networks(["64:ff9b::/96"])
    assert is_permitted(ip_address("64:ff9b::8.8.8.8"), nat64)
    assert not is_permitted(ip_address("64:ff9b::10.0.0.1"), nat64)
    assert is_permitted(ip_address("64:ff9b::10.0.0.1"), (*nat64, *parse_networks(["10.0.0.0/8"])))


@pytest.mark.parametrize(
    "network",
    [
        "0.0.0.0/0",
        "::/0",
        "169.254.0.0/16",
        "169.254.169.254",
        "168.63.129.16",
        "fe80::/10",
        "100.64.0.0/10",
        "fd00::/8",
    ],
)
def test_where_clouds_serve_credentials_cannot_be_allowed(network: str) -> None:
    with pytest.raises(ValueError, match="credentials"):
        parse_networks([network])


@pytest.mark.parametrize("text", ["10.0.0.1/8", "plant", "", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_networks([text])


def test_the_zone_of_an_address_does_not_hide_it() -> None:
    assert not is_permitted(parse_address("fe80::1%eth0"), ())
