"""Periodic work for every tenant."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from kernel.errors import PlantraceError
from kernel.structs import resolve_structs
from kernel.tenancy import TenantConnection
from web.directory import directory

log = logging.getLogger(__name__)

Work = Callable[[TenantConnection], object]


def each_tenant(work: Work, doing: str, concurrency: int = 1) -> None:
    """Do it for every tenant, for some concurrently. `doing` is logged where it fails, for example as stores are down:
    one tenant's failure never ends the round of the others.
    """
    each = partial(isolated, work=work, doing=doing)
    if concurrency == 1:
        for tenant in directory().all():
            each(tenant)
        return
    resolve_structs()
    with ThreadPoolExecutor(concurrency, "housekeeping") as pool:
        list(pool.map(each, directory().all()))


def isolated(tenant: TenantConnection, work: Work, doing: str) -> None:
    try:
        work(tenant)
    except PlantraceError as error:
        log.warning("%s: %s failed, and is tried again with the next round: %s", tenant.slug, doing, error.detail)
    except Exception:
        log.exception("%s: %s failed, and is tried again with the next round", tenant.slug, doing)
