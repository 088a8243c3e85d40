"""The simulator process: fills recent gaps, then sends live samples while it writes older history."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import structlog

from demo.catalog import SEED
from demo.coverage import add_coverage
from demo.device import BUFFER_MS, STEP, Device, HttpSender
from demo.devices import Heartbeats
from demo.history import History, covered_by_minutes
from demo.install import Installed
from demo.plant import Plant
from demo.plant.clock import HOUR, MINUTE
from demo.record import ensure_record, is_cancelled
from demo.spans import Spans, merge_spans, missing
from jobs import Cancelled
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from web.clock import now_ms

log = structlog.get_logger()

BACKFILL_INTERVAL_S = 1800.0
SAVE_INTERVAL_S = 60.0


@dataclass
class Simulator:
    tenant: TenantConnection
    installed: Installed
    sender: HttpSender
    site: str
    stop: Event = field(default_factory=Event)

    def run(self) -> None:
        """Run until `stop` is set."""
        began = now_ms()
        self._fill_recent(began)
        recorder = _CoverageRecorder(self.tenant, self.installed.site)
        device = Device(Plant(SEED), self.site, self.sender, began // MINUTE * MINUTE - STEP, recorder.add)
        heartbeats = Heartbeats(self.tenant, self.installed.site, self.sender.url, self.sender.token)
        live = [
            Thread(target=device.run, args=(self.stop,), name="device"),
            Thread(target=heartbeats.run, args=(self.stop,), name="heartbeats"),
            Thread(target=recorder.run, args=(self.stop,), name="coverage"),
        ]
        history = Thread(target=self._backfill, args=(began,), name="history")
        for thread in (*live, history):
            thread.start()
        while not self.stop.wait(1.0):
            if not all(thread.is_alive() for thread in live):
                log.error("A live thread exited; the process restarts")
                self.stop.set()

        for thread in (*live, history):
            thread.join()
        recorder.write()

    def _fill_recent(self, now: int) -> None:
        """Fill recent gaps; waits for stores that are still starting."""
        while not self.stop.is_set():
            try:
                History(self.tenant, self.installed, Plant(SEED)).fill_recent(now)
                return
            except PlantraceError as error:
                log.warning("History cannot be written yet", error=error.detail)
                self.stop.wait(5.0)

    def _backfill(self, now: int) -> None:
        """Write the whole history; afterwards, fill gaps that long outages left."""
        while not self.stop.is_set():
            try:
                if self._write_history(now):
                    self.stop.wait(BACKFILL_INTERVAL_S)
                now = now_ms() - BUFFER_MS - HOUR
            except Cancelled:
                log.info("The history was cancelled")
                return
            except PlantraceError as error:
                log.warning("History cannot be written now", error=error.detail)
                self.stop.wait(10.0)

    def _write_history(self, now: int) -> bool:
        """True if the history is complete. Raises Cancelled."""
        if is_cancelled(self.tenant):
            raise Cancelled
        history = History(self.tenant, self.installed, Plant(SEED))
        record = ensure_record(self.tenant, 0, now)
        if record is None:
            return history.backfill(now, self.stop)
        done = history.backfill(now, self.stop, record.report, record.job.progress.samples)
        if done:
            record.finish(now_ms())
        else:
            record.save()
        return done


@dataclass
class _CoverageRecorder:
    """Records the spans of acknowledged live samples, once a minute rather than with every batch."""

    tenant: TenantConnection
    site: str
    spans: Spans = ()
    lock: Lock = field(default_factory=Lock)

    def add(self, start: int, end: int) -> None:
        with self.lock:
            self.spans = merge_spans([*self.spans, (start, end)])

    def run(self, stop: Event) -> None:
        while not stop.wait(SAVE_INTERVAL_S):
            self.write()

    def write(self) -> None:
        """Store whole minutes; the current one is left for the next call."""
        with self.lock:
            spans = self.spans
        done = merge_spans(covered_by_minutes(spans))
        if not done:
            return
        try:
            add_coverage(self.tenant, self.site, done)
        except PlantraceError as error:
            log.warning("Coverage cannot be stored now", error=error.detail)
            return
        with self.lock:
            self.spans = merge_spans(left for start, end in self.spans for left in missing(done, start, end))
