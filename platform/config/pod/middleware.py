from __future__ import annotations

from django.http import HttpRequest

from access.resolution import Resolved
from config.middleware import AccessMiddleware
from config.pod.resolution import resolve


class PodAccessMiddleware(AccessMiddleware):
    """Resolves callers by asking the control plane."""

    def resolve(self, request: HttpRequest) -> Resolved:
        return resolve(request)
