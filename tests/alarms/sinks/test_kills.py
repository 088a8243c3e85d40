"""Killed at any moment and started again, while the broker restarts: each transition is published, and those of an
alarm in their order.
"""

from __future__ import annotations

import random
import signal
from collections import defaultdict
from pathlib import Path

import pytest

from alarms.sinks import repository
from alarms.sinks.models import MqttSettings, SinkContent
from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from tests.alarms import doomed_publisher
from tests.alarms.alarm_world import about, clear_alarm, raise_alarm
from tests.alarms.sinks.brokers import Mosquitto, Subscriber, mosquitto
from tests.forked import forked
from tests.historian.plant import add_sensors
from tests.waiting import wait_until
from web.clock import now_ms
from web.stores import alarm_feed

pytestmark = pytest.mark.usefixtures("loopback")


def test_kills_and_a_restart_of_the_broker(tenant: TenantConnection, tmp_path: Path) -> None:
    _killed(tenant, tmp_path, random.Random(5).sample(doomed_publisher.MOMENTS, 3))


@pytest.mark.soak
def test_twenty_kills(tenant: TenantConnection, tmp_path: Path) -> None:
    chance = random.Random(11)
    _killed(tenant, tmp_path, doomed_publisher.MOMENTS + [chance.choice(doomed_publisher.MOMENTS) for _ in range(14)])


def _killed(tenant: TenantConnection, folder: Path, moments: list[tuple[str, str]]) -> None:
    sensors, made = add_sensors(tenant, {"unit": "°C"}, {"unit": "°C"}), Made()
    with mosquitto(folder, durable=True) as broker:
        settings = MqttSettings(host="127.0.0.1", port=broker.plain, tls=False, topic="plant/{key}")
        content = SinkContent(name="Bus", settings=settings)
        repository.put(tenant, None, content, None, author="somebody", now=now_ms())
        subscriber = Subscriber(broker.plain, "plant/#")
        try:
            for step, moment in moments:
                made.more(tenant, sensors)
                with forked(doomed_publisher.run, tenant, step, moment, 1) as process:
                    assert process.wait(60) == -signal.SIGKILL, (step, moment)
            with forked(doomed_publisher.run, tenant, "none", "", 0) as process:
                wait_until(lambda: _is_published(tenant))
                _away(broker, tenant, sensors, made)
                wait_until(lambda: _is_published(tenant))
                process.send_signal(signal.SIGTERM)
                assert process.wait(60) == 0
            _check(subscriber, made)
        finally:
            subscriber.close()


def _away(broker: Mosquitto, tenant: TenantConnection, sensors: list[Sensor], made: Made) -> None:
    """The broker stops while there is something to publish, and comes back."""
    broker.stop()
    made.more(tenant, sensors)
    wait_until(lambda: repository.find(tenant)[0].progress.state == "failing")
    broker.start()


class Made:
    """Transitions that sinks have to get."""

    def __init__(self) -> None:
        self.t, self.wanted = now_ms(), defaultdict[str, list[str]](list)

    def more(self, tenant: TenantConnection, sensors: list[Sensor]) -> None:
        for sensor in sensors:
            for _ in range(2):
                self.t += 2_000
                key = raise_alarm(tenant, about(sensor), self.t)
                clear_alarm(tenant, about(sensor), self.t + 1_000)
                self.wanted[key] += ["raised", "returned"]


def _is_published(tenant: TenantConnection) -> bool:
    return not alarm_feed().waiting([tenant.prefix])


def _check(subscriber: Subscriber, made: Made) -> None:
    """At least once, and the first time of each in order; `number` tells repetitions."""
    total, found = sum(map(len, made.wanted.values())), defaultdict[str, dict[int, str]](dict)
    while sum(map(len, found.values())) < total:
        [each] = subscriber.next(1)
        found[each["key"]].setdefault(each["number"], each["what"])
    assert {key: list(numbers.values()) for key, numbers in found.items()} == made.wanted
    assert all(list(numbers) == sorted(numbers) for numbers in found.values())
