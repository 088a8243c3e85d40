"""Where a request really comes from, with our own proxies in front or not."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost of our proxies saw. Without proxies X-Forwarded-For cannot be trusted."""
    direct = str(request.META.get("REMOTE_ADDR") or "")
    if settings.TRUSTED_PROXIES < 1:
        return direct
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if len(hops) < settings.TRUSTED_PROXIES:
        return direct
    claimed = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(claimed))
    except ValueError:
        return direct


def client_network(request: HttpRequest) -> str:
    """The network of one household or company: an IPv4 address, or an IPv6 /64 by its first address."""
    try:
        address = ipaddress.ip_address(client_address(request).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)


def host_without_port(request: HttpRequest) -> str:
    """The host that the client addressed."""
    host = request.get_host()
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() else host
