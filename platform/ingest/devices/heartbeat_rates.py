"""How many heartbeats are taken: of a tenant, and of one device. They are counted before they are noted."""

from __future__ import annotations

from math import ceil

from kernel.errors import TooManyRequests
from kernel.tenancy import TenantConnection
from stores.redis.limits import Limit
from web.stores import limits

TENANT_WINDOW_S = 10
MAX_OF_DEVICE, DEVICE_WINDOW_S = 60, 60  # intervals are at least a second long


def take(tenant: TenantConnection, bound: str) -> None:
    """`bound`: the id of the device whose own token sent it, or empty. Raises TooManyRequests."""
    wanted = [Limit(("heartbeats", tenant.id), tenant.limits.heartbeats_per_s * TENANT_WINDOW_S, TENANT_WINDOW_S)]
    _take(wanted + ([_of_device(tenant, bound)] if bound else []), tenant)


def take_named(tenant: TenantConnection, device: str) -> None:
    """Of a device that somebody else's token speaks for, by its id."""
    _take([_of_device(tenant, device)], tenant)


def _take(wanted: list[Limit], tenant: TenantConnection) -> None:
    if wait_s := limits().take(wanted):
        raise TooManyRequests(
            f"A device may send {MAX_OF_DEVICE} heartbeats a minute, and the devices of {tenant.slug} together "
            f"{tenant.limits.heartbeats_per_s} a second. This one is not noted; send the next one later.",
            slug="rate-limit",
            retry_after=ceil(wait_s),
        )


def _of_device(tenant: TenantConnection, device: str) -> Limit:
    return Limit(("heartbeats of device", f"{tenant.id} {device}"), MAX_OF_DEVICE, DEVICE_WINDOW_S)
