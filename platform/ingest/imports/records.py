"""An import as it is shown, and as it is stored.

The record, which lists read, is small: names of files, mapping and report are stored apart in `DETAILS`, and the record
has the first file and the report's totals.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from ingest.imports.report.model import ImportProgress, ImportReport
from kernel.tenancy import TenantConnection
from stores.documents import Document
from web.stores import documents

COLLECTION, DETAILS, RANGES = "imports", "import_details", "import_ranges"
LISTS_OF_REPORT = ("sensors", "new_sensors", "problems", "files", "preview")
# Of records that earlier versions stored; the others have them in DETAILS.
BULKY = ("mapping", *(f"report.{name}" for name in LISTS_OF_REPORT))
State = Literal["queued", "running", "done", "failed", "cancelled"]


class ImportFile(Struct, frozen=True):
    """One uploaded file."""

    name: str
    size: Annotated[int, Meta(description="Bytes, as uploaded")]


class ImportJob(Struct, frozen=True, kw_only=True):
    """One import of history files."""

    id: Annotated[str, Meta(description="Such as i7k2m9q4xwa")]
    state: State
    dry_run: Annotated[bool, Meta(description="Only report what would be done; `start` then does it")]
    files: Annotated[list[ImportFile], Meta(description="In a list of imports only the first")]
    mapping: Annotated[str, Meta(description="The mapping as it was sent, JSON or YAML; in a list of imports empty")]
    created: Annotated[int, Meta(description="Epoch ms")]
    created_by: str
    progress: ImportProgress
    startable: Annotated[bool, Meta(description="The files of a finished dry run are still here")] = False
    finished: Annotated[int | None, Meta(description="Epoch ms")] = None
    report: Annotated[ImportReport | None, Meta(description="In a list of imports only its totals")] = None
    error: Annotated[str | None, Meta(description="Why it failed")] = None
    attempts: Annotated[int, Meta(description="How many attempts have been started")] = 0
    source: Annotated[
        Literal["upload", "command", "simulator"],
        Meta(description="What runs it: a worker (upload), the command `import_history`, or the demo's simulator"),
    ] = "upload"
    file_count: Annotated[int, Meta(description="Number of files")] = 0


class WrittenRange(Struct, frozen=True):
    """The range of what an import wrote for one sensor; `samples` counts a sample written twice as two."""

    sensor: str
    start: Annotated[int, Meta(description="Epoch ms of the first")]
    end: Annotated[int, Meta(description="Epoch ms of the last")]
    samples: int


class ImportRanges(Struct, frozen=True):
    """`undoable`: what was written, and what it replaced, is still kept."""

    ranges: list[WrittenRange]
    undoable: bool


class ImportJobList(Struct, frozen=True):
    results: list[ImportJob]
    next: str | None = None


def new_record(tenant: TenantConnection, job: ImportJob) -> Document:
    """The record to be added, once its details are stored."""
    document: Document = msgspec.to_builtins(job)
    document.pop("startable")
    details = {"_id": document.pop("id"), "files": document["files"], "mapping": document["mapping"]}
    documents(tenant).insert(DETAILS, details)
    return {"_id": job.id, **document, **_first_of(job.files), "mapping": "", "report": totals_of(job.report)}


def store_files(tenant: TenantConnection, id: str, files: list[ImportFile]) -> dict[str, Any]:
    """Stores the names of all; what the record says of them."""
    plain = msgspec.to_builtins(files)
    documents(tenant).change(DETAILS, id, lambda details: {**details, "files": plain})
    return _first_of(files)


def _first_of(files: list[ImportFile]) -> dict[str, Any]:
    return {"files": msgspec.to_builtins(files[:1]), "file_count": len(files)}


def store_report(tenant: TenantConnection, id: str, report: ImportReport) -> Any:
    """Stores the whole of it; its totals, for the record."""
    plain = msgspec.to_builtins(report)
    if documents(tenant).get(DETAILS, id) is None:  # of a record that an earlier version stored
        return plain
    documents(tenant).change(DETAILS, id, lambda details: {**details, "report": plain})
    return totals_of(report)


def totals_of(report: ImportReport | None) -> Any:
    empty: dict[str, Any] = {name: [] for name in LISTS_OF_REPORT}
    return report and msgspec.to_builtins(msgspec.structs.replace(report, **empty))


def whole(tenant: TenantConnection, record: Document) -> Document:
    """The record with its details."""
    details = documents(tenant).get(DETAILS, record["_id"]) or {}
    known: dict[str, Any] = {name: details[name] for name in ("files", "mapping") if name in details}
    if record.get("report") and "report" in details:
        known["report"] = details["report"]
    return {**record, **known}


def import_job(record: Document, startable: bool) -> ImportJob:
    count = record.get("file_count", len(record["files"]))
    shown = {"id": record["_id"], "startable": startable, "file_count": count}
    return msgspec.convert({"mapping": "", **record, **shown}, ImportJob)


def in_short(record: Document, startable: bool) -> ImportJob:
    """As lists show it, also a record of an earlier version."""
    job = import_job({**record, "mapping": ""}, startable)
    report = job.report and msgspec.convert(totals_of(job.report), ImportReport)
    return msgspec.structs.replace(job, report=report, files=job.files[:1])
