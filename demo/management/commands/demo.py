"""`manage.py demo`: runs the platform with a simulated plant until Ctrl-C."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from datetime import UTC, datetime
from types import FrameType
from typing import Any
from xmlrpc.client import Fault as RpcFault

import msgspec
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo import mail
from demo.catalog import SEED
from demo.opening import NAMES, open_demo
from demo.ownership import AlreadyOpen, is_ours, only_one, own
from demo.people import PEOPLE, NotADemo
from demo.plant import Fault, faults_between
from demo.plant.clock import DAY, OFFSET
from demo.state import DemoState, load
from runtime import programs
from runtime.home import Home
from runtime.supervisor import Supervisor, SupervisorDown

PROGRAM = "simulator"


class Command(BaseCommand):
    help = "Start the platform with a simulated plant and stay until Ctrl-C. --json: print the running demo's logins."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print the running demo's address and logins, then exit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        home = Home.from_environment()
        if options["json"]:
            self.stdout.write(json.dumps(login_details(home)))
            return
        try:
            with only_one(home):
                self._run(home)
        except AlreadyOpen:
            self.stdout.write(
                f"The demo is already running.\n{summary(home)}" if runs(home) else "The demo is starting."
            )
        except NotADemo as error:
            raise CommandError(str(error)) from None

    def _run(self, home: Home) -> None:
        began = time.monotonic()
        supervisor = Supervisor(home)
        ours = is_ours(home)  # otherwise it keeps running when we exit
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            self._open(home, began, ours)
            self.stdout.write(f"\nReady after {time.monotonic() - began:.0f} s.\n{summary(home)}")
            while _is_up(supervisor):
                time.sleep(1.0)
            self.stdout.write("Plantrace was stopped by another process.")
            return
        except KeyboardInterrupt:
            self.stdout.write("\nStopping")
        except BaseException:
            _end(supervisor, ours)
            raise
        _end(supervisor, ours)
        rest = "" if ours else " The platform was running before and keeps running; `make stop` stops it."
        self.stdout.write(f"Stopped. The data is kept for the next start.{rest}")

    def _open(self, home: Home, began: float, ours: bool) -> None:
        def report(line: str) -> None:
            self.stdout.write(f"{time.monotonic() - began:5.1f} s  {line}")
            self.stdout.flush()

        report("Starting the platform")
        mails = mail.ensure(home)
        call_command("up", stdout=_Quiet())
        if ours:
            own(home)
        open_demo(home, report, mails)
        report("Starting the plant")
        Supervisor(home).ensure_program(programs.manage(PROGRAM, "simulate", stop_wait_s=15, priority=400))


def runs(home: Home) -> bool:
    """Whether a demo is running: its simulator starts last."""
    return bool(load(home) and _is_up(Supervisor(home), PROGRAM))


def login_details(home: Home) -> dict[str, Any]:
    state = load(home)
    if state is None or not runs(home):
        raise CommandError("No demo is running here; `make demo` starts one.")
    people = {name: msgspec.to_builtins(login) for name, login in state.people.items()}
    mails = str(mail.folder(home)) if mail.is_caught(home) else None
    return {"url": _url(home), "tenant": state.tenant, "mails": mails, **people}


def summary(home: Home) -> str:
    state = load(home)
    assert state is not None
    rows = "\n".join(_row(name, state) for name in PEOPLE)
    now = int(time.time() * 1000)
    faults = "\n".join(_incident(fault, now) for fault in recent_faults(now))
    return f"""
  Open   {_url(home)}

{rows}

  Recent faults of the plant (times of Harbour Tower, UTC+4), and where to see them

{faults}
{_mails(home)}
  Stop   Ctrl-C here, or `make stop` elsewhere
"""


def _mails(home: Home) -> str:
    if not mail.is_caught(home):
        return ""
    return f"""
  Mails  {mail.folder(home)}: those of its alarms, newest last; none leaves this machine
"""


def recent_faults(now: int) -> list[Fault]:
    """The latest fault of each kind, oldest first."""
    last = {fault.kind: fault for fault in faults_between(now - 8 * DAY, now, SEED)}
    return sorted(last.values(), key=lambda fault: fault.start)


def _incident(fault: Fault, now: int) -> str:
    until = f"to {_local(fault.end)}" if fault.end <= now else "and still active"
    return f"  {_local(fault.start)} {until:<19}  {fault.title:<41}{' '.join(fault.signs[:4])}"


def _local(t: int) -> str:
    return f"{datetime.fromtimestamp((t + OFFSET) / 1000, UTC):%a %d %b %H:%M}"


def _row(name: str, state: DemoState) -> str:
    slug, role = PEOPLE[name]
    who = f"{role} of {NAMES[slug]}" if slug else "runs the platform: tenants, no plant data"
    login = state.people[name]
    return f"  {login.username:<10} {login.password:<20} {who}"


def _url(home: Home) -> str:
    return f"http://127.0.0.1:{home.port('web')}"


def _is_up(supervisor: Supervisor, program: str = "") -> bool:
    try:
        if not program:
            return supervisor.is_up()
        status = supervisor.status(program)
        return status is not None and status.up
    except (SupervisorDown, RpcFault):  # Fault: it is shutting down
        return False


def _end(supervisor: Supervisor, all_of_it: bool) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with suppress(SupervisorDown, RpcFault):
        supervisor.remove_program(PROGRAM)
        if all_of_it:
            supervisor.remove_program(mail.PROGRAM)
    if all_of_it:
        call_command("down", stdout=_Quiet())


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Quiet:
    """Discards a command's output."""

    def write(self, text: str) -> None: ...

    def flush(self) -> None:
        sys.stdout.flush()
