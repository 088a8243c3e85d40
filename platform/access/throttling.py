"""How often one address may knock at the doors that anybody may knock at."""

from __future__ import annotations

from math import ceil
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from access.address import client_address
from kernel.errors import TooManyRequests


class PerAddress(SimpleRateThrottle):
    """Counts by the caller's address, in this process."""

    rates: ClassVar[dict[str, str]] = {"access-doors": "60/min", "access-links": "30/min", "access-mails": "10/min"}

    def get_rate(self) -> str:
        return self.rates[self.scope or ""]

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return None if request.method in ("GET", "HEAD") else f"{self.scope}:{client_address(request._request)}"

    def throttle_failure(self) -> bool:
        seconds = ceil(self.wait() or 1)
        raise TooManyRequests(f"Too many attempts from your address. Wait {seconds} s.", retry_after=seconds)


class Doors(PerAddress):
    scope = "access-doors"


class Links(PerAddress):
    scope = "access-links"


class Mails(PerAddress):
    scope = "access-mails"
