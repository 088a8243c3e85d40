"""Points on their way, as a source decoded them."""

from __future__ import annotations

import re
from typing import ClassVar

import msgspec

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
