from django.urls import path

from ingest import correction_views, import_views, openapi, views

urlpatterns = [
    path("write", views.write, name="write"),
    path("api/v2/write", views.write, name="write-v2"),
    path("ping", views.ping, name="ping"),
    path("api/v1/imports", import_views.ImportsView.as_view(), name="imports"),
    path("api/v1/imports/<str:id>", import_views.ImportView.as_view(), name="import"),
    path("api/v1/imports/<str:id>/start", import_views.ImportStartView.as_view(), name="import-start"),
    path("api/v1/imports/<str:id>/cancel", import_views.ImportCancelView.as_view(), name="import-cancel"),
    path("api/v1/imports/<str:id>/ranges", import_views.ImportRangesView.as_view(), name="import-ranges"),
    path("api/v1/imports/<str:id>/undo", correction_views.ImportUndoView.as_view(), name="import-undo"),
    path("api/v1/corrections", correction_views.CorrectionsView.as_view(), name="corrections"),
    path("api/v1/corrections/<str:id>", correction_views.CorrectionView.as_view(), name="correction"),
    path("api/v1/corrections/<str:id>/start", correction_views.CorrectionStartView.as_view(), name="correction-start"),
    path(
        "api/v1/corrections/<str:id>/cancel", correction_views.CorrectionCancelView.as_view(), name="correction-cancel"
    ),
    path("api/v1/corrections/<str:id>/undo", correction_views.CorrectionUndoView.as_view(), name="correction-undo"),
]

openapi.declare()
