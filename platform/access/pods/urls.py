from django.urls import path

from access.pods import views

urlpatterns = [
    path("internal/v1/callers", views.callers, name="internal-callers"),
    path("internal/v1/audit", views.audit, name="internal-audit"),
]
