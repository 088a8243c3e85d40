from django.urls import path

from historian import views

urlpatterns = [
    path("api/v1/sensors/<str:id>/samples", views.samples, name="samples"),
    path("api/v1/samples/query", views.samples_query, name="samples-query"),
    path("api/v1/values", views.values, name="values"),
]
