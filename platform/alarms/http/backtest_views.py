"""Back-tests, and what follows from them: proposed limits, quieter delays and deadbands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from msgspec.structs import replace

from alarms.backtest import proposals, running
from alarms.backtest.proposals import Change
from alarms.http.models import BacktestRequest, ProposedLevel, ProposedLimits
from alarms.http.rules_openapi import DEFAULT_DAYS, MAX_DAYS
from alarms.http.simulating import LIMIT_S, simulating
from alarms.lists.models import MAX_KEY
from alarms.performance.models import AlarmProposal, AppliedProposal, ProposedChange, SimulatedAlarms
from alarms.rules import repository
from alarms.rules.errors import InvalidRule, Problem
from alarms.rules.models import AlarmRule
from alarms.rules.repository import content_of
from catalog.snapshot import snapshot_of
from historian.http.requests import sensor_of
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from kernel.times import DAY, TimeRange, parse_time
from web import query
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, read_json
from web.revisions import with_etag
from web.views import get, post

MAX_BODY = 512 << 10


@post
@takes(MAX_BODY)
@requires("read", "viewer")
def backtest(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/rules/backtest`"""
    tenant, wanted = tenant_of(request), read_json(request, BacktestRequest)
    span = TimeRange(parse_time(str(wanted.start), "start"), parse_time(str(wanted.end), "end"))
    with simulating(tenant):
        try:
            found = running.run(tenant, wanted.rule, span, now_ms(), limit_s=LIMIT_S)
        except InvalidRule as error:
            raise InvalidRule([Problem(f"rule.{each.field}", each.message) for each in error.problems]) from None
    return json_response(found)


@get
@requires("read", "viewer")
def limits(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/rules/limits`"""
    tenant, now = tenant_of(request), now_ms()
    sensor = sensor_of(snapshot_of(tenant), request.GET.get("sensor", ""))
    days = query.whole_number(request, "days", DEFAULT_DAYS, 1, MAX_DAYS)
    with simulating(tenant):
        found = proposals.propose_limits(tenant, sensor, TimeRange(now - days * DAY, now), now, limit_s=LIMIT_S)
    levels = [
        ProposedLevel(side=each.side, level=each.level, limit=each.limit, deadband=each.deadband, raised=each.raised)
        for each in found
    ]
    return json_response(ProposedLimits(sensor=sensor.id, unit=sensor.unit, days=days, limits=levels))


@get
@requires("read", "viewer")
def proposal(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/alarms/performance/proposal`"""
    tenant = tenant_of(request)
    rule, target = _alarm(tenant, request.GET.get("key", ""))
    with simulating(tenant):
        found = proposals.propose_change(tenant, content_of(rule), rule.id, target, now_ms(), limit_s=LIMIT_S)
    change, after = found.change, found.after
    return json_response(
        AlarmProposal(
            key=f"{rule.id}:{target}",
            rule=rule.id,
            revision=rule.revision,
            days=found.days,
            before=SimulatedAlarms(raised=found.before.raised, shorter_than_2_min=found.before.shorter_than_2_min),
            after=SimulatedAlarms(raised=after.raised, shorter_than_2_min=after.shorter_than_2_min) if after else None,
            change=ProposedChange(
                on_delay_s=change.on_delay_s, off_delay_s=change.off_delay_s, deadband=change.deadband
            )
            if change
            else None,
            lost=found.lost,
        )
    )


@post
@requires("write", "engineer")
def apply(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/alarms/performance/apply`: a new version of the rule, with an override of the target."""
    tenant, wanted = tenant_of(request), read_json(request, AppliedProposal)
    rule, target = _alarm(tenant, wanted.key)
    change = Change(wanted.change.on_delay_s, wanted.change.off_delay_s, wanted.change.deadband)
    if change == Change():
        raise BadRequest("change names neither a delay nor a deadband.", slug="no-change", field="change")
    before = content_of(rule)
    content = proposals.with_change(before, proposals.target_of(tenant, before, target), change)
    content = replace(content, note="Proposed by the performance page")
    author = caller_of(request).username
    made = repository.put(tenant, rule.id, content, wanted.revision, author=author, now=now_ms())
    audit(
        request,
        "alarm-rules.quieten",
        rule.id,
        {"name": made.name, "version": made.version, "target": target, "change": wanted.change},
    )
    return with_etag(json_response(made), made.revision)


def _alarm(tenant: TenantConnection, key: str) -> tuple[AlarmRule, str]:
    """The rule of an alarm, and its target. Raises NotFound."""
    rule, _, target = key.partition(":")
    if not target or len(key) > MAX_KEY:
        raise NotFound(f"There is no alarm “{key[:40]}”.", slug="unknown-alarms")
    return repository.get(tenant, rule), target
