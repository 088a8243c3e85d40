from typing import Any

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "workspace"
    label = "workspace"

    def ready(self) -> None:
        from catalog.signals import removed

        removed.connect(_forget, dispatch_uid="workspace")


def _forget(tenant: Any, removed: dict[str, list[str]], **_: Any) -> None:
    """What was noted about sensors, assets and sites that are gone. Views and dashboards stay, with a gap."""
    from workspace.annotations.operations import delete_of

    gone = [*removed.get("sensors", []), *removed.get("assets", [])]
    if gone or removed.get("sites"):
        delete_of(tenant, gone, removed.get("sites", []))
