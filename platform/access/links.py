"""Links to pages, as sent to people."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def base_url(request: HttpRequest | None = None) -> str:
    """PUBLIC_URL, else the address of the request, else nothing (then the link is a path)."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    return request.build_absolute_uri("/").rstrip("/") if request is not None else ""


def invitation_link(token: str, base: str) -> str:
    return f"{base}/invite/{token}"


def reset_link(token: str, base: str) -> str:
    return f"{base}/password-reset/{token}"
