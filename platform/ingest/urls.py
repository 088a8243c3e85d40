from django.urls import path

from ingest import import_views, openapi, views

urlpatterns = [
    path("write", views.write, name="write"),
    path("api/v2/write", views.write, name="write-v2"),
    path("ping", views.ping, name="ping"),
    path("api/v1/imports", import_views.ImportsView.as_view(), name="imports"),
    path("api/v1/imports/<str:id>", import_views.ImportView.as_view(), name="import"),
    path("api/v1/imports/<str:id>/start", import_views.ImportStartView.as_view(), name="import-start"),
    path("api/v1/imports/<str:id>/cancel", import_views.ImportCancelView.as_view(), name="import-cancel"),
]

openapi.declare()
