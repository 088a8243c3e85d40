"""Sets of time spans, as sorted lists of half-open (start, end) in ms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Span = tuple[int, int]
Spans = tuple[Span, ...]


def merge_spans(spans: Iterable[Sequence[int]]) -> Spans:
    """Merge spans that touch or overlap."""
    out: list[Span] = []
    for start, end in sorted((span[0], span[1]) for span in spans if span[0] < span[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def missing(covered: Iterable[Sequence[int]], start: int, end: int) -> Spans:
    """The parts of [start, end) that are not covered."""
    out: list[Span] = []
    for begin, until in merge_spans(covered):
        if until <= start or begin >= end:
            continue
        if begin > start:
            out.append((start, begin))
        start = until
    if start < end:
        out.append((start, end))
    return tuple(out)


def newest_first(spans: Iterable[Span], chunk: int) -> Iterable[Span]:
    """Cut spans at multiples of `chunk`, newest first."""
    for start, end in reversed(merge_spans(spans)):
        while start < end:
            begin = max(start, (end - 1) // chunk * chunk)
            yield begin, end
            end = begin


def length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)
