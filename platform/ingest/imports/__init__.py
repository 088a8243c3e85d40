"""Import of history files, wide (a column per sensor) or long (a row per sample), by a mapping."""

from ingest.imports.mapping.loading import load_mapping
from ingest.imports.mapping.model import Column, Mapping, TimeRule
from ingest.imports.report.model import ImportProgress, ImportReport
from ingest.imports.run import run

__all__ = ["Column", "ImportProgress", "ImportReport", "Mapping", "TimeRule", "load_mapping", "run"]
