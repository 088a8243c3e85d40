"""Raw samples, page by page. A page ends at a sample's nanosecond, so no sample is lost or repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.models import Sensor
from historian.read.plan import pieces_of_samples
from historian.read.raw import read_page
from historian.read.sources import Sources, sources_of
from historian.rungs.units import shown_raw
from kernel.tenancy import TenantConnection
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import Raw, Window
from web.pacing import Pace


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor`: the time (ns) of the last sample, None on the last page; `span`: the range that the page covers."""

    raw: Raw
    cursor: int | None
    span: TimeRange


def raw_page(tenant: TenantConnection, sensor: Sensor, span: TimeRange, after: int | None, limit: int) -> Page:
    """Up to `limit` samples of `span` after the time `after` (ns), including any that arrived since the last page."""
    return page_of(sources_of(tenant), sensor, span, after, limit)


def page_of(sources: Sources, sensor: Sensor, span: TimeRange, after: int | None, limit: int) -> Page:
    """The same from given sources. The last page of one is followed by the first page of the next."""
    since = span.start if after is None else after // NS_PER_MS
    pieces = list(pieces_of_samples(TimeRange(since, span.end), sources.tiers))
    for piece in pieces:
        window = Window.of(piece.span)
        if after is not None:
            window = Window(max(after + 1, window.start), window.end)
        found, cursor = read_page(sources.place(piece.source), sensor, window, limit)
        if cursor is None and piece is not pieces[-1]:
            cursor = window.end - 1
        if len(found):
            break
    until = span.end if cursor is None else cursor // NS_PER_MS
    return Page(shown_raw(sensor, found), cursor, TimeRange(since, until))


def raw_pages(tenant: TenantConnection, sensor: Sensor, span: TimeRange, limit: int) -> Iterator[Raw]:
    """All samples of `span`, page by page, with pauses while others read."""
    return Pace(tenant).long_read(_pages(tenant, sensor, span, limit))


def _pages(tenant: TenantConnection, sensor: Sensor, span: TimeRange, limit: int) -> Iterator[Raw]:
    cursor: int | None = None
    while True:
        page = raw_page(tenant, sensor, span, cursor, limit)
        yield page.raw
        cursor = page.cursor
        if cursor is None:
            return
