"""Lists of alarms, now and at past moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from alarms.journal.past import alarms_at
from alarms.lists import present
from alarms.lists.listing import Filters, Listed, arrange, presented
from alarms.lists.models import Alarm, AlarmList
from catalog.snapshot import Snapshot, snapshot_of
from kernel.tenancy import TenantConnection


@dataclass(frozen=True, slots=True)
class Moment:
    """All alarms that were not plainly normal at `at` (epoch ms). `raised`: when alarms were raised before, with the
    sites, in order: those that may be part of a flood.
    """

    at: int
    alarms: Sequence[Listed]
    complete: bool
    raised: Sequence[tuple[int, str]]


def alarms_now(tenant: TenantConnection, now: int) -> Moment:
    """A shelf that has ended is none, also while nobody evaluates the tenant's timers."""
    found = present.alarms_now(tenant)
    return Moment(now, [_unshelved(alarm, now) for alarm in found.listed], True, found.raised)


def alarms_as_of(tenant: TenantConnection, at: int) -> Moment:
    past = alarms_at(tenant, at)
    listed = [Listed(key, each.state, each.about) for key, each in past.known.items()]
    return Moment(at, listed, past.complete, _raised(listed, past.raised))


def _raised(alarms: Sequence[Listed], noted: Mapping[tuple[str, int], str]) -> list[tuple[int, str]]:
    """With the present occurrences of active alarms, of which the journal before the snapshot tells."""
    active = {
        (each.key, each.state.raised): each.about.site
        for each in alarms
        if each.is_active and each.state.raised is not None
    }
    return sorted((t, site) for (_, t), site in (active | dict(noted)).items())


def _unshelved(alarm: Listed, now: int) -> Listed:
    shelf = alarm.state.shelf
    if shelf is None or shelf.until > now:
        return alarm
    return Listed(alarm.key, replace(alarm.state, shelf=None), alarm.about, alarm.revision)


def page(
    moment: Moment,
    catalog: Snapshot,
    filters: Filters,
    view: str,
    sort: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[AlarmList, str]:
    """A page, and the cursor of the next one; empty after the last."""
    arranged = arrange(moment.alarms, catalog, filters, view, sort, moment.at, moment.raised)
    rest = arranged.listed
    if cursor is not None:
        rest = [alarm for alarm in rest if arranged.order[alarm.key] > cursor]
    shown = rest[:limit]
    more = arranged.order[shown[-1].key] if len(rest) > limit else ""
    found = AlarmList(
        alarms=[presented(alarm, arranged, catalog) for alarm in shown],
        counts=arranged.counts,
        flood=arranged.flood,
        sort=arranged.sort,
        complete=moment.complete,
        at=moment.at,
        next=None,
    )
    return found, more


def with_next(found: AlarmList, next: str | None) -> AlarmList:
    return replace(found, next=next)


def named(tenant: TenantConnection, keys: Sequence[str], now: int) -> list[Alarm]:
    """These alarms as they are now, those that are not plainly normal."""
    wanted, catalog = set(keys), snapshot_of(tenant)
    moment = alarms_now(tenant, now)
    arranged = arrange(moment.alarms, catalog, Filters(), "all", "priority", moment.at)
    return [presented(alarm, arranged, catalog) for alarm in arranged.listed if alarm.key in wanted]
