"""Raw reads of unknown size: plain samples up to a limit, beyond it rows of narrow buckets.

A sensor may report a thousand times as often as its interval says, so a minute can have millions of samples.
"""

from __future__ import annotations

from catalog.models import Sensor
from historian.read.counting import count
from historian.read.plan import Piece
from historian.read.planner import too_many_samples
from historian.read.raw import stream_raw
from historian.read.sources import Sources
from historian.rungs.folding import RowsFold
from historian.rungs.rows import Rows
from historian.rungs.sensors import is_text
from kernel.times import TimeRange
from stores.samples import Raw, joined_raw, no_samples

MAX_WHOLE = 250_000  # samples that one query holds
MAX_STREAMED = 20_000_000  # samples per read; InfluxDB sends about two million per second
MAX_ROWS = 60_000  # rows per read that replace its samples


def read_bounded(
    sources: Sources, sensor: Sensor, piece: Piece, limit: int, with_states: bool, width: int
) -> Raw | Rows:
    """A piece of samples; if they are more than `limit`, rows of buckets `width` ms wide.

    They are counted as they arrive. Raises BadRequest where there are more than MAX_STREAMED.
    """
    parts: list[Raw] = []
    held, fold = 0, RowsFold(width, sensor, with_states)
    stream = stream_raw(sources.place(piece.source), sensor, piece.span)
    for raw in stream:
        parts.append(raw)
        held += len(raw)
        if held > limit:
            _ensure_streamable(sources, sensor, piece.span)
            break
    else:
        return joined_raw(parts) if parts else no_samples(is_text(sensor))
    for raw in parts:
        fold.add(raw)
    parts.clear()
    for raw in stream:
        fold.add(raw)
    return fold.rows()


def width_of_rows(span: TimeRange) -> int:
    """In ms: so wide that a range has MAX_ROWS buckets at most."""
    return -(-span.width // MAX_ROWS)


def _ensure_streamable(sources: Sources, sensor: Sensor, span: TimeRange) -> None:
    samples = count(sources, [sensor], span)
    if samples > MAX_STREAMED:
        longest = int(span.width * MAX_STREAMED / samples)
        raise too_many_samples(span, span, samples, longest, MAX_STREAMED)
