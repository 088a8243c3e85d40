"""Planning and sending of notifications that is killed (SIGKILL) before or after the n-th time it does one step."""

from __future__ import annotations

import signal
from ipaddress import ip_network

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from django.conf import settings

from alarms.journal.rounds import Rounds
from alarms.notification import notifier, planning, progress
from alarms.notification.plan import plan
from alarms.notification.senders import send
from kernel.tenancy import TenantConnection
from stores.redis.deliveries import Deliveries
from tests.doomed import doom
from web.clock import now_ms
from web.outbound.client import Outbound
from web.stores import deliveries

STEPS: dict[str, tuple[type, str]] = {
    "apply": (Deliveries, "apply"),
    "claim": (Deliveries, "set_progress"),
    "send": (Outbound, "post"),
    "finish": (Deliveries, "finish"),
}
MOMENTS = [(step, moment) for step in STEPS for moment in ("before", "after")]


def run(tenant: TenantConnection, step: str, moment: str, turn: int) -> None:
    if step != "none":
        doom(*STEPS[step], moment, turn)
    settings.OUTBOUND_NETWORKS = (ip_network("127.0.0.1/32"),)
    progress.ATTEMPT_TIMEOUT, progress.FIRST_RETRY, progress.MAX_RETRY = 3_000, 100, 500
    planning.MAX_MESSAGES = 10_000  # none of them is gathered
    notifier.POLL_INTERVAL_S = notifier.TENANTS_POLL_INTERVAL_S = 0.02
    planner = Rounds(
        "notification",
        lambda: [tenant],
        lambda prefixes: set(deliveries().unplanned(prefixes)),
        lambda each: plan(each, now_ms),
        0.02,
        2,
    )
    sending = notifier.Notifier(lambda: [tenant], send, now_ms)
    signal.signal(signal.SIGTERM, lambda *_: sending.stop())
    planner.start()
    sending.run()
    planner.stop()
