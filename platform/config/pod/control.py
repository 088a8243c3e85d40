"""The process's view of its tenant."""

from __future__ import annotations

import time
from functools import cache

from config.pod.tenant import PodTenant
from web.pods.client import control_plane


@cache
def pod_tenant() -> PodTenant:
    return PodTenant(control_plane(), time.monotonic)
