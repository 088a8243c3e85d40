"""Which cases a list has, in which order, and how many there are of each state. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from web.paging import newest_first
from work.cases.models import Case, CaseCounts, CaseState
from work.fields import CaseKind

NOBODY = ""  # instead of a member's id
NO_DATE = 10**15


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty or None: any. `words` in lower case; `assets`: any of these; `site` None: only what belongs to none."""

    words: tuple[str, ...] = ()
    states: frozenset[CaseState] = frozenset()
    kinds: frozenset[CaseKind] = frozenset()
    site: str | None = ""
    assets: frozenset[str] | None = None
    sensor: str = ""
    device: str = ""
    alarm: str = ""
    plan: str = ""
    campaign: str = ""
    assigned: str | None = None
    overdue: bool = False


def listed(cases: Iterable[Case], filters: Filters, moment: int) -> tuple[list[Case], CaseCounts]:
    """Those that fit, in order."""
    fitting = [case for case in cases if _fits(case, filters)]
    shown = [
        case
        for case in fitting
        if (not filters.states or case.state in filters.states) and (not filters.overdue or case.is_overdue(moment))
    ]
    return sorted(shown, key=lambda case: place_of(case, moment)), _counts(fitting, moment)


def place_of(case: Case, now: int) -> str:
    """A unique text to sort by: open ones first, the overdue before others, by priority, due date and number; then the
    closed, the last one first.
    """
    if case.is_open:
        late = 0 if case.is_overdue(now) else 1
        return f"0{late}{case.priority}{NO_DATE if case.due is None else case.due:016d} {case.number:09d}"
    return f"1{newest_first(case.ended or 0, f'{case.number:09d}')}"


def _fits(case: Case, filters: Filters) -> bool:
    return (
        (not filters.kinds or case.kind in filters.kinds)
        and (filters.site == "" or case.site == (filters.site or ""))
        and (filters.assets is None or (case.asset is not None and case.asset.id in filters.assets))
        and (not filters.sensor or (case.sensor is not None and case.sensor.id == filters.sensor))
        and (not filters.device or (case.device is not None and case.device.id == filters.device))
        and (not filters.alarm or (case.alarm is not None and case.alarm.key == filters.alarm))
        and (not filters.plan or case.plan == filters.plan)
        and (not filters.campaign or case.campaign == filters.campaign)
        and (filters.assigned is None or (case.assigned.id if case.assigned else NOBODY) == filters.assigned)
        and (not filters.words or _has_words(case, filters.words))
    )


def _has_words(case: Case, words: Sequence[str]) -> bool:
    objects = [each for each in (case.asset, case.sensor, case.device) if each is not None]
    names = " ".join(f"{each.tag} {each.name}" for each in objects)
    text = f"#{case.number} {case.title} {case.description} {case.what_was_done} {names}".casefold()
    return all(word in text for word in words)


def _counts(cases: Sequence[Case], now: int) -> CaseCounts:
    by_state = {state: 0 for state in ("open", "in_progress", "done", "cancelled")}
    for case in cases:
        by_state[case.state] += 1
    return CaseCounts(
        **by_state,
        overdue=sum(case.is_overdue(now) for case in cases),
        unassigned=sum(case.is_open and case.assigned is None for case in cases),
    )
