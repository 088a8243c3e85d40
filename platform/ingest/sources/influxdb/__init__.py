"""InfluxDB's own endpoints, compatible with its clients."""

from django.urls import path

from ingest.sources.influxdb import openapi, operations, views
from ingest.sources.influxdb.query import views as query_views
from ingest.sources.source import Source

SOURCE = Source(
    name=operations.NAME,
    urlpatterns=(
        path("write", views.write_v1, name="write"),
        path("api/v2/write", views.write_v2, name="write-v2"),
        path("query", query_views.query, name="query"),
        path("ping", views.ping, name="ping"),
        path("health", views.health, name="health"),
        path("ready", views.ready, name="ready"),
    ),
    describe=openapi.declare,
    decode=operations.decode,
    basic_auth=frozenset({"/write", "/api/v2/write", "/query", "/ping"}),
)
