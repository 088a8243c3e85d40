"""The simulator process: fills what a pause left out, then sends live samples while its older past is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import structlog

from demo.catalog import SEED
from demo.coverage import add_coverage
from demo.device import BUFFER_MS, STEP, Device, HttpSender
from demo.history import History, covered_by_minutes
from demo.install import Installed
from demo.plant import Plant
from demo.plant.clock import HOUR, MINUTE
from demo.record import ensure_record, is_cancelled
from demo.spans import Spans, missing, united
from jobs import Cancelled
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from web.clock import now_ms

log = structlog.get_logger()

LOOK_AGAIN_S = 1800.0
NOTE_EVERY_S = 60.0


@dataclass
class Simulator:
    tenant: TenantConnection
    installed: Installed
    sender: HttpSender
    site: str
    stop: Event = field(default_factory=Event)

    def run(self) -> None:
        """Until `stop` is set."""
        began = now_ms()
        self._persist_until_done(began)
        notes = _Notes(self.tenant, self.installed.site)
        device = Device(Plant(SEED), self.site, self.sender, began // MINUTE * MINUTE - STEP, notes.add)
        live = [
            Thread(target=device.run, args=(self.stop,), name="device"),
            Thread(target=notes.run, args=(self.stop,), name="notes"),
        ]
        past = Thread(target=self._past, args=(began,), name="past")
        for thread in (*live, past):
            thread.start()
        while not self.stop.wait(1.0):
            if not all(thread.is_alive() for thread in live):
                log.error("The live part ended by itself; the whole process starts again")
                self.stop.set()
        for thread in (*live, past):
            thread.join()
        notes.write()

    def _persist_until_done(self, now: int) -> None:
        """A store that is still starting is waited for."""
        while not self.stop.is_set():
            try:
                History(self.tenant, self.installed, Plant(SEED)).fill_at_once(now)
                return
            except PlantraceError as error:
                log.warning("The past cannot be written yet", error=error.detail)
                self.stop.wait(5.0)

    def _past(self, now: int) -> None:
        """Back to the beginning; later, whatever long silences left out."""
        while not self.stop.is_set():
            try:
                if self._write_past(now):
                    self.stop.wait(LOOK_AGAIN_S)
                now = now_ms() - BUFFER_MS - HOUR
            except Cancelled:
                log.info("The past was cancelled")
                return
            except PlantraceError as error:
                log.warning("The past cannot be written now", error=error.detail)
                self.stop.wait(10.0)

    def _write_past(self, now: int) -> bool:
        """Whether it is all there. Raises Cancelled."""
        if is_cancelled(self.tenant):
            raise Cancelled
        history = History(self.tenant, self.installed, Plant(SEED))
        record = ensure_record(self.tenant, 0, now)
        if record is None:
            return history.fill_slowly(now, self.stop)
        done = history.fill_slowly(now, self.stop, record.told, record.job.progress.samples)
        if done:
            record.finish(now_ms())
        else:
            record.save()
        return done


@dataclass
class _Notes:
    """Which live samples were acknowledged, noted once a minute rather than with each of them."""

    tenant: TenantConnection
    site: str
    spans: Spans = ()
    lock: Lock = field(default_factory=Lock)

    def add(self, start: int, end: int) -> None:
        with self.lock:
            self.spans = united([*self.spans, (start, end)])

    def run(self, stop: Event) -> None:
        while not stop.wait(NOTE_EVERY_S):
            self.write()

    def write(self) -> None:
        """The minute under way stays for the next time."""
        with self.lock:
            spans = self.spans
        done = united(covered_by_minutes(spans))
        if not done:
            return
        try:
            add_coverage(self.tenant, self.site, done)
        except PlantraceError as error:
            log.warning("What was sent cannot be noted now", error=error.detail)
            return
        with self.lock:
            self.spans = united(left for start, end in self.spans for left in missing(done, start, end))
