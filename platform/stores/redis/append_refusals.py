"""Why samples were not appended to a tenant's stream, as the script that would have done it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kernel.errors import NotFound, PlantraceError, TooManyRequests, Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.errors import FULL_RETRY_S

DISK_RETRY_S = 30


@dataclass(frozen=True, slots=True)
class Quota:
    """What an append takes of a token bucket beside that of samples: `amount` of `size`, refilled at `rate` a second.

    `key` is below the tenant's prefix; `exceeded` says what is limited.
    """

    key: str
    amount: int
    rate: float
    size: float
    exceeded: str


def refusal_of(
    verdict: bytes, number: int, text: bytes, tenant: TenantConnection, quotas: Sequence[Quota], own: bool
) -> PlantraceError | None:
    """None if they were appended. `own`: in a tenant's pod, which does not know of others' samples."""
    match verdict:
        case b"gone":
            return NotFound(f"The tenant {tenant.slug} was deleted.")
        case b"full":
            return TooManyRequests(
                f"{number} samples of {tenant.slug} are waiting to be stored, and at most "
                f"{tenant.limits.stream_length} may. Send the same batch again later.",
                slug="stream-full",
                retry_after=2,
            )
        case b"crowded":
            return Unavailable(
                f"{'Too many' if own else number} samples of all tenants are waiting to be stored, and no more are "
                "accepted until there is room. Send the same batch again later.",
                slug="backlog-full",
                retry_after=FULL_RETRY_S,
            )
        case b"disk":
            return Unavailable(
                "The disk on which samples are queued is nearly full, and no more are accepted until there is room. "
                "Send the same batch again later; the platform's operator must make room.",
                slug="disk-full",
                part="redis",
                store="redis",
                retry_after=DISK_RETRY_S,
            )
        case b"rate" if text:
            exceeded = next(quota.exceeded for quota in quotas if quota.key == text.decode())
            return TooManyRequests(exceeded, slug="rate-limit", retry_after=max(1, math.ceil(number / 1000)))
        case b"rate":
            return over_rate(tenant, number / 1000)
    return None


def over_rate(tenant: TenantConnection, wait_s: float) -> TooManyRequests:
    return TooManyRequests(
        f"{tenant.slug} may send {tenant.limits.samples_per_s} samples per second. Send the same batch again later.",
        slug="rate-limit",
        retry_after=max(1, math.ceil(wait_s)),
    )
