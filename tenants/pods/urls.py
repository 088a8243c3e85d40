from django.urls import path

from tenants.pods import views

urlpatterns = [
    path("internal/v1/tenant", views.tenant, name="internal-tenant"),
    path("internal/v1/lease", views.lease, name="internal-lease"),
    path("internal/v1/archive-key", views.archive_key, name="internal-archive-key"),
    path("internal/v1/archive-signature", views.archive_signature, name="internal-archive-signature"),
    path("internal/v1/restore/start", views.restore_start, name="internal-restore-start"),
    path("internal/v1/restore/filled", views.restore_filled, name="internal-restore-filled"),
    path("internal/v1/restore/end", views.restore_end, name="internal-restore-end"),
]
