"""The evaluator as it is started: all tenants, until SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from kernel.tenancy import TenantConnection
from tests.alarms.evaluation_plant import make_plant
from tests.isolation import ROOT
from web.clock import now_ms
from web.stores import alarms


@pytest.mark.django_db(transaction=True)
def test_it_evaluates_all_tenants_until_it_is_ended(acme: TenantConnection) -> None:
    plant = make_plant(acme)
    rule = plant.rule()
    command = [sys.executable, str(ROOT / "manage.py"), "alarm_evaluator"]
    environment = {**os.environ, "PLANTRACE_HOME": str(settings.HOME.path), "DATABASE_URL": _database()}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 90
        while not plant.state(plant.key(rule)).active or alarms().outgoing_count(acme.prefix):
            assert time.monotonic() < deadline and process.poll() is None
            plant.send(("TT-101", now_ms(), 85.0))
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        plant.change(rule, enabled=False)
        plant.run().release()
    assert (process.returncode, errors) == (0, "")


def _database() -> str:
    """The one of the tests, which is a file as processes share it."""
    return f"sqlite:///{settings.DATABASES['default']['NAME']}"
