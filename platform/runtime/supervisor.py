"""One supervisord per installation, controlled over its Unix socket; programs come and go while it runs."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from runtime.home import PROJECT, Home, locked, write_private
from runtime.processes import end_marked, is_alive, marked_processes
from runtime.programs import Program, python_path

# Fault codes of supervisor's XML-RPC interface
NOT_RUNNING, ALREADY_STARTED, BAD_NAME, ALREADY_ADDED, SHUTTING_DOWN = 70, 60, 10, 90, 6
LAST_TO_STOP = ("redis", "documents")
MARK = "PLANTRACE_SUPERVISED"


class SupervisorDown(ConnectionError):
    """supervisord does not answer on its socket."""


@dataclass(frozen=True, slots=True)
class ProgramStatus:
    """`state` is supervisor's: RUNNING, STARTING, BACKOFF, FATAL, STOPPED, STOPPING, EXITED."""

    name: str
    state: str
    pid: int
    since: int  # epoch seconds of the last start or stop
    detail: str

    @property
    def up(self) -> bool:
        return self.state == "RUNNING"


@dataclass(frozen=True, slots=True)
class Supervisor:
    home: Home

    @property
    def socket(self) -> Path:
        return self.home.sockets / "supervisor.sock"

    def is_up(self) -> bool:
        try:
            return bool(self._call(lambda rpc: rpc.getState()["statename"] == "RUNNING"))
        except SupervisorDown:
            return False

    def ensure_up(self, environment: Mapping[str, str] = MappingProxyType({})) -> None:
        """Start supervisord unless it is running; first stop what a killed one left behind. `environment`: of all its
        programs, beside our own.
        """
        with locked(self.home.run / "supervisor.lock"):
            if self.is_up():
                return
            end_marked(MARK, str(self.home.path))
            self.socket.unlink(missing_ok=True)
            write_private(self._configuration, self._configuration_text())
            home = str(self.home.path)
            environment = {**os.environ, **python_path(), **environment, "PLANTRACE_HOME": home, MARK: home}
            subprocess.run(
                [sys.executable, "-m", "runtime.supervisord", "-c", str(self._configuration)],
                check=True, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            _wait(self.is_up, 10, f"supervisord does not answer; see {self.home.folder('log') / 'supervisord.log'}")

    def stop(self) -> None:
        """Stop supervisord and all its programs; fine if it is down already."""
        try:
            pid = int(self._call(lambda rpc: rpc.getPID()))
            self._stop_all(but=LAST_TO_STOP)
            self._stop_all()
            self._call(lambda rpc: rpc.shutdown())
        except SupervisorDown:
            pid = 0
        deadline = time.monotonic() + 40
        while pid and is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        end_marked(MARK, str(self.home.path))

    def ensure_program(self, program: Program, wait_s: float = 20) -> None:
        """The program is running with exactly this configuration; it is restarted if that changed."""
        with locked(self.home.run / "programs.lock"):
            path = self._programs / f"{program.name}.conf"
            text = program.section(self.home.folder("log") / f"{program.name}.log")
            if path.exists() and path.read_text() != text:
                self._remove(program.name)
            if not path.exists() or path.read_text() != text:
                write_private(path, text)
            self._call(lambda rpc: rpc.reloadConfig())
            self._quietly(lambda rpc: rpc.addProcessGroup(program.name), ALREADY_ADDED)
            self._quietly(lambda rpc: rpc.startProcess(program.name, False), ALREADY_STARTED)
        if wait_s:
            self.wait_running(program.name, wait_s)

    def wait_running(self, name: str, wait_s: float) -> None:
        _wait(lambda: (self.status(name) or _ABSENT).up, wait_s, f"{name} did not start; see {self.log(name)}")

    def remove_program(self, name: str) -> None:
        """The program is stopped and removed; fine if it never existed."""
        with locked(self.home.run / "programs.lock"):
            self._remove(name)

    def stop_program(self, name: str) -> None:
        """Stop it, but keep its configuration."""
        self._quietly(lambda rpc: rpc.stopProcess(name, True), NOT_RUNNING, BAD_NAME)

    def start_program(self, name: str) -> None:
        self._quietly(lambda rpc: rpc.startProcess(name, False), ALREADY_STARTED)

    def restart(self, name: str) -> None:
        self.stop_program(name)
        self.start_program(name)

    def kill(self, name: str) -> None:
        """kill -9, like a crash; supervisord restarts it."""
        status = self.status(name)
        if status and status.pid:
            os.kill(status.pid, signal.SIGKILL)

    def statuses(self) -> list[ProgramStatus]:
        return [
            ProgramStatus(each["name"], each["statename"], each["pid"], each["start"], each["description"])
            for each in self._call(lambda rpc: rpc.getAllProcessInfo())
        ]

    def status(self, name: str) -> ProgramStatus | None:
        return next((each for each in self.statuses() if each.name == name), None)

    def log(self, name: str) -> Path:
        return self.home.folder("log") / f"{name}.log"

    def leftovers(self) -> list[int]:
        """Ids of processes that this installation's supervisord started and that are still running."""
        return marked_processes(MARK, str(self.home.path))

    @property
    def _configuration(self) -> Path:
        return self.home.run / "supervisord.conf"

    @property
    def _programs(self) -> Path:
        return self.home.folder("run", "programs")

    def _stop_all(self, but: tuple[str, ...] = ()) -> None:
        """All at the same time, unlike a shutdown; the stores stay up until their clients have ended."""
        deadline = time.monotonic() + 20
        names = [status.name for status in self.statuses() if status.pid and status.name not in but]
        for name in names:
            self._quietly(partial(_ask_to_stop, name), NOT_RUNNING, BAD_NAME)
        while time.monotonic() < deadline and any(s.pid and s.name in names for s in self.statuses()):
            time.sleep(0.05)

    def _remove(self, name: str) -> None:
        self._quietly(lambda rpc: rpc.stopProcess(name, True), NOT_RUNNING, BAD_NAME)
        (self._programs / f"{name}.conf").unlink(missing_ok=True)
        self._call(lambda rpc: rpc.reloadConfig())
        self._quietly(lambda rpc: rpc.removeProcessGroup(name), BAD_NAME)

    def _quietly(self, call: Callable[[Any], Any], *expected: int) -> None:
        """Make the call; these faults mean that the wanted state was reached already."""
        try:
            self._call(call)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode not in expected:
                raise

    def _call(self, call: Callable[[Any], Any]) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return call(proxy.supervisor)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == SHUTTING_DOWN:
                raise SupervisorDown(f"supervisord of {self.home.path} is shutting down") from fault
            raise
        except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
            raise SupervisorDown(f"supervisord of {self.home.path} does not answer: {error}") from error
        finally:
            transport.close()

    def _configuration_text(self) -> str:
        log = str(self.home.folder("log") / "supervisord.log").replace("%", "%%")
        run = str(self.home.run).replace("%", "%%")
        return f"""\
[unix_http_server]
file={str(self.socket).replace("%", "%%")}
chmod=0700

[supervisord]
logfile={log}
logfile_maxbytes=10MB
logfile_backups=3
pidfile={run}/supervisord.pid
childlogdir={run}
minfds=1024
umask=077

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = {str(self._programs).replace("%", "%%")}/*.conf
"""


def _ask_to_stop(name: str, rpc: Any) -> None:
    rpc.stopProcess(name, False)


_ABSENT = ProgramStatus("", "STOPPED", 0, 0, "")


def _wait(condition: Callable[[], bool], seconds: float, message: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(message)
        time.sleep(0.05)
