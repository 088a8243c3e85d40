"""A tenant's name in URLs: also a subdomain and part of Kubernetes names, so a DNS label."""

from __future__ import annotations

import re

from kernel.errors import BadRequest

MIN_LENGTH, MAX_LENGTH = 2, 40
LABEL = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
_LABEL = re.compile(LABEL)
_RESERVED = """
    account admin admins api app apps assets audit auth billing blog cdn dashboard data default devices disks docs
    download ftp grafana health healthz help home influxdb internal invite invites kube-system localhost login logout
    mail metrics mongodb mqtt new ns operator operators options ping plantrace platform preview public query readyz
    redis releases rollouts root schema self settings sign-in signin signup smtp static status stream support system
    tenant tenants test-connection tokens trial undefined null users web webhooks write www
"""
RESERVED = frozenset(_RESERVED.split())


def check_slug(slug: str) -> str:
    """`slug` itself. Raises BadRequest that says what is wrong and what would be valid."""
    if not MIN_LENGTH <= len(slug) <= MAX_LENGTH:
        raise _bad(slug, f"has {len(slug)} characters; it needs {MIN_LENGTH} to {MAX_LENGTH}")
    if not _LABEL.fullmatch(slug):
        raise _bad(
            slug,
            "is not a slug: use lower-case letters, digits and single hyphens, beginning with a letter and not ending "
            f"with a hyphen{_hint(slug)}",
        )
    if slug in RESERVED:
        raise _bad(slug, "is reserved for the platform itself; choose another")
    return slug


def suggestion(name: str) -> str:
    """A slug derived from a name, or nothing if that is impossible."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:MAX_LENGTH].strip("-")
    return slug if len(slug) >= MIN_LENGTH and slug not in RESERVED else ""


def _hint(slug: str) -> str:
    better = suggestion(slug)
    return f", such as “{better}”" if better else ""


def _bad(slug: str, why: str) -> BadRequest:
    return BadRequest(f"slug “{slug[:80]}” {why}.", slug="bad-slug", field="slug")
