"""The credentials of a request, and the tenants it names."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from knox.crypto import hash_token

from kernel.errors import Unauthorized
from kernel.seams import Seam

MAX_TOKEN_CHARS = 200
# Addresses whose clients send Basic authentication, with the token as the password.
basic_auth_paths = Seam[Callable[[], frozenset[str]]]("addresses with Basic authentication")


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token's digest; the token itself is not kept."""

    digest: str = field(repr=False)


def bearer_of(request: HttpRequest) -> Bearer | None:
    """The token in `Authorization`, or None without that header. Unauthorized says what is wrong with the header.

    Where Basic authentication is accepted, so are its other spellings of InfluxDB's clients: `Token user:password`, and
    the parameters `u` and `p`, which come first.
    """
    paths = basic_auth_paths()
    has_users = request.path in paths()
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if has_users and request.GET.get("u") and (token := request.GET.get("p", "")):
        return _bearer(token)
    if not header:
        return None
    scheme, _, value = header.strip().partition(" ")
    token = value.strip()
    match scheme.lower():
        case "token" if has_users:
            token = token.partition(":")[2] or token
        case "bearer" | "token":
            pass
        case "basic" if has_users:
            token = _password(token)
        case _:
            raise Unauthorized("The Authorization header is not understood. Send `Authorization: Bearer <token>`.")
    return _bearer(token)


def _bearer(token: str) -> Bearer:
    if not token or len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise Unauthorized("The token is not valid: it is unknown, revoked or expired.")
    return Bearer(hash_token(token))


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        raise Unauthorized("The Authorization header is not valid Basic authentication.") from None


def named_tenants(request: HttpRequest) -> set[str]:
    """Every tenant the request names, by whichever means."""
    header = request.META.get("HTTP_X_PLANTRACE_TENANT", "")
    slugs = [_subdomain(request), _page(request.path), header.strip(), *map(str.strip, request.GET.getlist("tenant"))]
    return {slug for slug in slugs if slug}


def _subdomain(request: HttpRequest) -> str:
    """`acme` of acme.<BASE_DOMAIN>."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    suffix = f".{settings.BASE_DOMAIN}"
    label = host.lower().removesuffix(suffix) if host.lower().endswith(suffix) else ""
    return "" if "." in label else label


def _page(path: str) -> str:
    """`acme` of /t/acme/…"""
    return path.split("/", 3)[2] if path.startswith("/t/") else ""
