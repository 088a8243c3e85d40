"""The tenant of this process, for code without a request."""

from __future__ import annotations

from config.pod.tenant import PodTenant
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection


class PodDirectory:
    """Implements `web.directory.Directory`."""

    def __init__(self, tenant: PodTenant) -> None:
        self._tenant = tenant

    def by_slug(self, slug: str) -> TenantConnection | None:
        found = self._tenant.open()
        return None if isinstance(found, PlantraceError) or found.slug != slug else found

    def all(self) -> list[TenantConnection]:
        found = self._tenant.storing()
        return [found] if found is not None else []
