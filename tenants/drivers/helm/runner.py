"""Calls of Helm's SDK, each in a fresh process of its own (see `tenants.drivers.helm_process`)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
from django.conf import settings

from runtime.home import PROJECT
from tenants.drivers.base import DriverError

GRACE_S = 10.0  # for a cancelled operation to record in its release that it failed
BEYOND_S = 20.0  # after Helm's own time-out
POLL_INTERVAL_S = 0.5


class HelmError(DriverError):
    """Helm's message. `kind` is the name of the SDK's error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def call(
    action: str, request: Mapping[str, Any], timeout_s: float = 60, on_poll: Callable[[], None] = lambda: None
) -> Any:
    """The operation's result. What `on_poll`, called now and then, raises cancels it. HelmError."""
    body = {"action": action, "parent": os.getpid(), "timeout": int(timeout_s), **request}
    process = subprocess.Popen(
        _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        cwd=PROJECT,
    )  # fmt: skip
    try:
        out, log = _communicate(process, msgspec.json.encode(body), timeout_s + BEYOND_S, on_poll)
    finally:
        _end(process)
    try:
        response = msgspec.json.decode(out)
    except msgspec.DecodeError:
        output = " ".join(log.decode(errors="replace").split())[-300:]
        why = output or f"code {process.returncode}"
        raise HelmError("HelmProcess", f"Helm's process ended without an answer: {why}") from None
    if "error" in response:
        raise HelmError(response["error"]["kind"], " ".join(response["error"]["message"].split())[:600])
    return response["result"]


def _command() -> list[str]:
    """Helm's folders are below ours: a pod's root is read-only."""
    folder = settings.HOME.folder("run", "helm")
    folders = [f"HELM_{name}_HOME={folder / name.lower()}" for name in ("CACHE", "CONFIG", "DATA")]
    path = f"PYTHONPATH={PROJECT / 'platform'}:{PROJECT}"
    return ["env", *folders, path, sys.executable, "-m", "tenants.drivers.helm_process"]


def _communicate(
    process: subprocess.Popen[bytes], body: bytes, timeout_s: float, on_poll: Callable[[], None]
) -> tuple[bytes, bytes]:
    deadline = time.monotonic() + timeout_s
    given: bytes | None = body
    while True:
        try:
            return process.communicate(given, timeout=POLL_INTERVAL_S)
        except subprocess.TimeoutExpired:
            given = None
        on_poll()
        if time.monotonic() > deadline:
            raise DriverError(f"Helm did not end within {timeout_s:.0f} s, and was stopped.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate its process group, then kill it."""
    if process.poll() is not None:
        return
    for how, wait_s in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(wait_s)
            break
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
