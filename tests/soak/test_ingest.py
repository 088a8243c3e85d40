"""Every process of the data path is killed at random moments under load; Redis is restarted, a database stands still,
the disk fills up. Whatever was acknowledged is there afterwards, once, and the ladder is right.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench.query.report import table
from tests.disks import fill, mounted_disk
from tests.installation import Platform
from tests.soak.checks import faults_of
from tests.soak.plant import TENANTS, Stored, TenantLoad, make_tenant, under_load
from tests.soak.processes import KINDS, Kill, Processes
from tests.soak.rounds import ROUNDS, SEED
from tests.stopping import stopped

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]
DISK_MIB = 1024
PAUSE_S = (0.2, 3.0)  # between two kills
STANDSTILL_S, FULL_S = 60, 15
STORED_WITHIN_S, BUILT_WITHIN_S = 120, 600


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    with mounted_disk(tmp_path_factory.mktemp("disk"), DISK_MIB) as disk:
        yield disk


@pytest.fixture(scope="module")
def installation(disk: Path | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform((disk or tmp_path_factory.mktemp("soak")) / "home")
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


def test_what_was_acknowledged_is_stored_once_whatever_is_killed(
    installation: Platform, disk: Path | None, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    say(f"\nSEED={SEED} ROUNDS={ROUNDS}")
    loads, stored = [make_tenant(installation, slug) for slug in TENANTS], Stored(installation)
    processes = Processes(installation, chance)
    plan = [kind for kind in KINDS for _ in range(ROUNDS)]
    chance.shuffle(plan)
    kills: list[Kill] = []
    with under_load(loads):
        kills += kill_all(processes, plan[: len(plan) // 2], chance)
        let_a_database_stand_still(processes, loads, stored)
        fill_the_disk(disk, loads)
        kills += kill_all(processes, plan[len(plan) // 2 :], chance)
    say("waiting until everything is stored and the ladder is built")
    wait_for(processes.are_up, 60, "a process does not run")
    wait_for(lambda: not stored.has_backlog(*TENANTS), STORED_WITHIN_S, "samples wait")
    wait_for(lambda: not stored.has_marks(), BUILT_WITHIN_S, "parts of the ladder wait")
    found = {slug: stored.of(slug, tmp_path / slug) for slug in TENANTS}
    report(loads, kills, found)
    wait_for(lambda: not processes.orphans(), 20, "processes outlive those that started them")
    faults = [fault for load in loads for fault in faults_of(load, found[load.slug])]
    assert not faults, "\n".join(faults)
    for load in loads:
        newest = {max(sender.samples()[tag]) for sender in load.samples for tag in sender.tags}
        wait_for(lambda: {t for t, _ in load.viewer.newest.values()} == newest, 20, "the viewer is behind")  # noqa: B023
        load.viewer.end()


def kill_all(processes: Processes, kinds: list[str], chance: random.Random) -> list[Kill]:
    kills = []
    for number, kind in enumerate(kinds, 1):
        time.sleep(chance.uniform(*PAUSE_S))
        kills.append(processes.kill(kind))
        say(f"{number:4} of {len(kinds)}  {kind}")
    return kills


def let_a_database_stand_still(processes: Processes, loads: list[TenantLoad], stored: Stored) -> None:
    """That of one tenant: its samples are acknowledged nevertheless, and the other's are stored."""
    first, *others = loads
    say(f"the database of {first.slug} stands still for {STANDSTILL_S} s")
    with stopped(processes.database_of(first.slug)):
        began, before = time.monotonic(), [sender.batches for sender in first.senders]
        time.sleep(STANDSTILL_S / 2)
        for load in others:
            wait_for(
                lambda: not stored.has_backlog(load.slug, at_most=1_000),  # noqa: B023
                STANDSTILL_S / 2,
                "the others' samples wait",
            )
        time.sleep(max(0.0, began + STANDSTILL_S - time.monotonic()))
        assert all(sender.batches > count for sender, count in zip(first.senders, before, strict=True))


def fill_the_disk(disk: Path | None, loads: list[TenantLoad]) -> None:
    """To the last byte: samples are refused then, and accepted again by themselves."""
    if disk is None:
        return say("the disk is not filled: mounting a small one is not permitted here")
    say(f"the disk is full for {FULL_S} s")
    senders = [sender for load in loads for sender in load.senders]
    before = [sender.refused.total() for sender in senders]
    filler = fill(disk)
    time.sleep(FULL_S)
    assert all(sender.refused.total() > count for sender, count in zip(senders, before, strict=True))
    filler.unlink()
    done = [sender.batches for sender in senders]
    for sender, count in zip(senders, done, strict=True):
        wait_for(lambda: sender.batches > count, 60, "nothing is accepted")  # noqa: B023
    return None


def report(loads: list[TenantLoad], kills: list[Kill], found: dict[str, Any]) -> None:
    senders = [sender for load in loads for sender in load.senders]
    waits: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kill in kills:
        waits[kill.kind] += [sender.wait_after(kill.at) for sender in senders]
    counts = Counter(kill.kind for kill in kills)
    rows = [[kind, str(counts[kind]), f"{max(waits[kind], default=0.0):.1f}"] for kind in KINDS]
    say("\n" + table(["killed", "times", "longest wait for an acknowledgement after it, s"], rows))
    stored, refused = found.values(), sum((sender.refused for sender in senders), Counter[int]())
    say(
        f"\n{sum(sender.batches for sender in senders):,} batches acknowledged; sent again {refused.total():,} times,"
        f" {refused[0]:,} of them because no answer came."
        f" Stored: {sum(len(rows) for each in stored for rows in each['samples'].values()):,} samples,"
        f" {sum(len(each['events']) for each in stored):,} events,"
        f" {sum(len(each['letters']) for each in stored):,} dead letters."
        f" Ladders verified: {sum(each['ladders'] for each in stored)}."
        f" Viewers connected {sum(load.viewer.opened for load in loads)} times."
    )


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} after {seconds:.0f} s"
        time.sleep(0.3)


def say(line: str) -> None:
    print(line, flush=True)
