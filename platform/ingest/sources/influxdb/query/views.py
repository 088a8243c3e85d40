"""`/query`: InfluxQL that reads."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from ingest.sources.influxdb import responses
from ingest.sources.influxdb.formats import accepted_type
from ingest.sources.influxdb.query import formats
from ingest.sources.influxdb.query.errors import ParseError
from ingest.sources.influxdb.query.execute import Database, execute, no_database
from ingest.sources.influxdb.query.parse import parse
from ingest.sources.influxdb.views import options
from kernel.errors import BadRequest
from web.caller import tenant_of
from web.problems import formats_errors
from web.requires import requires
from web.views import methods, refuses_methods_first


@requires(scope="read", role="viewer")
def _answer(request: HttpRequest) -> HttpResponseBase:
    sent = {**request.GET.dict(), **request.POST.dict()}
    database = Database.of(tenant_of(request))
    if sent.get("db", "") not in database.names:
        raise no_database(sent["db"])
    text = sent.get("q", "")
    if not text.strip():
        raise BadRequest('missing required parameter "q"', slug="missing-parameter")
    epoch = _epoch(sent)
    statements = parse(text, _parameters(sent.get("params", "")))
    results = execute(database, statements, time.time_ns())
    media_type = accepted_type(request.headers.get("Accept", ""))
    pretty = sent.get("pretty") == "true"
    response: HttpResponseBase
    if sent.get("chunked") == "true":
        chunks = formats.write_chunks(results, media_type, epoch, _chunk_size(sent), pretty)
        response = StreamingHttpResponse(chunks, content_type=media_type)
    else:
        response = HttpResponse(formats.write_results(results, media_type, epoch, pretty), content_type=media_type)
    return responses.with_headers(request, response)


query = formats_errors(responses.error_query)(
    refuses_methods_first(methods(GET=_answer, POST=_answer, OPTIONS=options))
)


def _epoch(sent: Mapping[str, str]) -> int | None:
    """The ns in one unit of the times. Unknown units are ns, as in InfluxDB."""
    unit = sent.get("epoch", "")
    return formats.EPOCHS.get(unit, 1) if unit else None


def _chunk_size(sent: Mapping[str, str]) -> int:
    text = sent.get("chunk_size", "")
    size = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return min(size, formats.MAX_CHUNK) or formats.DEFAULT_CHUNK


def _parameters(text: str) -> dict[str, object]:
    if not text:
        return {}
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except msgspec.MsgspecError as error:
        raise ParseError(f"error parsing query parameters: {error}") from None
