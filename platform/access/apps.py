from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from access import trail
        from access.operations import epochs

        if settings.CONTROL_URL:  # a tenant's own process: users and the trail belong to the control plane
            return
        trail.connect()
        epochs.connect()
