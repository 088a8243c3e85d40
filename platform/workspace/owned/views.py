"""Saved views and dashboards over HTTP, but for their lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from web.audit import audit
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import View, methods
from workspace.owned.operations import OwnedKind


@dataclass(frozen=True, slots=True)
class OwnedViews:
    """`content`, `change`: as sent; `address`: of the list; `action`: the beginning of the audit trail's actions."""

    kind: OwnedKind[Any, Any, Any]
    content: type[Any]
    change: type[Any]
    address: str
    action: str

    def many(self, list_: View) -> View:
        @requires("write", "engineer")
        def create(request: HttpRequest) -> HttpResponse:
            content = read_json(request, self.content)
            made = self.kind.create(tenant_of(request), caller_of(request), content, now_ms())
            self._audit(request, "create", made.id, made.name, made.shared)
            return with_etag(json_response(made, 201, f"{self.address}/{made.id}"), made.revision)

        return methods(GET=list_, POST=create)

    def one(self) -> View:
        @requires("read", "viewer")
        def read(request: HttpRequest, id: str) -> HttpResponse:
            caller = caller_of(request)
            found = self.kind.public(self.kind.get(tenant_of(request), caller, id), caller)
            return with_etag(json_response(found), found.revision)

        @requires("write", "engineer")
        def update(request: HttpRequest, id: str) -> HttpResponse:
            content = read_json(request, self.change)
            revision, caller = required_revision(request, content.revision), caller_of(request)
            before, after = self.kind.change(tenant_of(request), caller, id, content, revision, now_ms())
            name = after.name if after.shared else before.name
            self._audit(request, "update", id, name, after.shared, visible=before.shared or after.shared)
            return with_etag(json_response(after), after.revision)

        @requires("write", "engineer")
        def delete(request: HttpRequest, id: str) -> HttpResponse:
            gone = self.kind.delete(tenant_of(request), caller_of(request), id, revision_of(request))
            self._audit(request, "delete", id, gone.name, gone.shared)
            return no_content()

        return methods(GET=read, PUT=update, DELETE=delete)

    def _audit(
        self, request: HttpRequest, what: str, id: str, name: str, shared: bool, visible: bool | None = None
    ) -> None:
        """What was visible to the caller alone is not in the trail."""
        if shared if visible is None else visible:
            audit(request, f"{self.action}.{what}", id, {"name": name, "shared": shared})
