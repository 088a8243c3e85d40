"""Publishing of alarms to sinks that is killed (SIGKILL) before or after the n-th time it does one step."""

from __future__ import annotations

import signal
import threading
from ipaddress import ip_network

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from django.conf import settings

from alarms.sinks import publishing
from alarms.sinks.mqtt import MqttBroker
from kernel.tenancy import TenantConnection
from stores.redis.alarm_feed import AlarmFeed
from tests.doomed import doom
from web.clock import now_ms

STEPS: dict[str, tuple[type, str]] = {
    "connect": (MqttBroker, "open"),
    "publish": (MqttBroker, "publish"),
    "note": (AlarmFeed, "set_published"),
}
MOMENTS = [(step, moment) for step in STEPS for moment in ("before", "after")]


def run(tenant: TenantConnection, step: str, moment: str, turn: int) -> None:
    if step != "none":
        doom(*STEPS[step], moment, turn)
    settings.OUTBOUND_NETWORKS = (ip_network("127.0.0.1/32"),)
    publishing.POLL_INTERVAL_S = publishing.TENANTS_POLL_INTERVAL_S = publishing.RECONNECT_INTERVAL_S = 0.02
    publishing.MAX_BACKOFF_S, publishing.BATCH_SIZE = 0.2, 2
    publisher, ended = publishing.SinkPublisher(lambda: [tenant], now_ms), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    publisher.start()
    while not ended.wait(0.05):
        pass
    publisher.stop()
