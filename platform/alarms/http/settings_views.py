"""What a tenant sets for all its alarms, over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alarms.rules import settings
from alarms.rules.settings import AlarmSettingsChange
from web.audit import audit
from web.caller import tenant_of
from web.requires import requires
from web.respond import json_response, read_json
from web.views import methods


@requires("read", "viewer")
def _read(request: HttpRequest) -> HttpResponse:
    return json_response(settings.settings_of(tenant_of(request)))


@requires("write", "admin")
def _change(request: HttpRequest) -> HttpResponse:
    tenant, change = tenant_of(request), read_json(request, AlarmSettingsChange)
    before = settings.settings_of(tenant)
    stored = settings.store(tenant, change)
    days = {"before": before.journal_days, "after": stored.journal_days}
    audit(
        request,
        "alarm-settings.change",
        tenant.slug,
        {"journal_days": days, "matrix": {"before": before.matrix, "after": stored.matrix}},
    )
    return json_response(stored)


alarm_settings = methods(GET=_read, PUT=_change)
