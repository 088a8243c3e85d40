"""The performance of the alarm system over a range of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from alarms.about import About
from alarms.backtest.models import SHORT_MS
from alarms.journal.stored import entry_of
from alarms.lists.queries import alarms_as_of, alarms_now
from alarms.performance import figures
from alarms.performance.models import TOP, AlarmActor, AlarmPerformance, StandingAlarm
from alarms.performance.occurrences import Occurrence, occurrences
from kernel.errors import BadRequest
from kernel.periods import By, bounds_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, NS_PER_MS, TimeRange
from stores.timeseries.alarms import JournalFilter, read_columns, read_last_bodies
from web.stores import reader

MAX_TRANSITIONS = 200_000
MAX_RANGE_MS = 400 * DAY
MIN_RANGE_MS = 10 * MINUTE
MAX_STANDING = 100
STALE_MS = DAY  # EEMUA 191: active for more than 24 hours


def check_range(range: TimeRange) -> None:
    """Raises BadRequest."""
    if not MIN_RANGE_MS <= range.width <= MAX_RANGE_MS:
        raise BadRequest(
            f"The range is {range.width / DAY:.3g} days; figures are of 10 minutes to {MAX_RANGE_MS // DAY} days.",
            slug="bad-range",
        )


def performance(
    tenant: TenantConnection,
    site: str,
    range: TimeRange,
    operators: int,
    now: int,
    zone: ZoneInfo,
    by: By | None,
    with_past: bool = False,
) -> AlarmPerformance:
    """`site`: an id; empty for all. `by`: also for each such period of the zone. `with_past`: also of alarms that were
    entered afterwards. Raises BadRequest: too many.
    """
    if by is not None:
        bounds_of(range, by, zone)  # before anything is read
    which = JournalFilter(range.start * NS_PER_MS, range.end * NS_PER_MS, site=site)
    rows = read_columns(reader(tenant), which, MAX_TRANSITIONS)
    every = occurrences(rows)
    found = every if with_past else [each for each in every if not each.past]
    times = [each.raised for each in found if range.start <= each.raised < range.end]
    groups = figures.grouped(found)
    days = figures.days_of(range.start, range.end)
    bad = {key: patterns for key, own in groups.items() if (patterns := figures.patterns(own, days))}
    top, shown = list(groups)[:TOP], list(bad)[: figures.MAX_BAD_ACTORS]
    names = _names(tenant, which, {*top, *shown})
    total = len(found)

    def actor(key: str) -> AlarmActor:
        return _actor(names[key], key, groups[key], total, days)

    standing = _standing(tenant, site, range.end, now)
    share, count = figures.flood_share(times, range.start, range.end)
    width, buckets = figures.bucketed(times, range.start, range.end)
    return AlarmPerformance(
        start=range.start,
        end=range.end,
        operators=operators,
        zone=zone.key,
        raised=total,
        entered_afterwards=sum(each.past for each in every),
        per_10_min=total / (range.width / (10 * MINUTE)) / operators,
        peak=figures.peak(times),
        over_10=figures.share_over(times, range.start, range.end, operators),
        flood_share=share,
        floods=count,
        by_priority=figures.by_priority(found),
        standing=standing[:MAX_STANDING],
        standing_count=len(standing),
        stale_count=sum(each.stale for each in standing),
        chattering_count=sum("chattering" in patterns for patterns in bad.values()),
        top=[actor(key) for key in top if key in names],
        top_share=sum(len(groups[key]) for key in top) / total if total else 0.0,
        bad_actors=[actor(key) for key in shown if key in names],
        acknowledgement=figures.acknowledgement([each for each in found if not each.past]),
        judged=sum(bool(each.verdict) for each in found),
        false=sum(each.verdict == "false" for each in found),
        periods=figures.by_calendar(times, range, operators, by, zone) if by is not None else [],
        bucket_ms=width,
        buckets=buckets,
        truncated=len(rows) == MAX_TRANSITIONS,
    )


def _names(tenant: TenantConnection, which: JournalFilter, keys: set[str]) -> Mapping[str, About]:
    bodies = read_last_bodies(reader(tenant), which, sorted(keys))
    return {key: entry_of(body).about for key, body in bodies.items()}


def _actor(about: About, key: str, own: Sequence[Occurrence], total: int, days: float) -> AlarmActor:
    return AlarmActor(
        key=key,
        rule=about.rule,
        name=about.name,
        priority=about.priority,
        target=about.target,
        asset=about.asset,
        count=len(own),
        share=len(own) / total,
        shorter_than_2_min=figures.shorter(own, SHORT_MS),
        median_s=figures.median_s(own),
        false=sum(each.verdict == "false" for each in own),
        patterns=figures.patterns(own, days),
    )


def _standing(tenant: TenantConnection, site: str, end: int, now: int) -> list[StandingAlarm]:
    """Active at the end, the oldest first."""
    moment = alarms_now(tenant, now) if end >= now else alarms_as_of(tenant, end)
    found = [
        StandingAlarm(
            key=each.key,
            name=each.about.name,
            priority=each.about.priority,
            target=each.about.target,
            asset=each.about.asset,
            raised=each.state.raised,
            stale=moment.at - each.state.raised > STALE_MS,
        )
        for each in moment.alarms
        if each.state.active
        and each.state.annunciated
        and each.state.raised is not None
        and (not site or each.about.site == site)
    ]
    return sorted(found, key=lambda each: (each.raised, each.key))
