"""Points on their way, as a source decoded them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

import msgspec
import numpy as np
import numpy.typing as npt

from kernel.errors import shortened

MAX_REASON_CHARS = 500  # an answer quotes several reasons, and a name in one may be as long as a line
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # six bytes each in JSON


class PointError(Exception):
    """Why a point is not taken, without its position. `decoded`: it is well-formed, and refused for what it says."""

    decoded: ClassVar[bool] = True

    def __init__(self, reason: str) -> None:
        super().__init__(shortened(_UNREADABLE.sub("\ufffd", reason), MAX_REASON_CHARS))


class UnknownSensor(PointError):
    """The catalog has no such site or sensor."""


class RawPoint(msgspec.Struct, gc=False):
    """One point as a source decoded it; not yet checked against the catalog.

    `site` is a slug or id, `sensor` a tag or id, `t` in ns (None: now), `quality` 0 good, 1 uncertain, 2 bad.
    """

    site: str
    sensor: str
    value: float | bool | str
    t: int | None
    quality: int = 0


class Arrival(msgspec.Struct, gc=False):
    """One item as a source decoded it, before anything is known of its sensors: each field may be one's sample.

    `name` is the measurement, topic or type of event. `sample`: the item in the form that needs no rule
    (`site,sensor=TAG value=…`), if it has that form; `otherwise`: why it does not.
    """

    name: str
    tags: dict[str, str]
    fields: dict[str, float | bool | str]
    t: int | None
    sample: RawPoint | None = None
    otherwise: str = ""


class NotInColumns(Exception):
    """Points that have to be looked at one by one."""


@dataclass(frozen=True, slots=True)
class PointColumns:
    """Numbers as a source decoded them; not yet checked against the catalog. Point k is of `series[i[k]]`, a site and a
    sensor as in RawPoint, at `t[k]` in ns (or all are of now), with quality `q[k]`.
    """

    series: Sequence[tuple[str, str]]
    i: npt.NDArray[np.uint32]
    v: npt.NDArray[np.float64]
    t: npt.NDArray[np.int64] | None
    q: npt.NDArray[np.uint8]


@runtime_checkable
class InColumns(Protocol):
    """Points that may also be had as columns: the same ones, in the same order."""

    def columns(self) -> Iterator[PointColumns]:
        """Raises NotInColumns if any of them cannot."""
