"""Files from people are converted one at a time in a process: a picture or a drawing takes 100s of MB meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.concurrency import QUEUE_TIMEOUT_S, ConcurrencyLimit

CONVERTED_ALONE = "503 `conversions-busy`: another file is being converted; try again."  # in OpenAPI descriptions
CONVERSIONS = ConcurrencyLimit(per_key=1, total=1)


class ConversionsBusy(Unavailable):
    """Another file is being converted."""

    slug, title = "conversions-busy", "Another file is being converted"

    def __init__(self) -> None:
        super().__init__("Another picture or drawing is being converted; try again in a moment.", retry_after=2)


@contextmanager
def converting(tenant: TenantConnection) -> Iterator[None]:
    """Raises ConversionsBusy."""
    if not CONVERSIONS.enter(tenant.id, QUEUE_TIMEOUT_S):
        raise ConversionsBusy()
    try:
        yield
    finally:
        CONVERSIONS.leave(tenant.id)
