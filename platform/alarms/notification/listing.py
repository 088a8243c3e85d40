"""Deliveries as people see them, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alarms.notification import progress, repository
from alarms.notification.actions import NewDelivery
from alarms.notification.models import Delivery
from alarms.notification.plan import delivery_of
from kernel.tenancy import TenantConnection
from stores.redis.deliveries import StoredDelivery
from web.stores import deliveries

BATCH_SIZE, MAX_READ = 500, 5_000  # for one page


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Empty: any."""

    state: str = ""
    channel: str = ""
    key: str = ""

    def fits(self, planned: NewDelivery, state: str) -> bool:
        return (
            (not self.state or state == self.state)
            and (not self.channel or planned.recipient.channel == self.channel)
            and (not self.key or any(fact.key == self.key for fact in planned.facts))
        )


def page(
    tenant: TenantConnection, which: DeliveryFilter, limit: int, before: str | None
) -> tuple[list[Delivery], str | None]:
    """Up to `limit` that were created before that one; and the id after which the next page begins, if there may be
    one. Of a long list in which few fit a page may be short, or empty. Raises Unavailable.
    """
    names = {channel.id: channel.name for channel in repository.channels(tenant)}
    found: list[Delivery] = []
    read, last = 0, before
    for stored in _newest_first(tenant, before):
        if len(found) == limit or read == MAX_READ:
            return found, last
        read, last = read + 1, stored.id
        planned, state = delivery_of(stored.payload), progress.decode(stored.progress)
        if which.fits(planned, state.state):
            found.append(_public(planned, state, names))
    return found, None


def _newest_first(tenant: TenantConnection, before: str | None) -> Iterator[StoredDelivery]:
    while batch := deliveries().page(tenant.prefix, before, BATCH_SIZE):
        yield from (stored for _, stored in batch)
        before = batch[-1][1].id


def _public(planned: NewDelivery, state: progress.Progress, names: Mapping[str, str]) -> Delivery:
    first, to = planned.facts[0], planned.recipient
    return Delivery(
        id=planned.id,
        state=state.state,
        reason=planned.reason,
        key=first.key,
        occurrence=first.occurrence,
        alarms=len(planned.facts) + planned.more,
        name=first.about.name,
        priority=first.about.priority,
        route=planned.route,
        route_name=planned.route_name,
        step=planned.step,
        channel=to.channel,
        kind=to.kind,
        recipient=state.recipient or to.to or names.get(to.channel, to.channel),
        created=planned.created,
        due=state.due,
        attempts=state.attempts,
        ended=state.ended,
        detail=state.detail,
    )
