"""Loads the SKAB recordings, where they lie beside the project, through the import that people use."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from ingest.imports.mapping.model import Mapping, load_mapping
from ingest.imports.report.model import ImportReport as Report
from ingest.imports.run import run
from kernel.tenancy import TenantConnection
from runtime.home import PROJECT

MAPPING = Path(__file__).with_name("skab.yaml")
FOLDERS = ("anomaly-free", "other", "valve2", "valve1")


def folder() -> Path | None:
    """`skab/` of PLANTRACE_SHARED_DATA, or of ../shared/data beside the project; None where there is none."""
    found = Path(settings.SHARED_DATA or PROJECT.parent / "shared" / "data") / "skab"
    return found if (found / "valve1").is_dir() else None


def files(skab: Path) -> list[Path]:
    """All recordings; valve1/0-5 last, so that its morning decides where files share rows."""
    return [path for name in FOLDERS for path in sorted((skab / name).glob("*.csv"))]


def mapping() -> Mapping:
    return load_mapping(MAPPING.read_text())


def load(tenant: TenantConnection, skab: Path) -> Report:
    """Can be run again: the same rows are the same samples."""
    return run(tenant, files(skab), mapping())
