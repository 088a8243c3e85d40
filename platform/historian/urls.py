from django.urls import path

from historian import keeping_views as keeping
from historian import views

urlpatterns = [
    path("api/v1/sensors/<str:id>/samples", views.samples, name="samples"),
    path("api/v1/sensors/<str:id>/statistics", keeping.sensor_statistics, name="statistics"),
    path("api/v1/samples/query", views.samples_query, name="samples-query"),
    path("api/v1/values", views.values, name="values"),
    path("api/v1/ladder", keeping.ladder, name="ladder"),
    path("api/v1/retention", keeping.tenant_retention, name="retention"),
    path("api/v1/sites/<str:id>/retention", keeping.site_retention, name="site-retention"),
    path("api/v1/sites/<str:id>/samples", keeping.site_samples, name="site-samples"),
]
