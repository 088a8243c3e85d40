"""The addresses that every kind of job has: a list, one job, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from jobs.documents import DocumentJobs
from jobs.wakeup import wake
from kernel.tenancy import TenantConnection
from stores.documents import Document
from web.audit import audit
from web.caller import tenant_of
from web.clock import now_ms
from web.paging import limit_of, newest_first, next_url, parse_newest_first
from web.requires import requires
from web.respond import json_response

Present = Callable[[TenantConnection, Document], Any]
reads = requires(scope="read", role="viewer")
writes = requires(scope="write", role="engineer")


@dataclass(frozen=True, slots=True)
class JobViews:
    """`present` shows one job, `in_short` a job in a list; `base` is the list's address."""

    jobs: DocumentJobs
    base: str
    present: Present
    in_short: Present

    @reads
    def list(self, request: HttpRequest) -> HttpResponse:
        tenant, limit, cursor = tenant_of(request), limit_of(request), request.GET.get("cursor")
        after = parse_newest_first(cursor) if cursor is not None else None
        found = self.jobs.page(tenant, limit + 1, after)
        page = found[:limit]
        more = len(found) > limit
        return json_response(
            {
                "results": [self.in_short(tenant, document) for document in page],
                "next": next_url(request, newest_first(page[-1]["created"], page[-1]["_id"])) if more else None,
            }
        )

    @reads
    def one(self, request: HttpRequest, id: str) -> HttpResponse:
        tenant = tenant_of(request)
        return json_response(self.present(tenant, self.jobs.get(tenant, id)))

    @writes
    def cancel(self, request: HttpRequest, id: str) -> HttpResponse:
        tenant = tenant_of(request)
        cancelled = self.jobs.cancel(tenant, id, now_ms())
        audit(request, f"{self.jobs.noun}.cancel", id)
        return json_response(self.present(tenant, cancelled))

    def accepted(self, request: HttpRequest, verb: str, id: str, job: Any, detail: dict[str, Any]) -> HttpResponse:
        """The answer to whoever queued or started a job."""
        audit(request, f"{self.jobs.noun}.{verb}", id, detail)
        wake(self.jobs.queue)
        return json_response(job, 202, location=f"{self.base}/{id}")
