"""Infers the interval of sensors that declare none from their first samples."""

from __future__ import annotations

import logging

import numpy as np

from catalog.operations import infer_intervals
from catalog.snapshot import snapshot_of
from ingest.intervals import IntervalEstimator
from kernel.batch import Batch
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection

log = logging.getLogger(__name__)


class IntervalListener:
    """A `BatchListener` that never blocks its tenant: while the catalog is down, intervals are inferred later."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant, self._estimator = tenant, IntervalEstimator()
        self._settled: set[str] = set()

    def stored(self, batch: Batch) -> None:
        open_sensors = [k for k, (_, sensor) in enumerate(batch.sensors) if sensor not in self._settled]
        if not open_sensors:
            return
        try:
            self._watch(batch, open_sensors)
        except PlantraceError as error:
            log.warning("%s: intervals are inferred later: %s", self._tenant.slug, error.detail)

    def _watch(self, batch: Batch, open_sensors: list[int]) -> None:
        snapshot = snapshot_of(self._tenant)
        inferred: dict[str, float] = {}
        for k in open_sensors:
            sensor = snapshot.sensors.get(batch.sensors[k][1])
            if sensor is None or sensor.interval_s is not None or sensor.sampling != "periodic":
                self._settled.add(batch.sensors[k][1])
                continue
            interval = self._estimator.watch(sensor.id, np.sort(batch.t[batch.i == k])[-50:].tolist())
            if interval is not None:
                inferred[sensor.id] = interval
        if inferred:
            infer_intervals(self._tenant, inferred)
            self._settled |= inferred.keys()
