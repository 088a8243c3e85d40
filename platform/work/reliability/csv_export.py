"""Reliability by asset as CSV. Pure."""

from __future__ import annotations

import csv
import io

from kernel.spreadsheets import escape_formula
from work.reliability.models import ConfidenceInterval, Reliability

_COLUMNS = (
    "asset", "name", "type", "failures", "operating_h", "downtime_h", "mtbf_h", "mtbf_low_h", "mtbf_high_h", "mttr_h",
    "mttr_low_h", "mttr_high_h", "availability", "trend", "basis", "counted_by",
)  # fmt: skip


def csv_text(found: Reliability) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in found.rows:
        names = [escape_formula(text) for text in (row.asset.tag, row.asset.name, row.type)]
        figures = [row.failures, row.operating_h, row.downtime_h, row.mtbf_h, *_ends(row.mtbf_interval)]
        rest = [row.mttr_h, *_ends(row.mttr_interval), row.availability]
        words = [row.trend.verdict, row.basis, escape_formula(row.counted_by or "")]
        writer.writerow(["" if cell is None else cell for cell in (*names, *figures, *rest, *words)])
    return out.getvalue()


def _ends(interval: ConfidenceInterval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)
