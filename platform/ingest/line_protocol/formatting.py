"""Validated points as lines for InfluxDB."""

from __future__ import annotations

from kernel.batch import Batch
from stores.timeseries.lines import quoted_value

QUALITY = (",quality=0i ", ",quality=1i ", ",quality=2i ", " ")
NO_QUALITY = 3  # of a point that was stored without one


def lines_of(batch: Batch) -> list[bytes]:
    """One line per point, times in ns. The quality is always written: an overwrite keeps fields that it lacks."""
    heads = [f"{site},sensor={sensor} " for site, sensor in batch.sensors]
    columns = zip(batch.i.tolist(), batch.t.tolist(), batch.v.tolist(), batch.q.tolist(), strict=True)
    if not batch.texts:
        return [f"{heads[i]}value={v!r}{QUALITY[q]}{t}".encode() for i, t, v, q in columns]
    texts = batch.texts
    return [
        f"{heads[i]}{quoted_text(texts[k]) if k in texts else f'value={v!r}'}{QUALITY[q]}{t}".encode()
        for k, (i, t, v, q) in enumerate(columns)
    ]


def quoted_text(text: str) -> str:
    """The field `text`, escaped."""
    return f"text={quoted_value(text)}"
