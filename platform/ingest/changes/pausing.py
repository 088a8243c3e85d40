"""Pauses the ingest writer while stored samples are read, deleted and rewritten."""

from __future__ import annotations

import time
from types import TracebackType

from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.renewer import Renewer
from web.stores import streams

TIMEOUT_S = 20.0  # for the writer to finish its batch; its lease ends sooner than that if it is dead
POLL_INTERVAL_S = 0.02
MAX_PAUSE_S = 2.0  # then the writer gets a turn, if something waits for it
WRITER_TURN_S = 0.5  # more than the time between two of its attempts
RENEW_S = 10.0  # a third of the time after which a pause ends by itself


class WriterPause:
    """A context manager around changes of a tenant's samples; `begin_step` comes before each step, which reads first.

    Acknowledged samples wait in the stream meanwhile, however long a step waits for the database: a thread extends the
    pause. Raises Unavailable if the writer does not pause.
    """

    def __init__(self, tenant: TenantConnection) -> None:
        self._prefix = tenant.prefix
        self._since: float | None = None
        self._renewer: Renewer | None = None
        self._outlasts = False

    def __enter__(self) -> WriterPause:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resume()

    def begin_step(self) -> None:
        if self._since is not None and time.monotonic() - self._since > MAX_PAUSE_S:
            self._resume()
            if streams().backlogs([self._prefix])[0]:
                time.sleep(WRITER_TURN_S)
        if self._since is None:
            self._begin()
        else:
            self.check()

    def check(self) -> None:
        """Before a write. Unavailable if the pause expired, as after a standstill of this process or of Redis."""
        if self._since is None or not streams().writer_lease.extend(self._prefix):
            raise Unavailable("Changing stored samples took too long and is tried again.", retry_after=1)

    def outlast(self) -> None:
        """After a write of which nobody knows whether it is still to come: the pause is not ended, it expires."""
        self._outlasts = True

    def _begin(self) -> None:
        end = time.monotonic() + TIMEOUT_S
        while not streams().writer_lease.pause(self._prefix):
            if time.monotonic() > end:
                streams().writer_lease.resume(self._prefix)
                raise Unavailable("The ingest writer did not pause in time; this is tried again.", retry_after=5)
            streams().wake(self._prefix)  # an idle writer keeps its lease until somebody asks for it
            time.sleep(POLL_INTERVAL_S)
        self._since = time.monotonic()
        self._renewer = Renewer(f"pause-{self._prefix}", RENEW_S, self._renew)
        self._renewer.start()

    def _renew(self) -> bool:
        try:
            return streams().writer_lease.extend(self._prefix)
        except Unavailable:
            return True  # `check` finds out whether it was away for too long

    def _resume(self) -> None:
        if self._renewer is not None:
            self._renewer.stop()
            self._renewer = self._since = None
            if not self._outlasts:
                streams().writer_lease.resume(self._prefix)
