"""The notifier as it is started: people and sinks of all tenants, until SIGTERM."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from alarms.sinks.models import MqttSettings, SinkContent
from alarms.sinks.repository import SINKS, enroll, put
from kernel.tenancy import TenantConnection
from tests.alarms.notification.world import World, forget
from tests.alarms.sinks.brokers import Subscriber, mosquitto
from tests.isolation import ROOT
from tests.receivers import http_receiver
from web.clock import now_ms
from web.outbound.networks import parse_networks


@pytest.mark.django_db(transaction=True)
def test_it_sends_and_publishes_for_all_tenants_until_it_is_ended(
    acme: TenantConnection, tmp_path: Path, settings: Any
) -> None:
    settings.OUTBOUND_NETWORKS = parse_networks(["127.0.0.1/32"])
    forget(acme)
    world = World(acme, now_ms())
    command = [sys.executable, str(ROOT / "manage.py"), "alarm_notifier"]
    environment = {
        **os.environ,
        "PLANTRACE_HOME": str(settings.HOME.path),
        "DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
        "OUTBOUND_NETWORKS": "127.0.0.1/32",
    }
    with http_receiver() as receiver, mosquitto(tmp_path) as broker, socket.create_server(("127.0.0.1", 0)) as silent:
        add_sink(acme, "Silent", silent.getsockname()[1])
        add_sink(acme, "Works", broker.plain)
        subscriber = Subscriber(broker.plain, "plant/#")
        world.route({"channels": [world.channel(receiver.url).id]})
        world.raise_alarm()
        world.plan()
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            deadline = time.monotonic() + 90
            while not world.outcomes():
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.1)
            assert subscriber.next(1)[0]["what"] == "raised"
        finally:
            subscriber.close()
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
            forget(acme)
            SINKS.delete_where(acme, lambda _: True)
            enroll(acme)
    failures = [line for line in errors.splitlines() if "sink Silent of acme" not in line]
    assert (process.returncode, failures) == (0, [])
    assert len(receiver.received) == 1


def add_sink(tenant: TenantConnection, name: str, port: int) -> None:
    settings = MqttSettings(host="127.0.0.1", port=port, tls=False, topic="plant/{key}")
    put(tenant, None, SinkContent(name=name, settings=settings), None, author="somebody", now=now_ms())
