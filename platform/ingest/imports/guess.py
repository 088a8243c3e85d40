"""What delimiter and time format a file's head shows; two readings that both fit are an error, never a coin's toss."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import pyarrow as pa

from ingest.imports.quoting import rows_of
from ingest.imports.times import make_format
from ingest.imports.zones import Zone
from kernel.errors import BadRequest

DELIMITERS = ",;\t|"
SAMPLE_LINES = 100
_DATES = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d-%m-%Y",
)
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H:%M:%S.%f", "%I:%M:%S.%f %p")
_EPOCHS = {
    "epoch_s": r"\d{9,10}([.]\d+)?",
    "epoch_ms": r"\d{12,13}([.]\d+)?",
    "epoch_us": r"\d{15,16}",
    "epoch_ns": r"\d{18,19}",
}
MAX_TIME_CHARS = 100  # what is longer is no time, whatever is cut off
_ZONE_AT_END = re.compile(r"\d\s*+(?:[AaPp][Mm]\s*+)?(?!([AaPp][Mm])$)([A-Za-z]{1,4}|[+-]\d\d:?\d\d)$")


def guess_delimiter(text: str, name: str) -> str:
    """The character that cuts the header and most lines into the same number of cells, more than one."""
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in islice(rows_of(text, delimiter), SAMPLE_LINES)]
        if not widths or widths[0] < 2:
            continue
        usual, times = Counter(widths).most_common(1)[0]
        score = times / len(widths) + min(usual, 50) / 1000
        if usual == widths[0] and score > best_score:
            best, best_score = delimiter, score
    if not best:
        raise BadRequest(
            f"{name}: no comma, semicolon, tab or bar cuts it into equal rows; name the `delimiter` in the mapping.",
            slug="bad-file",
        )
    return best


def guess_formats(sample: list[str], zone: Zone, name: str) -> list[str]:
    """The one time format that reads most cells of the sample, and at least half of them."""
    cells = [text.strip()[:MAX_TIME_CHARS] for text in sample if text.strip()]
    if not cells:
        return ["iso"]
    counts = Counter(
        {form: sum(bool(re.fullmatch(pattern, text)) for text in cells) for form, pattern in _EPOCHS.items()}
    )
    column = pa.array(cells)
    for form in ("iso", *_written(cells)):
        counts[form] = int(make_format(form, zone).parse(column).ok.sum())
    most = max(counts.values())
    fitting = [form for form, count in counts.items() if count == most and counts[form.replace("%S.%f", "%S")] < most]
    fitting += [form for form, count in counts.items() if count == most and "%S.%f" not in form]
    if counts["iso"] == most:  # then these are the same times, written the same way
        fitting = [form for form in fitting if not form.startswith("%Y-%m-%d")]
    if most < len(cells) / 2:
        raise BadRequest(
            f"{name}: the time {cells[0]!r} is in no format that is known without being told; name it in the mapping's "
            "time.format, such as %d.%m.%Y %H:%M:%S.",
            slug="unknown-time",
        )
    if len(fitting) > 1:
        raise BadRequest(
            f"{name}: the times, such as {cells[0]!r}, can be read as {' or as '.join(fitting)}; "
            "say which in the mapping's time.format.",
            slug="ambiguous-time",
        )
    return fitting


def _written(cells: list[str]) -> list[str]:
    """The strptime formats that are tried, with the zone that stands behind the times."""
    zoned = " %Z" if _ZONE_AT_END.search(cells[0]) else ""
    return [f"{date} {clock}{zoned}" for date in _DATES for clock in _CLOCKS]
