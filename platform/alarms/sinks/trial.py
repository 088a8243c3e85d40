"""A test message to a sink."""

from __future__ import annotations

import time

from alarms.sinks import repository
from alarms.sinks.brokers import connected
from alarms.sinks.checks import secrets_of
from alarms.sinks.failures import SinkFailed
from alarms.sinks.messages import trial_message
from alarms.sinks.models import SinkTest
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection


def try_sink(tenant: TenantConnection, id: str, now: int) -> SinkTest:
    """As it is stored, also if it is not enabled. Raises NotFound, Unavailable."""
    sink = repository.SINKS.get(tenant, id)
    message = trial_message(tenant, sink.settings, snapshot_of(tenant), now)
    began, detail = time.monotonic(), ""
    try:
        with connected(sink.settings, secrets_of(sink)) as broker:
            broker.publish([message])
    except SinkFailed as failure:
        detail = failure.detail
    took_ms = round((time.monotonic() - began) * 1000)
    return SinkTest(ok=not detail, topic=message.topic, detail=detail, took_ms=took_ms)
