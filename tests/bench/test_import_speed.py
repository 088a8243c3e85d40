"""Budget: history import at 100,000 samples a second or more, from a file of ten million."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv

from ingest.imports import load_mapping, run
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant

pytestmark = pytest.mark.bench
COLUMNS, ROWS = 8, 1_250_000
BUDGET = 100_000


def generate(path: Path) -> None:
    """One row a second, values with four digits, as a historian exports them."""
    chance = np.random.default_rng(1)
    start = np.datetime64("2023-01-01T00:00:00", "s")
    with arrow_csv.CSVWriter(
        path, pa.schema([("time", pa.string()), *((f"TT-{n}", pa.float64()) for n in range(COLUMNS))])
    ) as writer:
        for first in range(0, ROWS, 250_000):
            times = (start + np.arange(first, first + 250_000)).astype(str)
            values = [np.round(20 + np.cumsum(chance.normal(0, 0.02, 250_000)), 4) for _ in range(COLUMNS)]
            writer.write(pa.table([pa.array(np.char.replace(times, "T", " ")), *values], schema=writer_schema()))


def writer_schema() -> pa.Schema:
    return pa.schema([("time", pa.string()), *((f"TT-{n}", pa.float64()) for n in range(COLUMNS))])


@pytest.mark.parametrize("interval_s", [1.0, None], ids=["interval declared", "interval learned"])
def test_ten_million_samples(
    acme: TenantConnection, plant_of: Callable[..., Plant], tmp_path: Path, interval_s: float | None
) -> None:
    plant = plant_of(acme, [{"tag": f"TT-{n}", "name": "t", "interval_s": interval_s} for n in range(COLUMNS)])
    path = tmp_path / "history.csv"
    generate(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    preview = run(acme, [path], load_mapping(f"{{site: {plant.slug}}}"), dry_run=True)
    report = run(acme, [path], load_mapping(f"{{site: {plant.slug}}}"))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"\nimport of {report.samples:,} samples ({path.stat().st_size >> 20} MB): "
        f"{report.samples_per_s:,.0f} samples/s; "
        f"dry run {preview.samples_per_s:,.0f}/s; memory {before >> 10} to {after >> 10} MB"
    )
    assert report.samples == COLUMNS * ROWS and report.duplicates == report.gaps == 0
    assert report.samples_per_s >= BUDGET
