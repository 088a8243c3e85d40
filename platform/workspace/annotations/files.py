"""Files of annotations."""

from __future__ import annotations

from kernel.ids import ANNOTATION
from kernel.tenancy import TenantConnection
from web.attachments import LEFT_S, AttachmentKind
from web.kept_files import KeptFiles
from workspace.annotations.models import AnnotationFile
from workspace.annotations.repository import ANNOTATIONS

FILES = KeptFiles(AttachmentKind("annotations", folder=True), ANNOTATION, AnnotationFile)
put, settle, read, note, remove = FILES.put, FILES.settle, FILES.read, FILES.note, FILES.remove


def sweep(tenant: TenantConnection, age_s: float = LEFT_S) -> None:
    """Remove files that no annotation names."""
    FILES.sweep(tenant, lambda: (file for each in ANNOTATIONS.find(tenant) for file in each.files), age_s)
