"""Bearer tokens that InfluxDB 1.8 accepts instead of a password (JSON web tokens, HS256). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json


def make_token(username: str, shared_secret: str, expires_s: int) -> str:
    """A token for a user that exists, good until `expires_s` (seconds since 1970)."""
    head = _part({"alg": "HS256", "typ": "JWT"})
    body = _part({"username": username, "exp": expires_s})
    signature = hmac.new(shared_secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_url_safe(signature)}"


def _part(value: dict[str, object]) -> str:
    return _url_safe(json.dumps(value, separators=(",", ":")).encode())


def _url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
