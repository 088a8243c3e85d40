"""One import of files into a tenant by a mapping, or its dry run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from catalog.models import Site
from catalog.operations import infer_intervals
from catalog.snapshot import SCOPE, snapshot_of
from historian.read.sources import sources_of
from ingest.bulk import BulkWriter
from ingest.changes import put_back
from ingest.changes.journal import Journal
from ingest.changes.journaling import JournalingWriter
from ingest.imports.formats.budget import Budget, Look, LookEnded
from ingest.imports.formats.readers import open_reader
from ingest.imports.mapping.model import Mapping
from ingest.imports.reading.cells import Reader
from ingest.imports.reading.file import FileReader
from ingest.imports.reading.file_clocks import HistoryFile, clocks_of_files
from ingest.imports.reading.layout import Layout, plan_layout, scan_names
from ingest.imports.reading.new_sensors import DraftedCatalog, make_sensors
from ingest.imports.report.compare import StoredSamples
from ingest.imports.report.model import ImportedFile, ImportProgress, ImportReport, ProgressCallback
from ingest.imports.report.recorder import Recorder
from ingest.imports.report.spill import SampleSpill
from ingest.imports.times.formats import settle
from ingest.validation import Catalog
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from runtime.home import Home
from web.stores import documents

REPORT_INTERVAL_S = 0.5
MAX_CHECKED_BYTES = 64 << 20  # unpacked, searched for time formats while the uploader waits


def run(
    tenant: TenantConnection,
    files: Sequence[Path],
    mapping: Mapping,
    dry_run: bool = False,
    on_progress: ProgressCallback = lambda progress: None,
    journal: Journal | None = None,
) -> ImportReport:
    """Imports the files; of equal times the later row in this order wins. Running it again changes nothing.

    `on_progress` is called about twice a second and may raise Cancelled. BadRequest for a wrong mapping or file; cells
    and rows that cannot be read are counted and named in the report, and the rest is imported.
    `journal` records what is written and what that replaces, so that the import can be undone.
    """
    began = time.monotonic()
    catalog = _settled_catalog(tenant)
    site = site_of(catalog, mapping)
    plans = _plan_all(files, mapping, catalog, site)
    if catalog.drafts and not dry_run:
        catalog = make_sensors(tenant, catalog, _readers(plans))
    with ExitStack() as stack:
        progress = ImportProgress(total_bytes=sum(plan.bytes for plan in plans))
        spill = stack.enter_context(SampleSpill(Home.from_environment().folder("uploads")))
        writer: BulkWriter | JournalingWriter | None = None
        if not dry_run:
            writer = _writer(tenant, journal)
            stack.enter_context(writer)
        recorder = Recorder(spill, writer, StoredSamples(sources_of(tenant)) if dry_run else None)
        reporter = _ProgressReporter(on_progress, progress, recorder)
        history = [HistoryFile(plan.layout, partial(open_reader, plan.path, plan.mapping)) for plan in plans]
        clocks = clocks_of_files(history, catalog, site, spill, lambda _: reporter.update("", 0))
        for plan, recorder.clocks in zip(plans, clocks, strict=True):
            _read(plan, catalog, site, recorder, reporter)
            reporter.end_file(plan.bytes)
        if writer is not None:
            writer.flush()
        report = recorder.finish(lambda: reporter.update("", 0))
    report.new_sensors = catalog.new
    if not dry_run:
        open_ = {part.sensor for part in report.sensors if catalog.sensors[part.sensor].interval_s is None}
        infer_intervals(tenant, {p.sensor: p.interval_s for p in report.sensors if p.interval_s and p.sensor in open_})
    report.seconds = round(time.monotonic() - began, 3)
    report.samples_per_s = round(report.samples / max(report.seconds, 0.001))
    progress.rows, progress.samples = report.rows, report.samples
    on_progress(progress)
    return report


def _settled_catalog(tenant: TenantConnection) -> DraftedCatalog:
    """Read under the catalog's lock: a change of unit is in it, or is decided later and finds this import running."""
    with documents(tenant).exclusive(SCOPE):
        return DraftedCatalog(snapshot_of(tenant))


def _writer(tenant: TenantConnection, journal: Journal | None) -> BulkWriter | JournalingWriter:
    if journal is None:
        return BulkWriter(tenant, "ns")
    put_back(tenant)  # before it is looked what the import replaces
    return JournalingWriter(tenant, journal)


def check(tenant: TenantConnection, files: Sequence[Path], mapping: Mapping) -> None:
    """BadRequest if `run` could not even start: an unknown site, sensor, column or time format.

    Files that are large once they are unpacked are read in part only, or not at all if that takes long; `run` may still
    refuse them.
    """
    catalog = DraftedCatalog(snapshot_of(tenant))
    _plan_all(files, mapping, catalog, site_of(catalog, mapping), Look())


@dataclass(slots=True)
class _Plan:
    path: Path
    mapping: Mapping
    layout: Layout | None
    encoding: str
    bytes: int
    unpacked: int  # of its bytes, those that were read for this
    searched: bool  # all of its times were searched


def _plan_all(
    files: Sequence[Path], mapping: Mapping, catalog: DraftedCatalog, site: Site, look: Look | None = None
) -> list[_Plan]:
    """Plans the layout of every file before the first sample is written; each mapped column must be in one of them.

    With a look, what it may not read is left out.
    """
    plans: list[_Plan] = []
    max_bytes = None if look is None else MAX_CHECKED_BYTES
    for path in files:
        try:
            budget = Budget(path) if look is None else look.budget(path)
            plans.append(_plan(path, mapping, catalog, site, budget, max_bytes))
        except LookEnded:
            continue
        max_bytes = None if max_bytes is None else max(0, max_bytes - plans[-1].unpacked)
    complete = len(plans) == len(files)
    layouts = [plan.layout for plan in plans if plan.layout is not None]
    there = {name for layout in layouts for name in layout.columns}
    for layout in layouts:
        if complete and (absent := [name for name in layout.absent if name not in there]):
            raise BadRequest(
                f"{layout.name} has no column {', '.join(map(repr, absent[:20]))}, which the mapping names"
                f"{'' if len(layouts) == 1 else ', nor has any other file'}; "
                f"its columns are {', '.join(layout.headers[:30])}.",
                slug="bad-mapping",
            )
    _refuse_one_start_for_several(layouts)
    searches = [times.search for layout in layouts for times in layout.times if times.declared is None]
    settle(searches, complete=complete and all(plan.searched for plan in plans))
    return plans


def _refuse_one_start_for_several(layouts: Sequence[Layout]) -> None:
    """Files without times that start at the same moment would replace each other's samples."""
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


def _plan(
    path: Path, mapping: Mapping, catalog: DraftedCatalog, site: Site, budget: Budget, max_bytes: int | None
) -> _Plan:
    mapping = mapping.for_file(path.name)
    with closing(open_reader(path, mapping, budget)) as rows:
        head = rows.head()
        mapping = rows.adapt(mapping)
        layout = None if head is None else plan_layout(rows.name, head, mapping, catalog, site)
        is_enough = None if max_bytes is None else lambda: budget.bytes > max_bytes
        searched = layout is None or scan_names(rows, layout, catalog, site, is_enough)
        return _Plan(path, mapping, layout, rows.encoding, path.stat().st_size, budget.bytes, searched)


def _read(plan: _Plan, catalog: DraftedCatalog, site: Site, recorder: Recorder, reporter: _ProgressReporter) -> None:
    if plan.layout is None:
        recorder.report.files.append(ImportedFile(plan.path.name, "", plan.encoding, [], note="the file is empty"))
        return
    with closing(open_reader(plan.path, plan.mapping)) as rows:
        rows.head()
        file = FileReader(rows, plan.layout, catalog, site, recorder)
        recorder.report.files.append(file.report)
        file.read(lambda done: reporter.update(plan.path.name, done))


class _ProgressReporter:
    """Reports progress at most twice a second."""

    def __init__(self, on_progress: ProgressCallback, progress: ImportProgress, recorder: Recorder) -> None:
        self._on_progress, self._progress, self._recorder = on_progress, progress, recorder
        self._before, self._reported_at = 0, 0.0

    def end_file(self, size: int) -> None:
        self._before += size
        self._progress.bytes = self._before

    def update(self, file: str, done: int) -> None:
        now = time.monotonic()
        if now - self._reported_at < REPORT_INTERVAL_S:
            return
        self._reported_at, progress, report = now, self._progress, self._recorder.report
        progress.file, progress.bytes = file, self._before + done
        progress.rows, progress.samples = report.rows, report.samples
        self._on_progress(progress)


def site_of(catalog: Catalog, mapping: Mapping) -> Site:
    site = catalog.site(mapping.site)
    if site is None:
        slugs = ", ".join(sorted(site.slug for site in catalog.sites.values())) or "none"
        raise BadRequest(f"The mapping names the site {mapping.site!r}; the sites are: {slugs}.", slug="unknown-site")
    return site
