from __future__ import annotations

from django.urls import path

from tenants import openapi as openapi  # describes these views in the schema
from tenants import views
from tenants.backups import openapi as backups_openapi  # noqa: F401  describes those views
from tenants.backups import views as backups
from tenants.clusters import openapi as clusters_openapi  # noqa: F401  describes those
from tenants.clusters import views as clusters
from tenants.rollouts import openapi as rollouts_openapi  # noqa: F401  describes those views too
from tenants.rollouts import views as rollouts

urlpatterns = [
    path("api/v1/tenants", views.tenants, name="tenants"),
    path("api/v1/tenants/options", views.options, name="tenants-options"),
    path("api/v1/tenants/preview", views.preview, name="tenants-preview"),
    path("api/v1/tenants/<str:slug>", views.tenant, name="tenant"),
    path("api/v1/tenants/<str:slug>/retry", views.retry, name="tenant-retry"),
    path("api/v1/tenants/<str:slug>/manifest", views.manifest, name="tenant-manifest"),
    path("api/v1/tenants/<str:slug>/backups", backups.backups, name="tenant-backups"),
    path("api/v1/tenants/<str:slug>/backups/<str:id>", backups.backup, name="tenant-backup"),
    path("api/v1/tenants/<str:slug>/backups/<str:id>/cancel", backups.backup_cancel, name="tenant-backup-cancel"),
    path("api/v1/releases", rollouts.all_releases, name="releases"),
    path("api/v1/releases/<str:name>", rollouts.release, name="release"),
    path("api/v1/rollouts", rollouts.rollouts, name="rollouts"),
    path("api/v1/rollouts/<str:id>", rollouts.rollout, name="rollout"),
    path("api/v1/rollouts/<str:id>/members", rollouts.members, name="rollout-members"),
    path("api/v1/rollouts/<str:id>/events", rollouts.events, name="rollout-events"),
    path("api/v1/rollouts/<str:id>/pause", rollouts.pause, name="rollout-pause"),
    path("api/v1/rollouts/<str:id>/resume", rollouts.resume, name="rollout-resume"),
    path("api/v1/rollouts/<str:id>/rollback", rollouts.roll_back, name="rollout-rollback"),
    path("api/v1/clusters", clusters.clusters, name="clusters"),
    path("api/v1/clusters/<str:name>", clusters.cluster, name="cluster"),
    path("api/v1/disks", views.disks, name="disks"),
    path("api/v1/disks/<str:id>", views.disk, name="disk"),
]
