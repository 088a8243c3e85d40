"""Cases over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from catalog.snapshot import snapshot_of
from kernel.errors import BadRequest
from web import query
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.kept_files import MAX_FILE_BYTES, file_response
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, with_etag
from web.views import get, methods, post
from work.cases import notes, operations
from work.cases.csv_export import csv_text
from work.cases.listing import listed, place_of
from work.cases.models import Case, CaseChange, CaseList, CaseNoteContent, NewCase, PersonList
from work.cases.repository import all_as_of, all_of
from work.cases.repository import get as get_case
from work.http.parameters import FORMATS, csv_file, filters_of, past_moment
from work.seams import seams

MAX_BODY = 64 << 10


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    tenant, now = tenant_of(request), now_ms()
    format = query.choice(request, "format", FORMATS, FORMATS[0], slug="unknown-format")
    filters = filters_of(request, tenant, snapshot_of(tenant), query.flag(request, "overdue"))
    at = past_moment(request, now)
    cases, moment = (all_of(tenant).values(), now) if at is None else (all_as_of(tenant, at), at)
    found, counts = listed(cases, filters, moment)
    page = page_of(request, found, key=lambda case: place_of(case, moment))
    if format == "csv":
        return csv_file(csv_text(page["results"]), "cases", page["next"])
    return json_response(CaseList(results=page["results"], counts=counts, next=page["next"]))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, NewCase)
    made = operations.create(tenant_of(request), content, author=caller_of(request).username, now=now_ms())
    audit(request, "case.create", made.id, _said(made))
    return with_etag(json_response(made, 201, f"/api/v1/cases/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    tenant, at = tenant_of(request), past_moment(request, now_ms())
    found = get_case(tenant, id)
    return with_etag(json_response(operations.with_notes(tenant, found, at)), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, CaseChange)
    revision, author = required_revision(request, content.revision), caller_of(request).username
    before, after = operations.change(tenant_of(request), id, content, revision, author=author, now=now_ms())
    audit(request, "case.update", id, {"before": _said(before), "after": _said(after)})
    return with_etag(json_response(after), after.revision)


@post
@takes(MAX_BODY)
@requires("write", "engineer")
def case_notes(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/cases/{id}/notes`"""
    content, tenant = read_json(request, CaseNoteContent), tenant_of(request)
    made = notes.add(tenant, id, content.text, author=caller_of(request).username, now=now_ms())
    audit(request, "case.note", id, {"note": made.id})
    return json_response(operations.with_notes(tenant, get_case(tenant, id)), 201)


@post
@takes(MAX_FILE_BYTES)
@requires("write", "engineer")
def case_files(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/cases/{id}/files?name=&note=`: the body is the file."""
    if (name := request.GET.get("name")) is None:
        raise BadRequest("name is missing: the file's name.", slug="missing-parameter", parameter="name")
    tenant, by = tenant_of(request), caller_of(request).username
    file = notes.add_file(tenant, id, request.GET.get("note"), name, request.body, author=by, now=now_ms())
    audit(request, "case.add-file", id, {"name": file.name, "bytes": file.bytes})
    whole = operations.with_notes(tenant, get_case(tenant, id))
    return json_response(whole, 201, f"/api/v1/cases/{id}/files/{file.id}")


@requires("read", "viewer")
def _read_file(request: HttpRequest, id: str, file: str) -> HttpResponse:
    found, content = notes.read_file(tenant_of(request), id, file)
    return file_response(found.name, content)


@requires("write", "engineer")
def _remove_file(request: HttpRequest, id: str, file: str) -> HttpResponse:
    gone = notes.remove_file(tenant_of(request), id, file)
    audit(request, "case.remove-file", id, {"name": gone.name})
    return no_content()


@get
@requires("read", "engineer")
def people(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/cases/people`"""
    tenant, known = tenant_of(request), seams().people
    found = list(known.active(tenant))
    mine = known.id_of_user(tenant, caller_of(request).user_id)
    return json_response(PersonList(results=found, me=mine if any(each.id == mine for each in found) else None))


def _said(case: Case) -> dict[str, object]:
    """What the audit trail has of it."""
    assigned = case.assigned.name if case.assigned else None
    said = {"number": case.number, "title": case.title, "state": case.state, "assigned": assigned, "due": case.due}
    return {**said, "suppress": case.suppress}


cases = methods(GET=_list, POST=_create)
case = methods(GET=_read, PUT=_change)
case_file = methods(GET=_read_file, DELETE=_remove_file)
