"""InfluxDB line protocol into columns, if all lines have the common form: several times as fast as one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ingest.line_protocol.parser import MAX_LINE_BYTES, MAX_LINES
from ingest.points import NotInColumns, PointColumns

WINDOW_BYTES = 1 << 18  # of lines that are matched at once, in some milliseconds: no other thread runs meanwhile
_LATEST = 2**63 - 1
# As the parser's, but for the tails of numbers: possessive, so that a line that does not match costs no more.
_LINES = re.compile(
    rb"^([^\s,=\\\"#][^\s,=\\\"]*+,sensor=[^\s,=\\\"]++) "
    rb"value=(-?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?|-?\d{1,18}i)"
    rb"(?:,quality=([012])i)?(?: (-?\d{1,19}+))?\r?$",
    re.MULTILINE,
)


def columns_of(body: bytes, factor: int) -> Iterator[PointColumns]:
    """The points of some lines at a time, as `parse_lines` reads them. NotInColumns where a line is of another form,
    empty or a comment, or only some of the lines have a timestamp.
    """
    if body.count(b"\n") > MAX_LINES:
        raise NotInColumns
    for lines in _windows(body):
        found = _LINES.findall(lines)
        if len(found) != lines.count(b"\n") + 1:  # each match is a whole line
            raise NotInColumns
        heads, values, qualities, times = zip(*found, strict=True)
        if max(map(len, heads)) + max(map(len, values)) > MAX_LINE_BYTES // 2:
            raise NotInColumns
        numbers = {head: number for number, head in enumerate(dict.fromkeys(heads))}
        index = np.fromiter(map(numbers.__getitem__, heads), np.uint32, len(heads))
        yield PointColumns(
            list(map(_names, numbers)), index, _numbers(values), _times(times, factor), _qualities(qualities)
        )


def _windows(body: bytes) -> Iterator[bytes]:
    """Without their last line breaks."""
    start, end = 0, len(body) - body.endswith(b"\n")
    while start < end:
        stop = body.find(b"\n", start + WINDOW_BYTES, end)
        yield body[start : stop if stop >= 0 else end]
        start = stop + 1 if stop >= 0 else end


def _names(head: bytes) -> tuple[str, str]:
    try:
        site, _, sensor = head.decode().partition(",sensor=")
    except UnicodeDecodeError:
        raise NotInColumns from None
    return site, sensor


def _numbers(texts: Sequence[bytes]) -> npt.NDArray[np.float64]:
    try:
        return np.fromiter(map(float, texts), np.float64, len(texts))
    except ValueError:
        return np.fromiter((float(text.rstrip(b"i")) for text in texts), np.float64, len(texts))


def _times(texts: Sequence[bytes], factor: int) -> npt.NDArray[np.int64] | None:
    if not any(texts):
        return None
    try:
        t = np.fromiter(map(int, texts), np.int64, len(texts))
    except (ValueError, OverflowError):  # one has none, or one is too large
        raise NotInColumns from None
    if max(int(t.max()), -int(t.min())) > _LATEST // factor:
        raise NotInColumns
    return t * factor


def _qualities(texts: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    if not any(texts):
        return np.zeros(len(texts), np.uint8)
    return np.frombuffer(b"".join(text or b"0" for text in texts), np.uint8) - np.uint8(ord("0"))
