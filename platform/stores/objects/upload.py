"""One object's upload, by a process of its own (see `stores.objects.uploader`)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from kernel.errors import Unavailable
from runtime.home import PROJECT
from stores.objects.address import Address

MAX_BYTES = 10_000 * 10 * 2**20  # Arrow sends no more than 10,000 parts, of 10 MiB each


class Upload:
    """Entered, it has started: the bucket exists and accepts the object. Nothing appears unless `send` returns."""

    def __init__(self, address: Address, endpoint: str) -> None:
        self._address, self._endpoint = address, endpoint

    def __enter__(self) -> Self:
        """Raises Unavailable."""
        arguments = (str(self._address), self._endpoint, str(os.getpid()))
        path = f"PYTHONPATH={PROJECT / 'platform'}"
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            ["env", path, sys.executable, "-m", "stores.objects.uploader", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, cwd=PROJECT, text=True,
        )  # fmt: skip
        try:
            self._read_message()
        except BaseException:
            self._end()
            raise
        return self

    def send(self, path: Path, report: Callable[[int, int], None] = lambda sent, size: None) -> None:
        """Send the whole file; then the object exists. Raises Unavailable."""
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Unavailable(
                f"{self._address} would have {size / 1e9:.0f} GB, and no more than {MAX_BYTES / 1e9:.0f} GB can be "
                "sent to a bucket; write it into a folder."
            )
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        while "done" not in (message := self._read_message()):
            report(message["sent"], size)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _read_message(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            output = " ".join(self._log.read().decode(errors="replace").split())[-300:]
            raise Unavailable(f"The upload of {self._address} ended early: {output or 'it was killed'}.")
        message: dict[str, Any] = msgspec.json.decode(line)
        if "error" in message:
            raise Unavailable(message["error"])
        return message

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for each in (self._process.stdin, self._process.stdout, self._log):
            if each is not None:
                each.close()
