from django.urls import path

from twin import openapi, views

urlpatterns = [
    path("api/v1/schematics", views.schematics, name="schematics"),
    path("api/v1/schematics/<str:id>", views.schematic, name="schematic"),
    path("api/v1/schematics/<str:id>/frame", views.frame, name="schematic-frame"),
    path("api/v1/schematics/<str:id>/playback", views.playback, name="schematic-playback"),
]

openapi.describe_all()
