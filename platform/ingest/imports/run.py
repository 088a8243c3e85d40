"""One import: files, by a mapping, into a tenant; or a dry run of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from catalog.models import Site
from catalog.operations import learn_intervals
from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from ingest.changes.journal import Journal
from ingest.changes.journaling import KeepingWriter
from ingest.imports.formats.readers import open_reader
from ingest.imports.mapping.model import Mapping
from ingest.imports.reading.cells import Reader
from ingest.imports.reading.file import FileReader
from ingest.imports.reading.layout import Layout, look_through, plan_layout
from ingest.imports.reading.new_sensors import DraftedCatalog, make_sensors
from ingest.imports.report.compare import StoredSamples
from ingest.imports.report.model import ImportedFile, ImportProgress, ImportReport, Told
from ingest.imports.report.recorder import Recorder
from ingest.imports.report.spill import Aside
from ingest.imports.times.formats import settle
from ingest.validation import Catalog
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from runtime.home import Home
from web.stores import reader

TELL_S = 0.5
MAX_CHECKED_BYTES = 64 << 20  # whose times are looked at while the uploader waits


def run(
    tenant: TenantConnection,
    files: Sequence[Path],
    mapping: Mapping,
    dry_run: bool = False,
    told: Told = lambda progress: None,
    journal: Journal | None = None,
) -> ImportReport:
    """Import the files in this order (later rows replace earlier ones of the same time). Run again, it changes nothing.

    `told` hears of the progress about twice a second and may raise Cancelled. BadRequest for a mapping or a file that
    cannot be meant; cells and rows that cannot be read are counted and named in the report, and the rest is taken.
    `journal` keeps what is written and what that replaces, so that the import can be undone.
    """
    began = time.monotonic()
    catalog = DraftedCatalog(snapshot_of(tenant))
    site = site_of(catalog, mapping)
    plans = _plan_all(files, mapping, catalog, site)
    if catalog.drafts and not dry_run:
        catalog = make_sensors(tenant, catalog, _readers(plans))
    with ExitStack() as stack:
        progress = ImportProgress(total_bytes=sum(plan.bytes for plan in plans))
        aside = stack.enter_context(Aside(Home.from_environment().folder("uploads")))
        writer: BulkWriter | KeepingWriter | None = None
        if not dry_run:
            writer = _writer(tenant, journal)
            stack.enter_context(writer)
        recorder = Recorder(aside, writer, StoredSamples(reader(tenant)) if dry_run else None)
        bell = _Bell(told, progress, recorder)
        for plan in plans:
            _read(plan, catalog, site, recorder, bell)
            bell.end_file(plan.bytes)
        if writer is not None:
            writer.flush()
        report = recorder.finish(lambda: bell.ring("", 0))
    report.new_sensors = catalog.told
    if not dry_run:
        open_ = {part.sensor for part in report.sensors if catalog.sensors[part.sensor].interval_s is None}
        learn_intervals(tenant, {p.sensor: p.interval_s for p in report.sensors if p.interval_s and p.sensor in open_})
    report.seconds = round(time.monotonic() - began, 3)
    report.samples_per_s = round(report.samples / max(report.seconds, 0.001))
    progress.rows, progress.samples = report.rows, report.samples
    told(progress)
    return report


def _writer(tenant: TenantConnection, journal: Journal | None) -> BulkWriter | KeepingWriter:
    return BulkWriter(tenant, "ns") if journal is None else KeepingWriter(tenant, journal)


def check(tenant: TenantConnection, files: Sequence[Path], mapping: Mapping) -> None:
    """BadRequest if `run` could not even begin: a site, a sensor, a column or a time format that is not there.

    Of large files only so much is read; the rest may still show that the times are in another format.
    """
    catalog = DraftedCatalog(snapshot_of(tenant))
    site = site_of(catalog, mapping)
    _plan_all(files, mapping, catalog, site, MAX_CHECKED_BYTES)


@dataclass(slots=True)
class _Plan:
    path: Path
    mapping: Mapping
    layout: Layout | None
    encoding: str
    bytes: int
    searched: bool  # all of its times were looked at


def _plan_all(
    files: Sequence[Path], mapping: Mapping, catalog: DraftedCatalog, site: Site, max_bytes: int | None = None
) -> list[_Plan]:
    """Every file is opened and understood before the first sample is written; a mapped column must be in one."""
    plans: list[_Plan] = []
    for path in files:
        plans.append(_plan(path, mapping, catalog, site, max_bytes))
        max_bytes = None if max_bytes is None else max(0, max_bytes - plans[-1].bytes)
    layouts = [plan.layout for plan in plans if plan.layout is not None]
    there = {name for layout in layouts for name in layout.columns}
    for layout in layouts:
        if absent := [name for name in layout.absent if name not in there]:
            raise BadRequest(
                f"{layout.name} has no column {', '.join(map(repr, absent[:20]))}, which the mapping names"
                f"{'' if len(layouts) == 1 else ', nor has any other file'}; "
                f"its columns are {', '.join(layout.headers[:30])}.",
                slug="bad-mapping",
            )
    _refuse_one_start_for_several(layouts)
    searches = [times.search for layout in layouts for times in layout.times if times.declared is None]
    settle(searches, complete=all(plan.searched for plan in plans))
    return plans


def _refuse_one_start_for_several(layouts: Sequence[Layout]) -> None:
    """Files without times that all begin at one moment would replace each other's samples."""
    seen: dict[tuple[str, str], str] = {}
    for layout in layouts:
        if layout.mapping.time.start is None or layout.long:
            continue
        for sensor in (column.sensor for column in filter(None, layout.columns.values())):
            key = str(layout.mapping.time.start), sensor.id
            if (other := seen.setdefault(key, layout.name)) != layout.name:
                raise BadRequest(
                    f"{other} and {layout.name} both hold {sensor.tag} and begin at time.start; give each its own in "
                    "`files`, or say with time.date_in_name where their names hold it.",
                    slug="bad-mapping",
                )


def _readers(plans: Sequence[_Plan]) -> Iterator[Reader]:
    for plan in plans:
        columns = {} if plan.layout is None else plan.layout.columns
        yield from filter(None, columns.values())


def _plan(path: Path, mapping: Mapping, catalog: DraftedCatalog, site: Site, max_bytes: int | None) -> _Plan:
    mapping = mapping.for_file(path.name)
    with closing(open_reader(path, mapping)) as rows:
        head = rows.head()
        mapping = rows.adapt(mapping)
        layout = None if head is None else plan_layout(rows.name, head, mapping, catalog, site)
        searched = layout is None or look_through(rows, layout, catalog, site, max_bytes)
        return _Plan(path, mapping, layout, rows.encoding, path.stat().st_size, searched)


def _read(plan: _Plan, catalog: DraftedCatalog, site: Site, recorder: Recorder, bell: _Bell) -> None:
    if plan.layout is None:
        recorder.report.files.append(ImportedFile(plan.path.name, "", plan.encoding, [], note="the file is empty"))
        return
    with closing(open_reader(plan.path, plan.mapping)) as rows:
        rows.head()
        file = FileReader(rows, plan.layout, catalog, site, recorder)
        recorder.report.files.append(file.report)
        file.read(lambda done: bell.ring(plan.path.name, done))


class _Bell:
    """Tells of the progress, not more often than twice a second."""

    def __init__(self, told: Told, progress: ImportProgress, recorder: Recorder) -> None:
        self._told, self._progress, self._recorder = told, progress, recorder
        self._before, self._rang = 0, 0.0

    def end_file(self, size: int) -> None:
        self._before += size
        self._progress.bytes = self._before

    def ring(self, file: str, done: int) -> None:
        now = time.monotonic()
        if now - self._rang < TELL_S:
            return
        self._rang, progress, report = now, self._progress, self._recorder.report
        progress.file, progress.bytes = file, self._before + done
        progress.rows, progress.samples = report.rows, report.samples
        self._told(progress)


def site_of(catalog: Catalog, mapping: Mapping) -> Site:
    site = catalog.site(mapping.site)
    if site is None:
        slugs = ", ".join(sorted(site.slug for site in catalog.sites.values())) or "none"
        raise BadRequest(f"The mapping names the site {mapping.site!r}; the sites are: {slugs}.", slug="unknown-site")
    return site
