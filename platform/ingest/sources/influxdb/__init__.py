"""InfluxDB's own write endpoints, compatible with its clients."""

from django.urls import path

from ingest.sources.influxdb import openapi, views
from ingest.sources.source import Source

SOURCE = Source(
    name="influxdb",
    urlpatterns=(
        path("write", views.write, name="write"),
        path("api/v2/write", views.write, name="write-v2"),
        path("ping", views.ping, name="ping"),
    ),
    describe=openapi.declare,
    basic_auth=frozenset({"/write", "/api/v2/write", "/query", "/ping"}),
)
