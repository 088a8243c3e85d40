"""Ladder rows as line protocol."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.models import Sensor
from historian.read.rows import COLUMNS, STRINGS, TEXT_COLUMNS, TIME_COLUMNS
from historian.rungs.rows import NONE, Rows
from historian.rungs.rungs import Rung
from historian.rungs.states import encode
from stores.timeseries import row_measurement
from stores.timeseries.lines import as_text, join_lines, quoted_value

_WHOLE = {*TIME_COLUMNS, "n", "n_bad"}
MAX_ROWS_BY_PYTHON = 16  # up to which plain Python is faster than Arrow, which costs 20 us per column


def measurement_of(site: str, rung: Rung) -> str:
    return row_measurement(site, rung.name)


def lines_of(sensor: Sensor, rung: Rung, rows: Rows) -> bytes:
    """The rows as line protocol, times in ms."""
    names, head = COLUMNS[sensor.kind], f"{measurement_of(sensor.site, rung)},sensor={sensor.id} "
    if len(rows) <= MAX_ROWS_BY_PYTHON:
        fields = [[f"{name}={text}" for text in _texts(rows, name)] for name in names]
        lines = (f"{head}{','.join(each)} {t}\n" for *each, t in zip(*fields, rows.t.tolist(), strict=True))
        return "".join(lines).encode()
    parts: list[Any] = [head]
    for place, name in enumerate(names):
        parts[-1] += f"{',' if place else ''}{name}="
        parts += [_arrow(rows, name), "i" if name in _WHOLE else ""]
    parts[-1] += " "
    return join_lines(*(pa.scalar(part) if isinstance(part, str) else part for part in [*parts, as_text(rows.t)]))


def _texts(rows: Rows, name: str) -> list[str]:
    values = _field(rows, name).tolist()
    if name in STRINGS:
        return list(map(quoted_value, values))
    return [f"{value}i" for value in values] if name in _WHOLE else list(map(repr, values))


def _arrow(rows: Rows, name: str) -> Any:
    column = _field(rows, name)
    return pa.array(map(quoted_value, column.tolist()), pa.string()) if name in STRINGS else as_text(column)


def _field(rows: Rows, name: str) -> npt.NDArray[Any]:
    if name == "states":
        if rows.held is None:
            raise ValueError("rows of states without the time in each state")
        return np.array([encode(held) for held in rows.held], object)
    column: npt.NDArray[Any] = getattr(rows, TEXT_COLUMNS.get(name, name))
    return np.where(column == NONE, NONE, column - rows.t) if name in TIME_COLUMNS else column
