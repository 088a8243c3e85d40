"""`manage.py simulate`: runs the demo's plant simulator."""

from __future__ import annotations

import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.catalog import HARBOUR
from demo.device import HttpSender
from demo.install import installed_of
from demo.people import DEMO
from demo.simulator import Simulator
from demo.state import load
from runtime.home import Home
from web.directory import directory


class Command(BaseCommand):
    help = "Send a simulated plant's live samples to /write every few seconds, and write its past in the background."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", default=DEMO)
        parser.add_argument("--url", help="where /write is; default: this installation")
        parser.add_argument("--nice", type=int, default=5, help="niceness of the process (default 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        home = Home.from_environment()
        state = load(home)
        token = settings.DEVICE_TOKEN or (state.device_token if state else "")
        tenant = directory().by_slug(options["tenant"])
        installed = installed_of(tenant, HARBOUR.slug) if tenant else None
        if tenant is None or installed is None or not token:
            raise CommandError(f"There is no demo in {home.path} yet: run `manage.py demo` first.")
        os.nice(options["nice"])
        url = options["url"] or f"http://127.0.0.1:{home.port('web')}"
        simulator = Simulator(tenant, installed, HttpSender(url, token), HARBOUR.slug)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: simulator.stop.set())
        simulator.run()
