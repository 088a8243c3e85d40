from typing import Any

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "work"

    def ready(self) -> None:
        from catalog.signals import removed

        removed.connect(_forget_sites, dispatch_uid="work")


def _forget_sites(tenant: Any, removed: dict[str, list[str]], **_: Any) -> None:
    """Cases of sites that are gone. Those of assets stay, with the names of then."""
    from work.cases.operations import delete_of_site

    for site in removed.get("sites", []):
        delete_of_site(tenant, site)
