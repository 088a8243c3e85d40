"""What was acknowledged compared with what is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.soak.plant import TenantLoad
from tests.soak.senders import EVENTS

SHOWN = 5


def faults_of(load: TenantLoad, found: dict[str, Any]) -> list[str]:
    """One line each; none if everything is as it should be."""
    faults = [*_samples(load, found), *_events(load, found), *_letters(load, found)]
    faults += [f"ladder: {fault}" for fault in found["faults"][:SHOWN]]
    if found["ladders"] < sum(len(sender.tags) for sender in load.samples):
        faults.append(f"only {found['ladders']} sensors have a ladder")
    faults += [line for sender in load.senders for line in sender.wrong[:SHOWN]]
    if load.viewer.back:
        faults.append(f"the stream went back {load.viewer.back} times")
    return [f"{load.slug}: {fault}" for fault in faults]


def _samples(load: TenantLoad, found: dict[str, Any]) -> Iterator[str]:
    for sender in load.samples:
        for name, wanted in sender.samples().items():
            rows = [(t, v) for t, v in found["samples"].get(name, [])]
            stored = dict(rows)
            yield from _difference(f"samples of {name}", set(wanted), set(stored))
            unlike = [t for t in wanted.keys() & stored.keys() if wanted[t] != stored[t]]
            if unlike:
                yield f"{len(unlike)} samples of {name} have another value, such as {unlike[:SHOWN]}"
            if len(rows) > len(stored):
                yield f"{len(rows) - len(stored)} samples of {name} are there twice"
            if found["latest"].get(name) != max(wanted):
                yield f"the latest value of {name} is of {found['latest'].get(name)}, not of {max(wanted)}"


def _events(load: TenantLoad, found: dict[str, Any]) -> Iterator[str]:
    wanted = {f"{load.events.name} {n}" for n in range(load.events.batches * EVENTS)}
    stored = Counter[str](dict(found["events"]))
    yield from _difference("events", wanted, set(stored))
    if twice := [event for event, count in stored.items() if count > 1]:
        yield f"{len(twice)} events are there twice, such as {twice[:SHOWN]}"


def _letters(load: TenantLoad, found: dict[str, Any]) -> Iterator[str]:
    """A client that repeats a batch because the answer was lost leaves its letters twice (ADR 64)."""
    wanted = {item for sender in load.senders for item in sender.letters()}
    kept = Counter[str](dict(found["letters"]))
    yield from _difference("dead letters", wanted, set(kept))
    again, repeated = kept.total() - len(kept), sum(sum(sender.refused.values()) for sender in load.senders)
    if again > repeated:
        yield f"{again} dead letters are there once more, although only {repeated} batches were sent again"


def _difference(what: str, wanted: set[Any], found: set[Any]) -> Iterator[str]:
    if missing := wanted - found:
        yield f"{len(missing)} {what} are missing, such as {sorted(missing)[:SHOWN]}"
    if extra := found - wanted:
        yield f"{len(extra)} {what} are there that nobody sent, such as {sorted(extra)[:SHOWN]}"
