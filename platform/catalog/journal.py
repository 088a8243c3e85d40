"""Changes of many documents, which a killed process may leave half done.

FerretDB has no transactions. Whoever makes such a change stores its plan first, and notes here that a plan is open;
whoever reads a changed catalog, or changes it, finishes what was left. The package that makes the plans says how.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from catalog.reading import reading
from kernel.seams import Seam
from kernel.tenancy import TenantConnection
from stores.documents import Database
from stores.redis.locks import WAIT_S, LockBusy
from web.stores import documents

log = logging.getLogger(__name__)


class Plans(Protocol):
    """Every method may be called at any time, by several processes."""

    def open(self, database: Database) -> list[str]:
        """The names of plans that are stored."""

    def finish(self, tenant: TenantConnection, name: str, wait_s: float) -> None:
        """Finish this plan if it is still open. LockBusy if somebody else has been at work for longer than `wait_s`."""


plans = Seam[Plans]("plans")  # without it nothing is finished here
_looked: set[str] = set()  # databases whose stored plans this process has looked for: Redis may have lost the note
_here = threading.local()


@contextmanager
def executing() -> Iterator[None]:
    """Around the work on a plan: inside, this thread finishes no other."""
    before, _here.executing = getattr(_here, "executing", False), True
    try:
        yield
    finally:
        _here.executing = before


def settle(tenant: TenantConnection, wait_s: float = WAIT_S) -> None:
    """Finish what was left half done. Without waiting (`wait_s` 0) only if nobody is at work on it.

    A plan that cannot be finished is logged and left open: it must keep nobody from reading.
    """
    plans_ = plans.get()
    if plans_ is None or getattr(_here, "executing", False):
        return
    database = documents(tenant)
    for name in _open_plans(plans_, database):
        try:
            with executing():
                plans_.finish(tenant, name, wait_s)
        except LockBusy:
            if wait_s:
                raise
        except Exception:
            log.exception("the plan %s of %s stays open", name, database.name)


def _open_plans(plans: Plans, database: Database) -> list[str]:
    noted = database.open_plans()
    if database.name not in _looked:
        with reading(database, "plans"):
            if database.name not in _looked:
                for name in plans.open(database):
                    noted.add(name)
                _looked.add(database.name)
    return noted.all()
