from django.urls import path

from ingest import openapi, views

urlpatterns = [
    path("write", views.write, name="write"),
    path("api/v2/write", views.write, name="write-v2"),
    path("ping", views.ping, name="ping"),
]

openapi.declare()
