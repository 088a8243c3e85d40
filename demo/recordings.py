"""Loads the SKAB recordings, if they are next to the project, through the ordinary import."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from ingest.imports.mapping.loading import load_mapping
from ingest.imports.mapping.model import Mapping
from ingest.imports.report.model import ImportReport
from ingest.imports.run import run
from kernel.tenancy import TenantConnection
from runtime.home import PROJECT

MAPPING = Path(__file__).with_name("skab.yaml")
FOLDERS = ("anomaly-free", "other", "valve2", "valve1")


def folder() -> Path | None:
    """`skab/` in PLANTRACE_SHARED_DATA or, by default, in ../shared/data next to the project; None if missing."""
    found = Path(settings.SHARED_DATA or PROJECT.parent / "shared" / "data") / "skab"
    return found if (found / "valve1").is_dir() else None


def files(skab: Path) -> list[Path]:
    """All recordings, in the order of FOLDERS: where files share rows, the last one wins."""
    return [path for name in FOLDERS for path in sorted((skab / name).glob("*.csv"))]


def mapping() -> Mapping:
    return load_mapping(MAPPING.read_text())


def load(tenant: TenantConnection, skab: Path) -> ImportReport:
    """Import the recordings. Idempotent."""
    return run(tenant, files(skab), mapping())
