"""A tenant's quota on the server's disk for the files of queued, running and dry-run imports."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from kernel.errors import TooLarge
from kernel.tenancy import TenantConnection
from runtime.home import Home
from stores.redis.reservations import Quota, QuotaExceeded, Reservations

MIN_FREE_BYTES = 1 << 30  # always left free on the disk
UPLOAD_TTL_S = 6 * 3600  # of what is left of an upload whose process was killed


@contextmanager
def reserve_upload(
    tenant: TenantConnection, size: int, now_s: int, what: str = "The upload has", job: str | None = None
) -> Iterator[None]:
    """Reserves `size` bytes while files are received or unpacked and moved into place. TooLarge says what is in use.

    A job's reservation replaces the one of its killed attempt.
    """
    _check_disk(size, what)
    limit = tenant.limits.upload_bytes
    try:
        with _reservations(tenant).hold(size, Quota(limit, lambda: stored_bytes(tenant)), now_s, job):
            yield
    except QuotaExceeded as error:
        raise TooLarge(
            f"{what} {size:,} bytes. A tenant's uploads may take {limit:,}, and {error.used:,} are in use by "
            "uploads, by imports that wait or run and by dry runs that were not started. Start or cancel those (the "
            "files of a dry run go after a day), send less at once, or ask an operator for more (limits.upload_bytes).",
            slug="upload-quota",
            limit=limit,
            used=error.used,
            wanted=size,
        ) from None


def release_upload(tenant: TenantConnection, job: str) -> None:
    """Gives back what a killed attempt of the job reserved."""
    _reservations(tenant).release(job)


def _reservations(tenant: TenantConnection) -> Reservations:
    return Reservations(settings.REDIS_URL, tenant.prefix, UPLOAD_TTL_S)


def _check_disk(size: int, what: str) -> None:
    free = shutil.disk_usage(Home.from_environment().path).free - MIN_FREE_BYTES
    if size > free:
        raise TooLarge(
            f"{what} {size:,} bytes, more than the free space on the disk: {max(free, 0):,}.", slug="disk-full"
        )


def uploads_of(tenant: TenantConnection) -> Path:
    """The folder of the tenant's import files."""
    return Home.from_environment().folder("imports") / tenant.id


def stored_bytes(tenant: TenantConnection) -> int:
    """Bytes that the tenant's import files take on disk now."""
    total = 0
    for folder, _, names in os.walk(uploads_of(tenant)):  # passes over what is removed meanwhile
        for name in names:
            with suppress(FileNotFoundError):  # its import has just ended
                total += os.stat(os.path.join(folder, name), follow_symlinks=False).st_size
    return total
