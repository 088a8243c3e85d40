from typing import Any

from django.apps import AppConfig


class TwinConfig(AppConfig):
    name = "twin"
    label = "twin"

    def ready(self) -> None:
        from catalog.journal import plans
        from catalog.signals import removed
        from twin.publishing.journal import SchematicPlans

        removed.connect(_forget_sites, dispatch_uid="twin")
        plans.connect(SchematicPlans())


def _forget_sites(tenant: Any, removed: dict[str, list[str]], **_: Any) -> None:
    """A site's schematics are deleted after it, as its deletion may still be refused before, and so are those that a
    killed deletion left. Deleted sensors and assets stay in drawings, which have a history.
    """
    from catalog.snapshot import snapshot_of
    from twin import repository
    from twin.bookmarks.repository import delete_of_site
    from twin.drafts.repository import delete_all
    from twin.publishing import journal

    if not (sites := removed.get("sites", [])):
        return
    schematics = repository.find(tenant)
    existing = snapshot_of(tenant).sites  # read after them, as a site is older than its schematics
    for stored in schematics:
        if stored.site not in existing:
            journal.drop(tenant, stored.id)
    for site in sites:
        delete_of_site(tenant, site)
        delete_all(tenant, {"site": site})  # also those of schematics that do not exist yet
