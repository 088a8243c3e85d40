"""The notifier as it is started: all tenants, until SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from kernel.tenancy import TenantConnection
from tests.alarms.notification.world import World, forget
from tests.isolation import ROOT
from tests.receivers import http_receiver
from web.clock import now_ms


@pytest.mark.django_db(transaction=True)
def test_it_sends_for_all_tenants_until_it_is_ended(acme: TenantConnection) -> None:
    forget(acme)
    world = World(acme, now_ms())
    command = [sys.executable, str(ROOT / "manage.py"), "alarm_notifier"]
    environment = {
        **os.environ,
        "PLANTRACE_HOME": str(settings.HOME.path),
        "DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
        "OUTBOUND_NETWORKS": "127.0.0.1/32",
    }
    with http_receiver() as receiver:
        world.route({"channels": [world.channel(receiver.url).id]})
        world.raise_alarm()
        world.plan()
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            deadline = time.monotonic() + 90
            while not world.outcomes():
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.1)
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
            forget(acme)
    assert (process.returncode, errors) == (0, "")
    assert len(receiver.received) == 1
