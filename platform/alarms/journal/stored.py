"""Entries and snapshots as the time series store has them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from alarms.journal.models import JournalEntry, SnapshotAlarm
from stores.timeseries.alarms import Snapshot, StoredTransition

_encode = msgspec.json.encode
_entry = msgspec.json.Decoder(JournalEntry)
_alarm = msgspec.json.Decoder(SnapshotAlarm)


def stored(entry: JournalEntry) -> StoredTransition:
    transition, about = entry.transition, entry.about
    past = transition.late or transition.past
    return StoredTransition(
        t=transition.t,
        number=entry.number,
        key=entry.key,
        what=transition.what.value,
        priority=about.priority,
        rule=about.rule,
        target=about.target.id,
        asset=about.asset.id if about.asset else "",
        site=about.site,
        body=_encode(entry).decode(),
        occurrence=transition.occurrence,
        verdict=transition.verdict,
        quiet=past or transition.suppressed,
        past=past,
    )


def entry_of(body: str) -> JournalEntry:
    return _entry.decode(body)


def snapshot(t: int, number: int, alarms: Iterable[SnapshotAlarm]) -> Snapshot:
    """Of the alarms that are not plainly normal; `number`: of the last transition that their states have."""
    return Snapshot(t, number, [_encode(alarm).decode() for alarm in alarms])


def alarms_of(kept: Snapshot) -> list[SnapshotAlarm]:
    return [_alarm.decode(body) for body in kept.bodies]
