"""An installation under load: two tenants, each with two senders of samples, one of events, and a viewer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.installation import Platform
from tests.soak.senders import SITE, EventSender, SampleSender, Sender
from tests.soak.viewer import Viewer

TENANTS = ("alpha", "beta")
LIMITS = {"dead_letters": 1_000_000, "dead_letter_bytes": 64 << 20, "new_series_per_hour": 100_000}


@dataclass(frozen=True)
class TenantLoad:
    slug: str
    samples: tuple[SampleSender, ...]
    events: EventSender
    viewer: Viewer

    @property
    def senders(self) -> list[Sender]:
        return [*self.samples, self.events]


def make_tenant(platform: Platform, slug: str) -> TenantLoad:
    """Its catalog, and senders that have not started. What no sensor is known of becomes one."""
    platform.ensure_tenant(slug)
    token = str(platform.ensure_person(slug, slug)["token"])
    senders = tuple(SampleSender(platform.url, token, f"{slug}-{k}") for k in range(2))
    _call(platform, "PATCH", f"/api/v1/tenants/{slug}", "operator", {"limits": LIMITS})
    _call(platform, "POST", "/api/v1/sites/bulk", slug, {"items": [{"slug": SITE, "name": SITE, "timezone": "UTC"}]})
    items = [{"site": SITE, "tag": tag, "name": tag, "interval_s": 1} for sender in senders for tag in sender.tags]
    ids = _call(platform, "POST", "/api/v1/sensors/bulk", slug, {"items": items})["ids"]
    _call(platform, "PUT", "/api/v1/mapping", slug, {"unmatched": "create", "site": SITE, "revision": 1})
    viewer = Viewer(platform.home.port("stream"), token, [ids[item["tag"]] for item in items])
    return TenantLoad(slug, senders, EventSender(platform.url, token, f"{slug}-events"), viewer)


def _call(platform: Platform, method: str, path: str, person: str, body: dict[str, Any]) -> Any:
    response = platform.call(method, path, person, json=body)
    assert response.ok, response.text
    return response.json()


@contextmanager
def under_load(loads: list[TenantLoad]) -> Iterator[None]:
    """At its end each batch is acknowledged; the viewers stay."""
    senders = [sender for load in loads for sender in load.senders]
    for load in loads:
        load.viewer.start()
    for sender in senders:
        sender.start()
    try:
        yield
    finally:
        for sender in senders:
            sender.stop()
    for sender in senders:
        sender.await_end()


class Stored:
    """What the installation says that it has."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def of(self, slug: str, path: Path) -> dict[str, Any]:
        self._run(f"dump({slug!r}, {time.time_ns() // 10**6}, {str(path)!r})")
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def has_backlog(self, *slugs: str, at_most: int = 0) -> bool:
        """Whether more is waiting, as far as is known."""
        found = self._run(f"print(backlog({list(slugs)!r}))").strip()
        return found == "None" or int(found) > at_most

    def has_marks(self) -> bool:
        return int(self._run(f"print(marked({list(TENANTS)!r}))")) > 0

    def _run(self, code: str) -> str:
        return self._platform.shell(f"from tests.soak.inside import *; {code}")
