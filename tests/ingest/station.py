"""A site that clients of InfluxDB write to, in a running installation."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.installation import Platform

T = 1_770_000_000


@dataclass(frozen=True)
class Station:
    """A site of its own with one sensor, `TT-1`."""

    platform: Platform
    site: str

    @property
    def token(self) -> str:
        return str(self.platform.people["clients-engineer"]["token"])

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.platform.url)
        return str(parts.hostname), int(parts.port or 0)

    def line(self, value: float, t: int, tag: str = "TT-1") -> str:
        return f"{self.site},sensor={tag} value={value} {t}"

    def stored(self, count: int) -> dict[int, float]:
        """By seconds after T, once there are so many."""
        sensors = self.platform.get("/api/v1/sensors", "clients-engineer", site=self.site).json()["results"]
        span = {"start": T * 1000, "end": (T + 1000) * 1000, "method": "raw", "points": 1000}
        deadline = time.monotonic() + 15
        while True:
            path = f"/api/v1/sensors/{sensors[0]['id']}/samples"
            found = self.platform.get(path, "clients-engineer", **span).json()
            samples = {t // 1000 - T: v for t, v in zip(found["t"], found["v"], strict=True)}
            if len(samples) >= count or time.monotonic() > deadline:
                return samples
            time.sleep(0.05)

    def letters(self) -> list[str]:
        """Items of this site, newest first."""
        found = self.platform.get("/api/v1/deadletters", "clients-engineer", limit=1000).json()["results"]
        items = (letter["item"].lstrip(" ") for letter in found)  # the command line sends a space first
        return [item for item in items if item.startswith(self.site)]


def set_limits(platform: Platform, **limits: int) -> None:
    response = platform.call("PATCH", "/api/v1/tenants/clients", "operator", json={"limits": limits})
    assert response.status_code in (200, 202), response.text
    time.sleep(1.1)  # what a process may learn late
