"""Alarm rules as a YAML file."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse

from alarms.http.models import MAX_YAML_BYTES, ImportedRule, RulesImport
from alarms.http.parameters import site_of
from alarms.http.rule_views import is_of_site
from alarms.rules import repository, yaml_files
from catalog.snapshot import snapshot_of
from kernel.errors import BadRequest
from web import query
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response
from web.views import methods

MEDIA_TYPE = "application/yaml"
MAX_ERRORS = 100


@requires("read", "viewer")
def _export(request: HttpRequest) -> HttpResponse:
    tenant = tenant_of(request)
    catalog = snapshot_of(tenant)
    site = site_of(request, catalog)
    rules = [rule for rule in repository.find(tenant) if not site or is_of_site(rule, site, catalog)]
    response = HttpResponse(yaml_files.export(tenant, rules), content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="alarm-rules.yaml"'
    return response


@takes(MAX_YAML_BYTES)
@requires("write", "engineer")
def _import(request: HttpRequest) -> HttpResponse:
    tenant, dry_run = tenant_of(request), query.flag(request, "dry_run")
    try:
        text = request.body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The file is not UTF-8: byte {error.start:,} is none.", slug="invalid-yaml") from None
    author = caller_of(request).username
    found = yaml_files.import_rules(tenant, text, author=author, now=now_ms(), dry_run=dry_run)
    counts = Counter(each.what for each in found)
    refused = [each for each in found if each.what == "refused"]
    if refused and not dry_run:
        raise BadRequest(
            f"{len(refused)} of {len(found)} rules cannot be stored, so none was. "
            f"{refused[0].name}: {refused[0].detail}",
            slug="refused-rules",
            errors=[{"field": each.name, "message": each.detail} for each in refused[:MAX_ERRORS]],
        )
    if not dry_run and (counts["created"] or counts["changed"]):
        audit(request, "alarm-rules.import", tenant.slug, {name: counts[name] for name in ("created", "changed")})
    return json_response(
        RulesImport(
            dry_run=dry_run,
            created=counts["created"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            refused=counts["refused"],
            rules=[ImportedRule(name=each.name, what=each.what, detail=each.detail) for each in found],
        )
    )


rules = methods(GET=_export, POST=_import)
