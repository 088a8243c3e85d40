"""Addresses of pages that people are sent to."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def base_url(request: HttpRequest | None = None) -> str:
    """PUBLIC_URL, else the address that was asked, else nothing (the link is then a path)."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    return request.build_absolute_uri("/").rstrip("/") if request is not None else ""


def invitation_link(token: str, base: str) -> str:
    return f"{base}/invite/{token}"


def reset_link(token: str, base: str) -> str:
    return f"{base}/password-reset/{token}"
