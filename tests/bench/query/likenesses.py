"""Fidelity of the running platform's responses, for signals of every shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kernel.times import DAY
from tests.bench.query.client import Refused
from tests.bench.query.data import SHAPES, Series
from tests.bench.query.fidelity import faults, likeness
from tests.bench.query.installation import Installation
from tests.bench.query.rows import samples

RANGES = (7 * DAY, 90 * DAY)  # and all there is
TRIES = 3  # of each range, the worst counts


@dataclass(frozen=True, slots=True)
class Likeness:
    """`ours` and `theirs`: SSIM to all samples, of the answer and of as many points by MinMaxLTTB from all samples."""

    shape: str
    width: int
    rung: str
    points: int
    faults: tuple[str, ...]
    ours: float
    theirs: float


def measure_fidelity(installation: Installation) -> list[Likeness]:
    sensors = [next(one for one in installation.plant.history if one.shape == shape) for shape in SHAPES]
    return [
        max(_tries(installation, series, width), key=lambda one: (len(one.faults), one.theirs - one.ours))
        for series in sensors
        for width in [*(width for width in RANGES if width < 0.7 * series.longest), series.longest]
    ]


def _tries(installation: Installation, series: Series, width: int) -> Iterator[Likeness]:
    for _, span in zip(range(TRIES), series.spans(width), strict=False):
        raw_t, raw_v = series.within(span)
        try:
            answer = samples(installation, series, span, "auto").json()
        except Refused as error:
            yield Likeness(series.shape, width, "refused", 0, (str(error),), float("nan"), float("nan"))
            continue
        t, v = np.array(answer["t"], np.int64), np.array(answer["v"])
        wrong = faults(raw_t, raw_v, t, v, answer["resolution_ms"])
        if answer["method"] != "minmax" or not len(t) <= 1000:
            wrong.append(f"{len(t)} points by {answer['method']}")
        yield Likeness(series.shape, width, answer["rung"], len(t), tuple(wrong), *likeness(raw_t, raw_v, t, v, span))
