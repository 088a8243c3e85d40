from django.urls import path

from stream import openapi, views

urlpatterns = [
    path("api/v1/stream", views.stream, name="stream"),
    path("api/v1/stream/subscription", views.subscription, name="stream-subscription"),
]

openapi.declare()
