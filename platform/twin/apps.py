from typing import Any

from django.apps import AppConfig


class TwinConfig(AppConfig):
    name = "twin"
    label = "twin"

    def ready(self) -> None:
        from catalog.signals import removing

        removing.connect(_forget_sites, dispatch_uid="twin")


def _forget_sites(tenant: Any, removed: dict[str, list[str]], **_: Any) -> None:
    """A site's schematics are deleted with it. Deleted sensors and assets stay in drawings, which have a history."""
    from twin import repository

    for site in removed.get("sites", []):
        for stored in repository.find(tenant, site):
            repository.delete(tenant, stored.id, None)
