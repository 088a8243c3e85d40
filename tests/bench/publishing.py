"""Publishes results between the marks in docs/benchmarks.md; those of a dry run next to the data."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.bench.query.report import replace_parts
from tests.isolation import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
REHEARSED = ROOT / "var" / "bench" / "benchmarks.md"


def document(parts: dict[str, str], scale: float) -> Path:
    """A dry run must not pass for real results."""
    if scale == 1:
        return DOCUMENT
    if not REHEARSED.exists() or not all(f"<!-- bench:{name} -->" in REHEARSED.read_text() for name in parts):
        REHEARSED.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DOCUMENT, REHEARSED)
    return REHEARSED


def publish(parts: dict[str, str], scale: float) -> Path:
    """Print the results and insert each between its marks. Returns where they are."""
    print("\n\n" + "\n\n".join(parts.values()))
    path = document(parts, scale)
    path.write_text(replace_parts(path.read_text(), parts))
    return path
