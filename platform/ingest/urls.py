from django.urls import path

from ingest.corrections import views as corrections
from ingest.imports import views as imports
from ingest.sources.registry import SOURCES

urlpatterns = [
    *(pattern for source in SOURCES for pattern in source.urlpatterns),
    path("api/v1/imports", imports.ImportsView.as_view(), name="imports"),
    path("api/v1/imports/<str:id>", imports.ImportView.as_view(), name="import"),
    path("api/v1/imports/<str:id>/start", imports.ImportStartView.as_view(), name="import-start"),
    path("api/v1/imports/<str:id>/cancel", imports.ImportCancelView.as_view(), name="import-cancel"),
    path("api/v1/imports/<str:id>/ranges", imports.ImportRangesView.as_view(), name="import-ranges"),
    path("api/v1/imports/<str:id>/undo", corrections.ImportUndoView.as_view(), name="import-undo"),
    path("api/v1/corrections", corrections.CorrectionsView.as_view(), name="corrections"),
    path("api/v1/corrections/<str:id>", corrections.CorrectionView.as_view(), name="correction"),
    path("api/v1/corrections/<str:id>/start", corrections.CorrectionStartView.as_view(), name="correction-start"),
    path("api/v1/corrections/<str:id>/cancel", corrections.CorrectionCancelView.as_view(), name="correction-cancel"),
    path("api/v1/corrections/<str:id>/undo", corrections.CorrectionUndoView.as_view(), name="correction-undo"),
]

for source in SOURCES:
    source.describe()
