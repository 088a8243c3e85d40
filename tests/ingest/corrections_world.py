"""Samples of a small plant as a plain dictionary, and corrections done by hand."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.bulk import BulkWriter
from ingest.changes import journal_of
from ingest.changes.journaling import JournalingWriter
from ingest.corrections import jobs
from ingest.corrections.models import Correction, NewCorrection
from jobs import Outcome
from kernel import ids
from tests.ingest.conftest import Plant

MS = 1_000_000
Sample = tuple[float | str | None, int]
State = dict[int, Sample]


def now() -> int:
    return time.time_ns() // MS


@dataclass
class World:
    plant: Plant

    def write(self, tag: str, samples: State, journal: str | None = None) -> None:
        """As an import would (with its id), or as live data."""
        sensor = self.plant.sensor(tag)
        new_writer: Any = (
            BulkWriter(self.plant.tenant, "ns")
            if journal is None
            else JournalingWriter(self.plant.tenant, journal_of(self.plant.tenant, journal))
        )
        with new_writer as writer:
            self.add(writer, sensor.id, samples)

    def add(self, writer: Any, sensor: str, samples: State) -> None:
        times = np.array(list(samples), np.int64) * MS
        values: Any = [value for value, _ in samples.values()]
        if not any(isinstance(value, str) for value in values):
            values = np.array(values, np.float64)
        quality = np.array([quality for _, quality in samples.values()], np.uint8)
        writer.add(self.plant.site, sensor, times, values, quality)

    def stored(self, tag: str) -> State:
        return {t // MS: sample for t, sample in self.plant.stored(tag).items()}

    def new_import(self) -> str:
        return ids.new_id(ids.IMPORT)

    def correct(self, action: Any, *tags: str, **rest: Any) -> Correction:
        sensors = [self.plant.sensor(tag).id for tag in tags]
        wanted = NewCorrection(action=action, sensors=sensors, **rest)
        return self.perform(jobs.queue(self.plant.tenant, wanted, "erika", now()).id)

    def undo(self, target: str, dry_run: bool = False) -> Correction:
        return self.perform(jobs.queue_undo(self.plant.tenant, target, dry_run, "erika", now()).id)

    def perform(self, id: str) -> Correction:
        assert jobs.perform(self.plant.tenant, id, now) is Outcome.ended
        done = jobs.read(self.plant.tenant, id)
        assert done.state == "done", done.error
        return done
