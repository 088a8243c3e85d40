"""Alerts of other systems become alarms without a rule: `external:<fingerprint>`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from alarms import states
from alarms.about import EXTERNAL, About, AlarmAsset, AlarmTarget, PriorityNumber, key_of
from alarms.evaluation.maintenance import Reasons, inputs_for
from alarms.external import endings
from alarms.external.models import Alert, AlertsTaken
from alarms.machine import run, step
from alarms.machine.model import Sample, Settings, State, Transition
from alarms.seams import maintained_assets
from alarms.states import Kept, Known
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import BadRequest, Conflict, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import parse_time

MAX_EXTERNAL = 5_000  # of a tenant, that are not plainly normal
MAX_NAME, MAX_SUMMARY = 200, 300  # characters shown
ATTEMPTS = 5
NEVER = "0001-"  # how Alertmanager writes a time that there is none of
_PRIORITIES: dict[str, PriorityNumber] = {
    "critical": 1, "emergency": 1, "alert": 1, "page": 1, "error": 2, "high": 2, "major": 2, "warning": 3, "warn": 3,
    "minor": 3,
}  # fmt: skip
Outcome = Literal["raised", "resolved", "unchanged"]
Planned = dict[str, tuple[int, Kept, Sequence[Transition]]]


def take(tenant: TenantConnection, alerts: Sequence[Alert], now: int) -> AlertsTaken:
    """All or nothing. Raises BadRequest, Conflict if there are too many, Unavailable.

    A repeated alert changes nothing; one that is older than its own resolution neither.
    """
    latest = {key_of(EXTERNAL, alert.fingerprint): (place, alert) for place, alert in enumerate(alerts)}
    times = {key: _times(alert, place, now) for key, (place, alert) in latest.items()}
    ended = endings.read(tenant, [alert.fingerprint for _, alert in latest.values()])
    catalog = snapshot_of(tenant)
    reasons = maintained_assets().reasons(tenant)
    resolved = {alert.fingerprint: times[key][1] for key, (_, alert) in latest.items() if alert.status == "resolved"}
    endings.note(tenant, resolved)
    for _ in range(ATTEMPTS):
        known = states.read(tenant, list(latest))
        changes: Planned = {}
        outcomes: list[Outcome] = []
        for key, (_, alert) in latest.items():
            about = _about(alert, catalog)
            outcome, change = _changed(known[key], alert, about, times[key], ended.get(alert.fingerprint), reasons)
            outcomes.append(outcome)
            if change is not None:
                changes[key] = (known[key].revision, *change)
        _check_capacity(tenant, known, changes)
        if not changes or not states.commit_changes(tenant, changes):
            return AlertsTaken(**{each: outcomes.count(each) for each in ("raised", "resolved", "unchanged")})
    raise Unavailable("The alarms change too fast. Send the alerts again.", retry_after=1)


def _changed(
    known: Known, alert: Alert, about: About, times: tuple[int, int], ended: int | None, reasons: Reasons
) -> tuple[Outcome, tuple[Kept, Sequence[Transition]] | None]:
    start, end = times
    if alert.status == "resolved":
        if known.kept is None or not known.state.active:
            return "unchanged", None
        sample = Sample(max(end, known.state.t + 1), False, known.state.value)
        state, transitions = step(known.kept.settings, known.state, sample)
        return "resolved", (replace(known.kept, state=state), transitions)
    if known.state.active or (ended is not None and start <= ended):
        return "unchanged", None
    kept = known.kept or Kept(State(), about, Settings())
    wanted = reasons.get(about.asset.id, ()) if about.asset is not None else ()
    suppress = inputs_for(kept.state, wanted, end)  # before it is raised, so that nobody is told
    sample = Sample(max(start, kept.state.t + 1), True, _summary(alert))
    state, added = run(kept.settings, kept.state, [*suppress, sample])
    return "raised", (replace(kept, state=state, about=about), added)


def _check_capacity(tenant: TenantConnection, known: dict[str, Known], changes: Planned) -> None:
    added = sum(known[key].kept is None for key in changes)
    if not added:
        return
    _, everything = states.read_all(tenant)
    there = sum(each.kept is not None and each.kept.about.kind == EXTERNAL for each in everything.values())
    if there + added > MAX_EXTERNAL:
        raise Conflict(
            f"{there:,} external alerts are in the list; {MAX_EXTERNAL:,} are allowed. None of these was added.",
            slug="too-many-alerts",
        )


def _times(alert: Alert, place: int, now: int) -> tuple[int, int]:
    """When it began and ended, never ahead of the clock."""
    start = min(now, parse_time(alert.starts_at, f"alerts[{place}].startsAt"))
    if alert.status == "firing" or not alert.ends_at or alert.ends_at.startswith(NEVER):
        return start, now
    end = min(now, parse_time(alert.ends_at, f"alerts[{place}].endsAt"))
    if end < start:
        raise BadRequest(f"alerts[{place}] ended before it began.", slug="invalid-body")
    return start, end


def _about(alert: Alert, catalog: Snapshot) -> About:
    """Labels `site` (id or slug) and `asset` (id or tag) place it in the plant, if there are such."""
    labels = alert.labels
    site = catalog.site(labels["site"]) if labels.get("site") else None
    asset = catalog.asset(site.id, labels["asset"]) if site is not None and labels.get("asset") else None
    job = labels.get("job", "")
    tag = labels.get("instance") or job or alert.fingerprint
    return About(
        rule="",
        name=(labels.get("alertname") or "Alert")[:MAX_NAME],
        priority=_PRIORITIES.get(labels.get("severity", "").casefold(), 4),
        kind=EXTERNAL,
        site=site.id if site is not None else "",
        target=AlarmTarget(kind=EXTERNAL, id=alert.fingerprint, tag=tag[:MAX_NAME], name=job[:MAX_NAME]),
        asset=AlarmAsset(id=asset.id, tag=asset.tag, name=asset.name) if asset is not None else None,
    )


def _summary(alert: Alert) -> str:
    texts = alert.annotations
    found = texts.get("summary") or texts.get("description") or texts.get("message") or alert.labels.get("alertname")
    return (found or "Alert")[:MAX_SUMMARY]
