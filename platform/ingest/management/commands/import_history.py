"""Imports history files into a tenant."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ingest.imports import ImportProgress, ImportReport, load_mapping, run
from ingest.imports.command import run_recorded
from ingest.imports.formats.unpacking import is_zip, unpack
from kernel.errors import PlantraceError
from kernel.times import iso
from runtime.home import Home
from web.audit import audit
from web.clock import now_ms
from web.directory import directory

LOG_INTERVAL_S = 5.0


class Command(BaseCommand):
    help = "Import history files (wide or long) into a tenant by a mapping. Running it again changes nothing."
    requires_system_checks: list[str] = []
    _logged_at = 0.0
    _waits = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's slug")
        parser.add_argument("--mapping", required=True, type=Path, help="the mapping, YAML or JSON")
        parser.add_argument("--dry-run", action="store_true", help="only report what would be done")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
        parser.add_argument(
            "files",
            nargs="+",
            type=Path,
            help="CSV (also gzipped), .xlsx, Parquet, Arrow, or .zip of such, in the order of their time",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = directory().by_slug(options["tenant"])
        if tenant is None:
            raise CommandError(f"There is no ready tenant {options['tenant']!r}.")
        try:
            mapping = options["mapping"].read_text("utf-8-sig", "replace")
            with TemporaryDirectory(dir=Home.from_environment().folder("uploads")) as folder:
                paths = list(_unpacked(options["files"], Path(folder)))
                if options["dry_run"]:
                    id, report = "", run(tenant, paths, load_mapping(mapping), True, self._show_progress)
                else:
                    id, report = run_recorded(
                        tenant, paths, mapping, _current_user(), self._show_progress, self._show_waiting, now_ms
                    )
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        except PlantraceError as error:
            raise CommandError(error.detail) from None
        self._end_line()
        if not report.dry_run:
            files = [file.file for file in report.files]
            audit(None, "import.run", id, detail={"files": files, "samples": report.samples}, tenant=tenant.slug)
        if options["json"]:
            self.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        else:
            self.stdout.write("\n".join(summary(report)))

    def _show_progress(self, progress: ImportProgress) -> None:
        """One line that updates on a terminal, or a line every few seconds in a log."""
        share = 100 * progress.bytes / max(progress.total_bytes, 1)
        text = f"{share:5.1f} %  {progress.samples:,} samples  {progress.file[:40]:40}"
        if sys.stderr.isatty():
            self.stderr.write(f"\r{text}", ending="")
            self.stderr.flush()
        elif time.monotonic() - self._logged_at >= LOG_INTERVAL_S:
            self._logged_at = time.monotonic()
            self.stderr.write(text.rstrip())

    def _show_waiting(self) -> None:
        if not self._waits:
            self._waits = True
            self.stderr.write("Another import or correction of the tenant is running; this one waits for it.")

    def _end_line(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")


def _current_user() -> str:
    """The author: the operating system's user, if it has a name."""
    try:
        return f"{getpass.getuser()} (command)"
    except (KeyError, OSError):
        return "command"


def summary(report: ImportReport) -> list[str]:
    """The report as lines for a terminal."""
    when = (
        f"{iso(report.start)} to {iso(report.end)}"
        if report.start is not None and report.end is not None
        else "nothing"
    )
    verb = "would be loaded" if report.dry_run else "loaded"
    lines = [
        f"{report.samples:,} samples of {len(report.sensors)} sensors {verb} from {report.rows:,} rows, {when}",
        f"in {report.seconds:.1f} s ({report.samples_per_s:,.0f} samples/s)",
        f"{report.duplicates:,} duplicates ({report.identical:,} identical, {report.conflicting:,} conflicting, "
        f"{report.repeated_hour:,} in a repeated hour), {report.gaps:,} gaps, {report.missing:,} empty cells, "
        f"{report.bad:,} bad, {report.failed:,} failed",
    ]
    if report.dry_run and report.new is not None:
        lines.append(
            f"compared with stored: {report.new:,} new, {report.same:,} the same, {report.different:,} different"
        )
    if report.out_of_range:
        lines.append(f"{report.out_of_range:,} values outside their sensors' ranges")
    lines += [f"{part.tag}: {part.unit_note}" for part in report.sensors if part.unit_note]
    if report.repeated_hour_rows or report.skipped_hour_rows:
        lines.append(
            f"clock changes: {report.repeated_hour_rows:,} rows in a repeated hour, "
            f"{report.skipped_hour_rows:,} in a skipped hour"
        )
    lines += [f"{change.file}:{change.line}: {change.note}" for change in report.clock_changes if change.note]
    if report.bad_times or report.bad_rows:
        lines.append(f"not taken: {report.bad_times:,} rows without a valid time, {report.bad_rows:,} broken rows")
    lines += [f"unreadable in {name}: {count:,} cells" for name, count in report.unreadable_by_column.items()]
    for file in report.files:
        if file.unmapped:
            lines.append(f"{file.file}: not mapped: {', '.join(file.unmapped)}")
        if file.absent:
            lines.append(f"{file.file}: mapped but absent: {', '.join(file.absent)}")
        if file.note:
            lines.append(f"{file.file}: {file.note}")
    lines += [f"{p.file}:{p.line}: {p.column} {p.text!r} {p.why}" for p in report.problems]
    return lines


def _unpacked(files: Iterable[Path], folder: Path) -> Iterator[Path]:
    """The files, with archives replaced by their members."""
    for number, path in enumerate(files):
        if is_zip(path, path.name):
            yield from (place for _, place in unpack(path, path.name, folder / str(number)))
        else:
            yield path
