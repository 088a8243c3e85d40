"""Driver `helm`: `charts/tenantstack`, installed by Helm's own SDK."""

from tenants.drivers.helm.driver import HelmDriver

__all__ = ["HelmDriver"]
