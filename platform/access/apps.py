from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from access import schema, trail  # noqa: F401  registers itself
        from access.operations import epochs

        trail.connect()
        epochs.connect()
