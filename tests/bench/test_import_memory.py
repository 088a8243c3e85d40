"""Memory of an import does not grow with its file: a gigabyte in the memory of a few blocks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.imports import load_mapping, run
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant

pytestmark = pytest.mark.bench
MEGABYTES = 1_000


def resident_mb() -> int:
    """Anonymous memory of this process; pages of files are the system's to take back."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["RssAnon"].split()[0]) >> 10


class Watch(threading.Thread):
    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.over = 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.most = max(self.most, resident_mb())


def generate(path: Path) -> int:
    """Every second of some years; the last hour stands at the top, so that the times must be sorted to be counted."""
    rows, start = 0, 1_300_000_000
    with path.open("w") as file:
        file.write("time,TT-101,TT-102\n" + "".join(f"{start + 3 * 10**8 + k},1.25,2.5\n" for k in range(3600)))
        while path.stat().st_size < MEGABYTES << 20:
            file.write("".join(f"{start + rows + k},{k % 977 / 8},{k % 89}\n" for k in range(200_000)))
            file.flush()
            rows += 200_000
    return rows + 3600


def test_a_gigabyte(acme: TenantConnection, plant_of: Callable[..., Plant], tmp_path: Path) -> None:
    plant = plant_of(acme)
    path = tmp_path / "large.csv"
    rows = generate(path)
    watch, before = Watch(), resident_mb()
    watch.start()
    began = time.monotonic()
    report = run(acme, [path], load_mapping(f"{{site: {plant.slug}}}"), dry_run=True)
    seconds = time.monotonic() - began
    watch.over.set()
    watch.join()
    print(
        f"\ndry run of {MEGABYTES} MB, {report.samples:,} samples: {report.samples / seconds:,.0f}/s, "
        f"memory {before} MB before, at most {watch.most} MB"
    )
    assert report.rows == rows and report.samples == 2 * rows and report.duplicates == 0
    assert watch.most - before < 250
