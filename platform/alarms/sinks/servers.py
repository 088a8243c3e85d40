"""Addresses of brokers that people enter. Pure."""

from __future__ import annotations

import re

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]{2,45}")
_SERVER = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9.-]{1,253})):([0-9]{1,5})")


def is_host(text: str) -> bool:
    """A name in ASCII or an IP address."""
    return _HOST.fullmatch(text) is not None


def parse_server(text: str) -> tuple[str, int]:
    """Host and port. Raises ValueError."""
    found = _SERVER.fullmatch(text)
    host, port = (found[1] or found[2], int(found[3])) if found else ("", 0)
    if not is_host(host) or not 1 <= port <= 65_535:
        raise ValueError(f"“{text[:100]}” is not an address such as kafka.example.com:9093.")
    return host, port
