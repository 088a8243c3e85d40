"""The enabled rules of a tenant, compiled again when they or the catalog change."""

from __future__ import annotations

import time
from collections.abc import Sequence

from alarms.rules.compiled import CompiledRule
from alarms.rules.repository import compile_enabled, log_of
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position

CATALOG_INTERVAL_S = 10.0  # between compilations because of the catalog, which changes with every new sensor,
CATALOG_INTERVALS = 10  # and so many times as long as one takes


class StoredRules:
    """Implements `alarms.evaluation.tenant.RuleSource`."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant = tenant
        self._rules: Position | None = None
        self._catalog: Position | None = None
        self._empty = False
        self._compiled_at, self._interval_s = 0.0, CATALOG_INTERVAL_S

    def changed(self) -> Sequence[CompiledRule] | None:
        rules = log_of(self._tenant).position()
        if rules == self._rules and (self._empty or self._is_recent()):
            return None
        catalog = snapshot_of(self._tenant).position
        if rules == self._rules and catalog == self._catalog:
            self._compiled_at = time.monotonic()
            return None
        began = time.monotonic()
        compiled, _ = compile_enabled(self._tenant)
        self._rules, self._catalog = rules, catalog
        self._empty, self._compiled_at = not compiled, time.monotonic()
        self._interval_s = max(CATALOG_INTERVAL_S, CATALOG_INTERVALS * (self._compiled_at - began))
        return compiled

    def forget(self) -> None:
        self._rules = None

    def _is_recent(self) -> bool:
        return time.monotonic() - self._compiled_at < self._interval_s
