"""Mapping over HTTP. Reading requires the role viewer, all else engineer."""

from __future__ import annotations

import time

import msgspec
from django.http import HttpRequest, HttpResponse

from catalog.snapshot import snapshot_of
from ingest.mapping import repository
from ingest.mapping.checks import checked
from ingest.mapping.models import MappingDraft
from ingest.mapping_admin.models import MappingChange, Replayed, SavedMapping, SuggestionList
from ingest.mapping_admin.replay import replay_matching
from ingest.mapping_admin.suggestions import suggest
from ingest.mapping_admin.trial import examples_of, try_rules
from web.audit import audit
from web.bodies import MIB, takes
from web.caller import tenant_of
from web.requires import requires
from web.respond import json_response, read_json
from web.revisions import required_revision, with_etag
from web.views import get, methods, post

MAX_BODY = 4 * MIB  # 200 rules with 20 tags each


@requires(scope="read", role="viewer")
def _read(request: HttpRequest) -> HttpResponse:
    found = repository.read(tenant_of(request))
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires(scope="write", role="engineer")
def _save(request: HttpRequest) -> HttpResponse:
    """`PUT /api/v1/mapping`, then the letters that it matches are replayed."""
    tenant, change = tenant_of(request), read_json(request, MappingChange)
    revision = required_revision(request, change.revision)
    before, draft = repository.read(tenant), checked(_draft(change), snapshot_of(tenant))
    saved = repository.save(tenant, draft, revision)
    changes = {
        name: [getattr(before, name), getattr(saved, name)]
        for name in ("unmatched", "site", "distinguish")
        if getattr(before, name) != getattr(saved, name)
    }
    audit(request, "mapping.update", "", {**changes, "rules": len(saved.rules), "revision": saved.revision})
    fields = {name: getattr(saved, name) for name in saved.__struct_fields__}
    return with_etag(json_response(SavedMapping(**fields, replayed=_replay(request))), saved.revision)


@post
@takes(MAX_BODY)
@requires(scope="write", role="engineer")
def test(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/mapping/test`: what these rules would make of the latest arrivals."""
    tenant = tenant_of(request)
    catalog = snapshot_of(tenant)
    draft = checked(read_json(request, MappingDraft), catalog)
    return json_response(try_rules(catalog, draft, examples_of(tenant), time.time_ns()))


@post
@requires(scope="write", role="engineer")
def replay(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/mapping/replay`: the letters that rules match by now."""
    return json_response(_replay(request))


@get
@requires(scope="read", role="engineer")
def suggestions(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/sensors/{id}/suggestions`: sensors that are like it."""
    return json_response(SuggestionList(suggest(tenant_of(request), id)))


mapping = methods(GET=_read, PUT=_save)


def _replay(request: HttpRequest) -> Replayed:
    replayed = replay_matching(tenant_of(request), time.time_ns())
    if replayed.letters:
        audit(request, "deadletter.replay", "", {"letters": replayed.letters, "points": replayed.points})
    return replayed


def _draft(change: MappingChange) -> MappingDraft:
    return msgspec.convert(
        {name: getattr(change, name) for name in MappingDraft.__struct_fields__}, MappingDraft, from_attributes=True
    )
