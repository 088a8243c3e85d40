"""Sensors whose interval nobody declared get it from the first samples that pass the writer."""

from __future__ import annotations

import logging

import numpy as np

from catalog.operations import learn_intervals
from catalog.snapshot import snapshot_of
from ingest.intervals import Learner
from ingest.points import Batch
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection

log = logging.getLogger(__name__)


class IntervalWatch:
    """Called with every stored batch of one tenant. Never in the way: a catalog that is down is asked again later."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant, self._learner = tenant, Learner()
        self._settled: set[str] = set()

    def __call__(self, batch: Batch) -> None:
        open_sensors = [k for k, (_, sensor) in enumerate(batch.sensors) if sensor not in self._settled]
        if not open_sensors:
            return
        try:
            self._watch(batch, open_sensors)
        except PlantraceError as error:
            log.warning("%s: intervals are learned later: %s", self._tenant.slug, error.detail)

    def _watch(self, batch: Batch, open_sensors: list[int]) -> None:
        snapshot = snapshot_of(self._tenant)
        learned: dict[str, float] = {}
        for k in open_sensors:
            sensor = snapshot.sensors.get(batch.sensors[k][1])
            if sensor is None or sensor.interval_s is not None or sensor.sampling != "periodic":
                self._settled.add(batch.sensors[k][1])
                continue
            interval = self._learner.watch(sensor.id, np.sort(batch.t[batch.i == k])[-50:].tolist())
            if interval is not None:
                learned[sensor.id] = interval
        if learned:
            learn_intervals(self._tenant, learned)
            self._settled |= learned.keys()
