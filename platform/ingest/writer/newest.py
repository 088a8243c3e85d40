"""The newest sample of each sensor in a batch."""

from __future__ import annotations

import numpy as np

from kernel.batch import Batch
from stores.redis.latest import Latest


def newest_of(batch: Batch) -> dict[str, Latest]:
    """By sensor id. Of samples with equal times the last in the batch wins, as in InfluxDB."""
    if not len(batch):
        return {}
    order = np.lexsort((batch.t, batch.i))  # stable: among equal times the order of arrival decides
    last = order[np.flatnonzero(np.append(np.diff(batch.i[order].astype(np.int64)) != 0, True))]
    return {
        batch.sensors[batch.i[k]][1]: Latest(int(batch.t[k]), batch.texts.get(k, float(batch.v[k])), int(batch.q[k]))
        for k in last.tolist()
    }


def merge_newest(into: dict[str, Latest], more: dict[str, Latest]) -> None:
    """Keeps the newer of each sensor in `into`; `more` arrived later."""
    for sensor, sample in more.items():
        known = into.get(sensor)
        if known is None or sample.t >= known.t:
            into[sensor] = sample
