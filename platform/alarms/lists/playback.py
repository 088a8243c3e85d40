"""What each sensor's active alarms amounted to at each frame of a playback."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from alarms.journal.models import JournalEntry
from alarms.journal.past import alarms_at, entries_between
from alarms.journal.replay import Known, apply
from alarms.lists.by_sensor import Amount, amounts
from alarms.lists.listing import Listed
from kernel.tenancy import TenantConnection

MAX_TRANSITIONS = 20_000  # within a playback


class AlarmRun(NamedTuple):
    """Frames `start <= place < end` at which a sensor's alarms amounted to the same."""

    start: int
    end: int
    amount: Amount


def runs_by_sensor(
    tenant: TenantConnection, sensors: Collection[str], frames: Sequence[int]
) -> dict[str, list[AlarmRun]] | None:
    """`frames`: moments in order, epoch ms, none of them ahead of the clock. None: there are too many transitions."""
    if not frames or not sensors:
        return {}
    entries = entries_between(tenant, frames[0], frames[-1], MAX_TRANSITIONS)
    return None if entries is None else runs(alarms_at(tenant, frames[0]).known, entries, frames, set(sensors))


def runs(
    known: dict[str, Known], entries: Iterable[JournalEntry], frames: Sequence[int], sensors: Collection[str]
) -> dict[str, list[AlarmRun]]:
    """`known`: as of the first frame; `entries`: what followed, in any order. Pure."""
    mine = {key: each for key, each in known.items() if each.about.target.id in sensors}
    waiting = sorted(
        (entry for entry in entries if entry.about.target.id in sensors),
        key=lambda entry: (entry.transition.t, entry.number),
        reverse=True,
    )
    open_: dict[str, tuple[int, Amount]] = {}
    found: dict[str, list[AlarmRun]] = defaultdict(list)
    for place, t in enumerate(frames):
        changed = set(sensors) if place == 0 else set[str]()
        while waiting and waiting[-1].transition.t <= t:
            entry = waiting.pop()
            apply(mine, entry)
            changed.add(entry.about.target.id)
        if not changed:
            continue
        listed = [Listed(key, each.state, each.about) for key, each in mine.items()]
        now = amounts(listed, changed)
        for sensor in changed:
            before, amount = open_.get(sensor), now.get(sensor)
            if before is not None and before[1] != amount:
                found[sensor].append(AlarmRun(before[0], place, before[1]))
                del open_[sensor]
            if amount is not None:
                open_.setdefault(sensor, (place, amount))
    for sensor, (start, amount) in open_.items():
        found[sensor].append(AlarmRun(start, len(frames), amount))
    return dict(found)
