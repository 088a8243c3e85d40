"""Raw samples, page by page. A page ends at a sample's own nanosecond, so that none is lost or comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.models import Sensor
from historian.read.raw import read_page
from historian.rungs.samples import Raw
from historian.rungs.units import shown_raw
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from stores.timeseries import Window
from stores.timeseries.statements import NS_PER_MS
from web.stores import reader


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor`, the time in ns of the last sample, is None on the last page; `span` is what the page covers."""

    raw: Raw
    cursor: int | None
    span: TimeRange


def raw_page(tenant: TenantConnection, sensor: Sensor, span: TimeRange, after: int | None, limit: int) -> Page:
    """Up to `limit` samples of `span` that follow the moment `after` (ns), what came late between two pages too."""
    window = Window.of(span)
    if after is not None:
        window = Window(after + 1, window.end)
    raw, last = read_page(reader(tenant), sensor, window, limit)
    start = span.start if after is None else after // NS_PER_MS
    return Page(shown_raw(sensor, raw), last, TimeRange(start, span.end if last is None else last // NS_PER_MS))


def raw_pages(tenant: TenantConnection, sensor: Sensor, span: TimeRange, limit: int) -> Iterator[Raw]:
    """All samples of `span`, however many, a page at a time."""
    cursor: int | None = None
    while True:
        page = raw_page(tenant, sensor, span, cursor, limit)
        yield page.raw
        cursor = page.cursor
        if cursor is None:
            return
