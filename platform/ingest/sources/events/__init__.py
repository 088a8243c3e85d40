"""Events as JSON: one object each, in an array or on lines of their own."""

from django.urls import path

from ingest.events import views as stored
from ingest.sources.events import openapi, operations, views
from ingest.sources.source import Source
from web.views import methods

SOURCE = Source(
    name=operations.NAME,
    urlpatterns=(path("api/v1/events", methods(GET=stored.listed, POST=views.send), name="events"),),
    describe=openapi.declare,
    decode=operations.decode,
    take_item=operations.take_item,
)
