from typing import Any

from django.apps import AppConfig


class AlarmsConfig(AppConfig):
    name = "alarms"

    def ready(self) -> None:
        from catalog.signals import removed

        removed.connect(_forget_sites, dispatch_uid="alarms")


def _forget_sites(tenant: Any, removed: dict[str, list[str]], **_: Any) -> None:
    from alarms.rules import repository

    for site in removed.get("sites", []):
        repository.delete_of_site(tenant, site)
