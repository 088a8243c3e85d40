from __future__ import annotations

from django.http import HttpRequest

from access.resolution import Resolved
from config.middleware import AccessMiddleware
from config.pod.resolution import resolve


class PodAccessMiddleware(AccessMiddleware):
    """As in the control plane, which it asks."""

    def resolve(self, request: HttpRequest) -> Resolved:
        return resolve(request)
