from django.urls import path

from workspace.annotations import openapi as annotations_openapi
from workspace.annotations import views as annotations
from workspace.dashboards import openapi as dashboards_openapi
from workspace.dashboards import views as dashboards
from workspace.saved_views import openapi as saved_views_openapi
from workspace.saved_views import views as saved_views

urlpatterns = [
    path("api/v1/annotations", annotations.annotation_list, name="annotations"),
    path("api/v1/annotations/<str:id>", annotations.annotation, name="annotation"),
    path("api/v1/annotations/<str:id>/files", annotations.annotation_files, name="annotation-files"),
    path("api/v1/annotations/<str:id>/files/<str:file>", annotations.annotation_file, name="annotation-file"),
    path("api/v1/saved-views", saved_views.saved_views, name="saved-views"),
    path("api/v1/saved-views/<str:id>", saved_views.saved_view, name="saved-view"),
    path("api/v1/dashboards", dashboards.dashboards, name="dashboards"),
    path("api/v1/dashboards/<str:id>", dashboards.dashboard, name="dashboard"),
]

annotations_openapi.describe_all()
saved_views_openapi.describe_all()
dashboards_openapi.describe_all()
