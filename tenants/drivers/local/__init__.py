"""Driver `local`: one influxd for each tenant, under this installation's supervisor."""

from tenants.drivers.local.driver import LocalDriver

__all__ = ["LocalDriver"]
