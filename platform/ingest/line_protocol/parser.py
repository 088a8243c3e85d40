"""InfluxDB line protocol into points: a regular expression for the common line, a careful reader for all others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.line_protocol.line import LineError, Unterminated, read_line
from ingest.points import Arrival, RawPoint
from kernel.errors import TooLarge

PRECISIONS = {
    "n": 1,
    "ns": 1,
    "u": 1_000,
    "us": 1_000,
    "µ": 1_000,
    "μ": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
MAX_LINES = 500_000  # of a body, with comments and empty lines: splitting 25 MB of line breaks takes 800 MB
MAX_LINE_BYTES = 65_536  # InfluxDB's own limit of a string field
WINDOW_BYTES = 1 << 20  # of lines that are split at once
MAX_TEXT_BREAKS = 8  # how often a quoted text may seem to go on past a line that closes it
_QUOTATION_MARK = re.compile(rb'(?<!\\)(?:\\\\)*"')

# Every part matches in one way only, so that the cost is linear. Integers of 19 digits may exceed 64 bits and are left
# to the careful reader.
_COMMON = re.compile(
    rb"([^\s,=\\\"#][^\s,=\\\"]*),sensor=([^\s,=\\\"]+) "
    rb"value=(?:(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(-?\d{1,18})i)"
    rb"(?:,quality=([012])i)?(?: (-?\d{1,19}))?\r?"
)


def parse_lines(body: bytes, factor: int) -> Iterator[tuple[int, RawPoint | Arrival | LineError]]:
    """Every line that is neither empty nor a comment: its number from 1, and its point, its arrival if it
    may need a rule, or what is wrong with it.

    `factor` is the nanoseconds in one unit of the timestamps. TooLarge if the body has too many lines.
    """
    if (breaks := body.count(b"\n")) > MAX_LINES:
        raise TooLarge(
            f"The body has {breaks:,} lines; at most {MAX_LINES:,} are accepted. Send smaller batches.",
            slug="too-many-lines",
        )
    common, skipped = _COMMON.fullmatch, 0
    for before, lines, own in _windows(body):
        numbered = enumerate(lines[skipped:own], before + skipped + 1)
        skipped = max(0, skipped - own)
        for number, line in numbered:
            if len(line) > MAX_LINE_BYTES:
                yield number, _too_long()
                continue
            if found := common(line):
                site, sensor, number_text, integer, quality, t = found.groups()
                try:
                    yield (
                        number,
                        RawPoint(
                            site.decode(),
                            sensor.decode(),
                            float(number_text or integer),
                            int(t) * factor if t else None,
                            int(quality) if quality else 0,
                        ),
                    )
                    continue
                except UnicodeDecodeError:
                    pass  # the careful reader says where
            stripped = line.strip()
            if not stripped or stripped.startswith(b"#"):
                continue
            point, end = _careful(lines, number - before, factor)
            for _ in range(end - (number - before)):
                skipped += next(numbered, None) is None
            yield number, point


def verbatim(body: bytes, numbers: Iterable[int]) -> Iterator[bytes]:
    """The text of the points with these numbers, as `parse_lines` counts them; fast if they ascend."""
    windows = _windows(body)
    before, lines, own = next(windows)
    for number in numbers:
        if number <= before:
            windows = _windows(body)
            before, lines, own = next(windows)
        while number > before + own:
            before, lines, own = next(windows)
        start = end = number - before
        if b'"' in lines[start - 1] and len(lines[start - 1]) <= MAX_LINE_BYTES:
            _, end = _careful(lines, start, 1)
        yield b"\n".join(lines[start - 1 : end])


def _windows(body: bytes) -> Iterator[tuple[int, list[bytes], int]]:
    """Some lines at a time, since all at once take twice as much memory as the body: how many are before them, they and
    those in which a quoted text of theirs may end, and how many they are.
    """
    start, before = 0, 0
    while (end := body.find(b"\n", start + WINDOW_BYTES)) >= 0:
        lines = body[start:end].split(b"\n")
        own, following = len(lines), body.find(b"\n", end + 1 + MAX_LINE_BYTES)
        lines += body[end + 1 : following if following >= 0 else None].split(b"\n")
        yield before, lines, own
        start, before = end + 1, before + own
    lines = (body[start:] if start else body).split(b"\n")
    yield before, lines, len(lines)


def _careful(lines: Sequence[bytes], number: int, factor: int) -> tuple[RawPoint | Arrival | LineError, int]:
    """The point of any valid line, and the number of the line on which it ends: a quoted text may continue on the
    following ones, as far as all of them are no longer than one may be.
    """
    line, end = lines[number - 1], number
    for _ in range(MAX_TEXT_BREAKS):
        try:
            return read_line(line, factor), end
        except Unterminated as error:
            more = _lines_until_closed(lines, end, MAX_LINE_BYTES - len(line))
            if not more:
                return error, end
            line += b"\n" + b"\n".join(more)
            end += len(more)
        except LineError as error:
            return error, end
    return LineError("there are too many quoted texts"), end


def _too_long() -> LineError:
    return LineError(f"the line is longer than {MAX_LINE_BYTES} bytes")


def _lines_until_closed(lines: Sequence[bytes], start: int, max_bytes: int) -> Sequence[bytes]:
    """The lines from `start` up to one with a quotation mark that may close the text, within `max_bytes`."""
    for end in range(start, len(lines)):
        max_bytes -= len(lines[end]) + 1
        if max_bytes < 0:
            return lines[start:end]
        if _QUOTATION_MARK.search(lines[end]):
            return lines[start : end + 1]
    return lines[start:]
