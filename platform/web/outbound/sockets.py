"""Connections for other protocols than HTTP: the same rules, and to the addresses that were looked at."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from web.outbound.client import NotSent
from web.outbound.networks import is_allowed, is_permitted, parse_address
from web.outbound.target import TargetRefused

AddressInfo = tuple[Any, ...]  # as of `socket.getaddrinfo`


def permitted(host: str, found: Sequence[str], encrypted: bool) -> list[str]:
    """Of the addresses of a host those that may be reached. Raises TargetRefused if there are some, and none may."""
    networks = settings.OUTBOUND_NETWORKS
    addresses = {text: parse_address(text) for text in found}
    allowed = [text for text, each in addresses.items() if is_permitted(each, networks)]
    if addresses and not allowed:
        raise TargetRefused(
            f"{host[:100]} is not a public address. The operator can allow its network (OUTBOUND_NETWORKS)."
        )
    if not encrypted:
        allowed = [text for text in allowed if is_allowed(addresses[text], networks)]
        if addresses and not allowed:
            raise TargetRefused("Without TLS only networks that the operator allows are reached (OUTBOUND_NETWORKS).")
    return allowed


def lookup(host: str, port: int, encrypted: bool) -> list[AddressInfo]:
    """Those that may be reached. Raises TargetRefused and NotSent (the name cannot be resolved)."""
    try:
        found = socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(f"The name {host[:100]} cannot be resolved.") from None
    allowed = permitted(host, [str(each[4][0]) for each in found], encrypted)
    return [each for each in found if str(each[4][0]) in allowed]


def connect(found: Sequence[AddressInfo], timeout_s: float) -> socket.socket:
    """To the first of them that answers. Raises OSError."""
    error: OSError = TimeoutError()
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout_s)
        try:
            connection.connect(address)
        except OSError as refusal:
            connection.close()
            error = refusal
        else:
            return connection
    raise error
