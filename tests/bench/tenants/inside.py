"""Runs in the installation (`manage.py shell`)."""

from __future__ import annotations

import json
from typing import Any

from access import operations as access
from catalog.operations import bulk_upsert
from tenants.models import RolloutMember, Tenant

SITE, SENSOR = "plant", "TT-1"


def print_times() -> None:
    """Print for each tenant the seconds from request to ready, and of each step."""
    times: list[dict[str, Any]] = []
    for tenant in Tenant.objects.order_by("created").prefetch_related("steps"):
        steps = list(tenant.steps.all())
        ended = max((step.ended for step in steps if step.ended), default=None)
        assert tenant.state == "ready" and ended is not None, (tenant.slug, tenant.state, tenant.error)
        seconds = {step.name: step.seconds for step in steps}
        times.append({"slug": tenant.slug, "seconds": (ended - tenant.created).total_seconds(), "steps": seconds})
    print(json.dumps(times))


def print_upgrades(release: str) -> None:
    """Print the seconds that each tenant's upgrade took, by its steps."""
    members = RolloutMember.objects.filter(rollout__release=release, state="done").select_related("tenant")
    seconds = []
    for member in members.prefetch_related("tenant__steps"):
        steps = [step for step in member.tenant.steps.all() if step.started and step.ended]
        started, ended = min(step.started for step in steps), max(step.ended for step in steps)
        seconds.append((ended - started).total_seconds())
    print(json.dumps(seconds))


def grant_access(slugs: list[str]) -> None:
    """A plant with one sensor in each tenant; print by slug a token that may send and read."""
    tokens = {}
    for slug in slugs:
        tenant = Tenant.objects.get(slug=slug)
        connection = tenant.connection()
        bulk_upsert(connection, "sites", [{"slug": SITE, "name": "Plant", "timezone": "UTC"}])
        bulk_upsert(connection, "sensors", [{"site": SITE, "tag": SENSOR, "name": "Flow", "interval_s": 60.0}])
        user = access.create_user(f"engineer.{slug}", "correct horse battery staple", operator=False)
        access.ensure_membership(user, tenant, "engineer")
        tokens[slug] = access.create_token(user, tenant, ["read", "write", "ingest"], "bench")
    print(json.dumps(tokens))
