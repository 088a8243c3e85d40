"""An evaluator that is killed (SIGKILL) before or after the n-th time it does one step."""

from __future__ import annotations

import signal

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from alarms.evaluation import process
from alarms.evaluation.stored_rules import StoredRules
from alarms.evaluation.tenant import TenantEvaluator
from alarms.journal.drain import JournalDrain
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Alarms
from stores.redis.second_reader import SecondReader
from stores.timeseries import Timeseries
from tests.doomed import doom
from web.clock import now_ms

STEPS: dict[str, tuple[type, str]] = {
    "read": (SecondReader, "read"),
    "commit": (Alarms, "commit"),
    "write": (Timeseries, "write_lines"),
    "deliver": (Alarms, "set_delivered"),
}


def run(tenant: TenantConnection, step: str, moment: str, turn: int) -> None:
    if step != "none":
        doom(*STEPS[step], moment, turn)
    process.TENANTS_POLL_INTERVAL_S = 0.2
    evaluator = process.Evaluator(
        lambda: [tenant], lambda each: TenantEvaluator(each, StoredRules(each), now_ms), now_ms, linger_s=0.02
    )
    drain = JournalDrain(lambda: [tenant], now_ms)
    signal.signal(signal.SIGTERM, lambda *_: evaluator.stop())
    drain.start()
    evaluator.run()
    drain.stop()
