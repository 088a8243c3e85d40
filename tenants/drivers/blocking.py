"""Blocking versions of driver calls that raise Waiting, for commands."""

from __future__ import annotations

import time

from kernel.progress import Report
from tenants.drivers.base import Driver, DriverError, Server, Waiting

TIMEOUT_S = 60.0


def wait_for_server(driver: Driver, server: Server, report: Report = lambda line: None) -> None:
    """Wait until the server runs and answers. Raises DriverError after a minute."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            return driver.ensure_server(server, report)
        except Waiting as waiting:
            if time.monotonic() > deadline:
                raise DriverError(str(waiting)) from None
            time.sleep(waiting.again_s)
