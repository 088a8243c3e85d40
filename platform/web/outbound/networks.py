"""Which addresses requests may go to: the public internet, and what the operator allows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
# Global unicast is 2000::/3 (RFC 4291); in it, https://www.iana.org/assignments/iana-ipv6-special-registry.
_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
# Where clouds serve their machines' credentials; one of them is a public address (Azure's).
_METADATA = tuple(
    map(ip_network, ("169.254.0.0/16", "fe80::/10", "168.63.129.16/32", "fd00:ec2::254/128", "100.100.100.200/32"))
)


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Raises ValueError, also for networks that contain addresses at which clouds serve credentials."""
    networks = tuple(ip_network(text.strip()) for text in texts)
    for network in networks:
        for metadata in _METADATA:
            if network.version == metadata.version and network.overlaps(metadata):
                raise ValueError(f"{network} contains {metadata}, where clouds serve the credentials of their machines")
    return networks


def is_permitted(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it is public, or in a network that the operator allows. What stands for an IPv4 address (NAT64) is
    permitted if both are.
    """
    if is_allowed(address, allowed):
        return address not in _NAT64 or is_permitted(_embedded(address), allowed)
    if any(address.version == network.version and address in network for network in _METADATA):
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _GLOBAL_6 and not any(address in network for network in _NOT_PUBLIC_6)


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether the operator allows it by name of its network."""
    return any(address.version == network.version and address in network for network in allowed)


def parse_address(text: str) -> Address:
    """Without the zone of a link-local one. Raises ValueError."""
    return ip_address(text.partition("%")[0])


def _embedded(address: Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFF_FFFF)
