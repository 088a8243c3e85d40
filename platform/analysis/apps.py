from typing import Any

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "analysis"

    def ready(self) -> None:
        from catalog.signals import removed

        removed.connect(_forget_sites, dispatch_uid="analysis")


def _forget_sites(tenant: Any, removed: dict[str, list[str]], **_: Any) -> None:
    from analysis.calculated import repository as calculated
    from analysis.runs import repository as runs

    for site in removed.get("sites", []):
        calculated.delete_of_site(tenant, site)
        runs.delete_of_site(tenant, site)
