"""Addresses (URLs) that users give. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import idna

MAX_URL = 2_000  # characters
PORTS = {"http": 80, "https": 443}
MIN_FREE_PORT = 1024


class TargetRefused(ValueError):
    """No request may go there; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """`host` in ASCII, without brackets; `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_encrypted(self) -> bool:
        return self.scheme == "https"

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.path}"


def parse_target(url: str) -> Target:
    """Raises TargetRefused."""
    if not url or len(url) > MAX_URL:
        raise TargetRefused(f"The address must be of 1 to {MAX_URL:,} characters.")
    if not url.isprintable() or any(character.isspace() or character == "\\" for character in url):
        raise TargetRefused("The address must not contain spaces, control characters or backslashes.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TargetRefused(f"The address is not a valid URL: {error}.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise TargetRefused("The address must be a URL such as https://hooks.example.com/alarms.")
    if "@" in parts.netloc:
        raise TargetRefused("The address must not contain a user name or a password.")
    if port is not None and port not in PORTS.values() and port < MIN_FREE_PORT:
        raise TargetRefused(f"Port {port} is not used for HTTP: 80, 443 or one from {MIN_FREE_PORT} on.")
    path = parts.path or "/"
    path = f"{path}?{parts.query}" if parts.query else path
    if not path.isascii():
        raise TargetRefused("Other characters than ASCII in path and query must be percent-encoded.")
    return Target(parts.scheme, _ascii(parts.hostname), PORTS[parts.scheme] if port is None else port, path)


def redirected(target: Target, location: str) -> Target:
    """Where a response sends us. Raises TargetRefused."""
    following = parse_target(urljoin(target.url, location))
    if target.is_encrypted and not following.is_encrypted:
        raise TargetRefused("The server redirects from HTTPS to HTTP.")
    return following


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise TargetRefused(f"{host[:100]!r} is not a valid host name.") from None
