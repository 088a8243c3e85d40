from django.urls import path

from historian.http import retention_views, views

urlpatterns = [
    path("api/v1/sensors/<str:id>/samples", views.samples, name="samples"),
    path("api/v1/sensors/<str:id>/statistics", views.sensor_statistics, name="statistics"),
    path("api/v1/sensors/<str:id>/distribution", views.sensor_distribution, name="distribution"),
    path("api/v1/samples/query", views.samples_query, name="samples-query"),
    path("api/v1/values", views.values, name="values"),
    path("api/v1/ladder", retention_views.ladder, name="ladder"),
    path("api/v1/retention", retention_views.tenant_retention, name="retention"),
    path("api/v1/sites/<str:id>/retention", retention_views.site_retention, name="site-retention"),
    path("api/v1/sites/<str:id>/samples", retention_views.site_samples, name="site-samples"),
]
