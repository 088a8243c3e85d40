from __future__ import annotations

from django.urls import path

from tenants import openapi as openapi  # describes these views in the schema
from tenants import views

urlpatterns = [
    path("api/v1/tenants", views.tenants, name="tenants"),
    path("api/v1/tenants/<str:slug>", views.tenant, name="tenant"),
    path("api/v1/tenants/<str:slug>/retry", views.retry, name="tenant-retry"),
    path("api/v1/disks", views.disks, name="disks"),
    path("api/v1/disks/<str:id>", views.disk, name="disk"),
]
