"""What people do with alarms: many at once, each for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from alarms import states
from alarms.lists import queries
from alarms.lists.models import AlarmActionResult, AlarmRefusal
from alarms.lists.normal import normal_alarms
from alarms.machine import step
from alarms.machine.model import (
    Acknowledge,
    Input,
    Note,
    Reset,
    ReturnToService,
    Shelve,
    TakeOutOfService,
    Transition,
    Unshelve,
)
from alarms.states import Kept, Known
from kernel.errors import BadRequest, NotFound, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, iso, parse_time

MAX_SHELF_MS = 90 * DAY
ATTEMPTS = 5  # somebody else, or the evaluator, may change the same alarms meanwhile
_ALSO_NORMAL = ("shelve", "out-of-service", "note")  # what can be done with an alarm that is normal
UNKNOWN = "It is normal, or there is no such alarm."
Doing = Literal["acknowledge", "shelve", "unshelve", "reset", "out-of-service", "in-service", "note"]
_UNCHANGED: dict[Doing, str] = {
    "acknowledge": "Nothing to acknowledge: the alarm is already acknowledged, or normal.",
    "shelve": "It is shelved so already.",
    "unshelve": "It is not shelved.",
    "reset": "It is not latched; only a latched alarm is reset, once it has returned and been acknowledged.",
    "out-of-service": "It is out of service for that reason already.",
    "in-service": "It is in service.",
    "note": "It has that note already.",
}


@dataclass(frozen=True, slots=True)
class Done:
    """`changed`: keys of the alarms that changed."""

    result: AlarmActionResult
    changed: list[str]


def parse_until(until: str | int, now: int) -> int:
    """The end of a shelf, epoch ms. Raises BadRequest."""
    moment = parse_time(str(until), "until")
    if not now < moment <= now + MAX_SHELF_MS:
        raise BadRequest(
            f"until={iso(moment)} is not within the next {MAX_SHELF_MS // DAY} days.", slug="bad-until", field="until"
        )
    return moment


def acknowledge(tenant: TenantConnection, keys: Sequence[str], by: str, note: str, verdict: str, now: int) -> Done:
    return _apply(tenant, keys, Acknowledge(now, by, note, verdict), "acknowledge", now)


def shelve(tenant: TenantConnection, keys: Sequence[str], by: str, until: int, reason: str, now: int) -> Done:
    return _apply(tenant, keys, Shelve(now, until, reason, by), "shelve", now)


def unshelve(tenant: TenantConnection, keys: Sequence[str], by: str, now: int) -> Done:
    return _apply(tenant, keys, Unshelve(now, by), "unshelve", now)


def reset(tenant: TenantConnection, keys: Sequence[str], by: str, now: int) -> Done:
    return _apply(tenant, keys, Reset(now, by), "reset", now)


def take_out_of_service(tenant: TenantConnection, keys: Sequence[str], by: str, reason: str, now: int) -> Done:
    return _apply(tenant, keys, TakeOutOfService(now, reason, by), "out-of-service", now)


def return_to_service(tenant: TenantConnection, keys: Sequence[str], by: str, now: int) -> Done:
    return _apply(tenant, keys, ReturnToService(now, by), "in-service", now)


def add_note(tenant: TenantConnection, keys: Sequence[str], by: str, note: str, verdict: str, now: int) -> Done:
    return _apply(tenant, keys, Note(now, by, note, verdict), "note", now)


def _apply(tenant: TenantConnection, keys: Sequence[str], input: Input, doing: Doing, now: int) -> Done:
    """All that can be changed in one step; what changed in the meantime is read again. Raises NotFound, Unavailable."""
    wanted = list(dict.fromkeys(keys))
    for _ in range(ATTEMPTS):
        known = states.read(tenant, wanted)
        missing = [key for key, each in known.items() if each.kept is None]
        normal = normal_alarms(tenant, missing) if doing in _ALSO_NORMAL else {}
        if not normal and not any(each.kept for each in known.values()):
            raise NotFound("None of these alarms exists.", slug="unknown-alarms")
        changes, refused = _planned(known, normal, input, doing)
        if not changes or not states.commit_changes(tenant, changes):
            alarms = queries.named(tenant, wanted, now)
            return Done(AlarmActionResult(alarms=alarms, refused=refused), list(changes))
    raise Unavailable("The alarms change too fast to be changed by hand. Try again.", retry_after=1)


def _planned(
    known: Mapping[str, Known], normal: Mapping[str, Kept], input: Input, doing: Doing
) -> tuple[dict[str, tuple[int, Kept, tuple[Transition, ...]]], list[AlarmRefusal]]:
    changes: dict[str, tuple[int, Kept, tuple[Transition, ...]]] = {}
    refused: list[AlarmRefusal] = []
    for key, each in known.items():
        kept = each.kept or normal.get(key)
        if kept is None:
            refused.append(AlarmRefusal(key=key, detail=UNKNOWN))
            continue
        state, transitions = step(kept.settings, kept.state, input)
        if transitions:
            changes[key] = (each.revision, replace(kept, state=state), transitions)
        else:
            refused.append(AlarmRefusal(key=key, detail=_UNCHANGED[doing]))
    return changes, refused
