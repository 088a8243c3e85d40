"""The stream's addresses in the web process, which holds no stream itself."""

from __future__ import annotations

from math import isinf

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from catalog.models import Sensor
from catalog.snapshot import Snapshot, log_of, snapshot_of
from historian.asof.values import stale_after_ms
from historian.http import requests as params
from historian.http.views import sensors_of_site
from kernel.errors import BadRequest, Unavailable
from stream.callers import callers
from stream.sources import sources
from stream.subscription import ARRIVALS, MAX_SENSORS, PATH, StreamedSensor, Subscription
from web.address import host_without_port
from web.caller import caller_of, tenant_of
from web.requires import Requirement, requires
from web.respond import json_response
from web.stores import documents
from web.stream import TENANTS, TOPICS
from web.views import get

_TENANTS_DATA = Requirement("read", "viewer", True)
_WATCHED = Requirement("read", "engineer", True)
_OPERATORS = Requirement("operate", None, False)


@get
@requires(tenant=False)
def subscription(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/stream/subscription`: what the stream's process asks, as whoever wants a stream."""
    return json_response(_subscription_of(request))


@get
@requires(tenant=False)
def stream(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/stream` where nothing in front of us sends it to the stream's process: browsers are sent there."""
    _subscription_of(request)
    port = settings.STREAM_PORT
    if not port or settings.HTTPS:  # a proxy in front of us must do it
        raise Unavailable(
            f"This process does not stream. The proxy in front must send {PATH} to the one that does.", slug="no-stream"
        )
    response = HttpResponse(status=307)
    response["Location"] = f"{request.scheme}://{host_without_port(request)}:{port}{request.get_full_path()}"
    return response


def _subscription_of(request: HttpRequest) -> Subscription:
    of_values = "sensors" in request.GET or "site" in request.GET
    of_operators = request.GET.get("topics") == TENANTS and not of_values
    watched = request.GET.get("watch", "")
    (_OPERATORS if of_operators else _WATCHED if watched else _TENANTS_DATA).check(request)
    topics = _topics_in(request)
    if TENANTS in topics and not of_operators:
        raise BadRequest(
            "topics=tenants is a stream of its own: ask for a tenant's values and jobs in another one.",
            slug="streams-apart",
            parameter="topics",
        )
    if not of_values and not topics and not watched:
        raise BadRequest(
            "Say what to stream: sensors=<id>,<id>…, site=<id>, topics=jobs, or watch=<source>.",
            slug="nothing-to-stream",
            parameter="topics",
        )
    rights = callers().rights_of(request)
    tenant = None if of_operators else tenant_of(request)
    if tenant is not None and "watch" in request.GET:
        sources().require(tenant, watched)
        topics.append(ARRIVALS + watched)
    catalog, log, sensors = "", "", list[StreamedSensor]()
    if tenant is not None and of_values:
        snapshot = snapshot_of(tenant)
        sensors = [_streamed(sensor) for sensor in _sensors_in(request, snapshot)]
        catalog, log = position_of(snapshot), log_of(documents(tenant)).prefix
    user, id = caller_of(request).user_id, tenant.id if tenant is not None else None
    return Subscription(id, user, sorted(rights.subjects), rights.ends_in_s, catalog, log, sensors, topics)


def position_of(snapshot: Snapshot) -> str:
    return f"{snapshot.position.epoch}:{snapshot.position.number}"


def _sensors_in(request: HttpRequest, snapshot: Snapshot) -> list[Sensor]:
    """Those named, and those of the site."""
    found = {}
    if named := request.GET.get("sensors"):
        ids = [id for id in named.split(",") if id]
        found = {sensor.id: sensor for sensor in params.sensors_of(snapshot, ids, MAX_SENSORS)}
    if site := request.GET.get("site"):
        found |= {sensor.id: sensor for sensor in sensors_of_site(snapshot, site)}
    if not found or len(found) > MAX_SENSORS:
        raise BadRequest(
            f"{len(found):,} sensors cannot be streamed at once, but 1 to {MAX_SENSORS:,}. Name them by sensors=.",
            slug="too-many-sensors" if found else "no-sensors",
            parameter="sensors",
            limit=MAX_SENSORS,
        )
    return list(found.values())


def _topics_in(request: HttpRequest) -> list[str]:
    topics = [topic for topic in request.GET.get("topics", "").split(",") if topic]
    for topic in topics:
        if topic not in TOPICS:
            raise BadRequest(
                f"topics={topic[:40]} is unknown. It can be {' or '.join(TOPICS)}.",
                slug="unknown-topic",
                parameter="topics",
            )
    return sorted(set(topics))


def _streamed(sensor: Sensor) -> StreamedSensor:
    after, unit = stale_after_ms(sensor), sensor.stored_as
    stale = None if isinf(after) else after
    return (
        StreamedSensor(sensor.id, stale) if unit is None else StreamedSensor(sensor.id, stale, unit.factor, unit.offset)
    )
