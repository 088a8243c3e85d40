"""Types that several of the package's documents share."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kernel.errors import BadRequest
from kernel.ids import CALCULATED, LENGTH, SAVED_VIEW, SCHEMATIC, SENSOR, pattern
from kernel.times import EARLIEST, LATEST, MAX_CHARS, parse_time

MAX_NAME = 120
MAX_TRACES = 24  # of a trend
MAX_OPTIONS, MAX_OPTION = 30, 1_000

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
Time = Annotated[int, Meta(ge=EARLIEST, le=LATEST, description="Epoch ms")]
GivenTime = Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)]
Revision = Annotated[int, Meta(ge=1, le=2**63 - 1)]
GivenRevision = Annotated[Revision | None, Meta(description="The revision it was made from; or send If-Match")]
SensorId = Annotated[str, Meta(pattern=pattern(SENSOR, CALCULATED), max_length=LENGTH + 1)]
SchematicId = Annotated[str, Meta(pattern=pattern(SCHEMATIC), max_length=LENGTH + 1)]
ViewId = Annotated[str, Meta(pattern=pattern(SAVED_VIEW), max_length=LENGTH + 1)]
Duration = Annotated[
    str, Meta(pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})?(s|min|m|h|d|w|y)$", max_length=14, examples=["8h", "7d"])
]
OptionName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,19}$", max_length=20)]
OptionValue = Annotated[str, Meta(min_length=1, max_length=MAX_OPTION)]


def checked_name(name: str, field: str = "name") -> str:
    """Without blanks around it. BadRequest if nothing or more than a line is left."""
    text = name.strip()
    if not text or any(ord(each) < 32 or ord(each) == 127 for each in text):
        raise wrong(field, "A name is one line of text.")
    return text


def checked_time(given: int | str, field: str) -> int:
    """Epoch ms. BadRequest for what is no time, or looks like seconds."""
    return parse_time(str(given), field)


def wrong(field: str, message: str) -> BadRequest:
    return BadRequest(message, slug="invalid-body", errors=[{"field": field, "message": message}])
