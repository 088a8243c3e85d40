"""What Prometheus is told of the evaluator, its timers and the way to the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config import alarm_metrics
from stores.redis import alarm_scripts
from stores.redis.client import redis_client
from tests.alarms.evaluation_plant import Evaluated, S, T
from web.clock import now_ms
from web.stores import alarm_figures, alarms

ClientFor = Callable[..., Client]


def exposed(figures: Any, now: int) -> dict[str, float]:
    families = alarm_metrics._Alarms(figures, now).collect()
    return {each.name.removeprefix("plantrace_alarms_"): each.samples[0].value for each in families}


def of(plant: Evaluated, now: int | None = None) -> dict[str, float]:
    return exposed(alarm_figures().of([plant.tenant.prefix]), now_ms() if now is None else now)


def test_a_tenant_without_rules_has_no_lag(plant: Evaluated) -> None:
    plant.send(("TT-101", T, 90.0))
    assert set(of(plant).values()) == {0.0}


def test_samples_that_no_rule_has_read_are_lag_until_they_are_evaluated(plant: Evaluated) -> None:
    plant.rule()
    plant.run()
    plant.send(("TT-101", T, 90.0))
    [behind] = alarm_figures().of([plant.tenant.prefix])
    assert behind.has_rules and behind.unevaluated is not None
    assert of(plant, behind.unevaluated + 7_500)["lag_seconds"] == 7.5
    plant.run()
    done = of(plant, behind.unevaluated + 7_500)
    assert (done["lag_seconds"], done["active"], done["evaluated_tenants"], done["evaluators"]) == (0.0, 1.0, 1.0, 1.0)


def test_transitions_wait_until_the_journal_has_them(plant: Evaluated) -> None:
    plant.rule()
    plant.send(("TT-101", T, 90.0), ("TT-101", T + S, 10.0))
    plant.run()
    [waiting] = alarm_figures().of([plant.tenant.prefix])
    assert waiting.journal == 2 and waiting.journal_since is not None
    found = of(plant, waiting.journal_since + 3_000)
    assert (found["journal_waiting"], found["journal_lag_seconds"]) == (2.0, 3.0)
    alarms().set_delivered(plant.tenant.prefix, alarms().outgoing(plant.tenant.prefix, 9))
    found = of(plant, waiting.journal_since + 3_000)
    assert (found["journal_waiting"], found["journal_lag_seconds"]) == (0.0, 0.0)


def test_a_timer_that_is_overdue_is_told(plant: Evaluated) -> None:
    plant.rule(on_delay_s=30.0)
    plant.send(("TT-101", T, 90.0))
    plant.run()
    assert alarms().next_dues([plant.tenant.prefix]) == [T + 30 * S]
    assert of(plant, T + 29 * S)["timer_lag_seconds"] == 0.0
    assert of(plant, T + 35 * S)["timer_lag_seconds"] == 5.0


def test_nonsense_of_a_pod_counts_as_nothing(plant: Evaluated) -> None:
    redis, prefix = redis_client(settings.REDIS_URL), plant.tenant.prefix
    names = (alarm_scripts.STATE, alarm_scripts.TIMERS, alarm_scripts.OUTBOX)
    for name in names:
        redis.set(prefix + name, "x")
    redis.set(prefix + alarm_scripts.CURSOR, "nonsense")
    redis.set(prefix + alarm_scripts.EVALUATOR, b"\xff")
    found = of(plant)
    assert found["journal_waiting"] == found["lag_seconds"] == found["active"] == 0.0


@pytest.mark.django_db
def test_operators_read_them(client_for: ClientFor, plant: Evaluated) -> None:
    text = client_for("operator").get("/metrics").content.decode()
    for name in exposed([], 0):
        assert f"\nplantrace_alarms_{name} " in text
    assert "\nplantrace_notification_waiting " in text and "\nplantrace_alarm_sinks_waiting " in text
