"""Rows of a look-up table as CSV, as a spreadsheet reads and writes it. Pure.

The columns `key`, `from`, `to`, `daily_from` and `daily_to` are those of a row; every other column is a value of its
name, `values.key` one that is called `key`. An empty cell adds nothing; an apostrophe alone is an empty text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from ingest.events.event import MAX_NAME_CHARS
from ingest.events.lookup import MAX_NAMES, MAX_ROWS, MAX_TEXT_CHARS, MAX_TIME, MAX_VALUES, LookupTable, Row, wrong_with
from kernel.errors import BadRequest
from kernel.spreadsheets import cell_of, text_of
from kernel.times import iso, parse_time

OWN = ("key", "from", "to", "daily_from", "daily_to")
PREFIX = "values."
MAX_COLUMNS, MAX_ERRORS = len(OWN) + MAX_NAMES, 20
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")


class InvalidCsv(BadRequest):
    """`errors`: the first of them, each with the number of its row as a spreadsheet counts them."""

    slug, title = "invalid-csv", "The file is not a look-up table"


class _CellError(Exception):
    def __init__(self, column: str, message: str) -> None:
        self.column, self.message = column, message


Error = tuple[int, str, str]  # row, column, message


def csv_text(rows: Sequence[Row]) -> str:
    """BadRequest for a table of more names than are stored today, whose file grows with rows and names multiplied."""
    names = sorted({name for row in rows for name in row.values})
    if len(names) > MAX_NAMES:
        raise BadRequest(
            f"The rows' values have {len(names):,} names; a CSV file has at most {MAX_NAMES}. "
            "Read the rows page by page as JSON, or store the table with fewer names.",
            slug="too-many-columns",
        )
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*OWN, *(cell_of(_heading(name)) for name in names)])
    for row in rows:
        times = ["" if t is None else iso(t) for t in (row.start, row.end)]
        writer.writerow([cell_of(row.key), *times, *(row.daily or ("", "")), *_cells(row, names)])
    return out.getvalue()


def parse_csv(data: bytes) -> list[Row]:
    """Raises InvalidCsv, which names all that is wrong up to twenty errors."""
    records = _records(_decoded(data))
    columns = _columns(next(records, []))
    rows: list[Row] = []
    numbers: list[int] = []
    errors: list[Error] = []
    for number, cells in enumerate(records, 2):
        if not any(map(str.strip, cells)):
            continue
        if len(rows) >= MAX_ROWS:
            errors.append((number, "", f"a table has at most {MAX_ROWS:,} rows"))
            break
        try:
            rows.append(_row(columns, cells))
            numbers.append(number)
        except _CellError as wrong:
            errors.append((number, wrong.column, wrong.message))
        if len(errors) >= MAX_ERRORS:
            break
    if not errors and (found := wrong_with(LookupTable(rows))) is not None:
        place, message = found
        errors.append((numbers[place], "", message))
    if errors:
        raise _invalid(errors)
    return rows


def _heading(name: str) -> str:
    return PREFIX + name if name in OWN or name.startswith(PREFIX) else name


def _cells(row: Row, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        text = row.values.get(name)
        yield "" if text is None else cell_of(text) or "'"


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise _invalid([(row, "", "the file is not UTF-8; save it as “CSV UTF-8”")]) from None
    if (place := text.find("\0")) >= 0:
        raise _invalid([(text.count("\n", 0, place) + 1, "", "there is a NUL character, which no text has")])
    return text


def _records(text: str) -> Iterator[list[str]]:
    """Some spreadsheets write semicolons or tabs."""
    records = _reader(text, max(",;\t", key=partial(_fit, text)))
    number = 0
    while True:
        number += 1
        try:
            yield next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise _invalid([(number, "", f"the row cannot be read: {error}")]) from None


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the header's columns are known, and how many it has at all."""
    try:
        names = next(_reader(text, delimiter), [])
    except csv.Error:
        return 0, 0
    return len({name.strip() for name in names} & {*OWN}), len(names)


def _columns(header: Sequence[str]) -> list[str]:
    """The columns' names: own ones as they are, and values with the prefix."""
    names = [text_of(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    columns = [name if name in OWN else PREFIX + name.removeprefix(PREFIX) for name in names]
    wrong = ""
    if len(names) > MAX_COLUMNS:
        wrong = f"there are {len(names)} columns; at most {MAX_COLUMNS} are accepted"
    elif len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1).removeprefix(PREFIX)
        wrong = f"the column “{twice[:40]}” appears twice"
    elif not all(0 < len(name.removeprefix(PREFIX)) <= MAX_NAME_CHARS for name in names):
        wrong = f"each column needs a name of 1 to {MAX_NAME_CHARS} characters"
    elif not set(names) - set(OWN):
        wrong = f"no column has values; beside {', '.join(OWN)} a table has columns such as shift or product"
    if wrong:
        raise _invalid([(1, "", wrong)])
    return columns


def _row(columns: Sequence[str], cells: Sequence[str]) -> Row:
    if any(map(str.strip, islice(cells, len(columns), None))):
        raise _CellError("", f"it has {len(cells)} cells, but the header has {len(columns)}")
    found = {name: cell for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    values = {name.removeprefix(PREFIX): _text(name, cell) for name, cell in found.items() if name not in OWN}
    if not 0 < len(values) <= MAX_VALUES:
        raise _CellError("", f"a row has 1 to {MAX_VALUES} values; this one has {len(values)}")
    daily = _daily(found.get("daily_from", "").strip(), found.get("daily_to", "").strip())
    return Row(values, _text("key", found.get("key", "")), _time("from", found), _time("to", found), daily)


def _text(column: str, cell: str) -> str:
    text = text_of(cell)
    if len(text) > MAX_TEXT_CHARS:
        raise _CellError(column.removeprefix(PREFIX), f"the text has {len(text)} characters; at most {MAX_TEXT_CHARS}")
    return text


def _time(column: str, found: dict[str, str]) -> int | None:
    if (text := found.get(column)) is None:
        return None
    try:
        t = parse_time(text.strip(), column)
    except BadRequest as error:
        raise _CellError(column, error.detail.rstrip(".")) from None
    if not 0 <= t <= MAX_TIME:
        raise _CellError(column, "the time is before 1970 or after 2255")
    return t


def _daily(start: str, end: str) -> tuple[str, str] | None:
    if not start and not end:
        return None
    times = []
    for column, text in (("daily_from", start), ("daily_to", end)):
        match = _TIME_OF_DAY.fullmatch(text)
        if match is None:
            raise _CellError(column, f"“{text[:20]}” is not a time of day such as 06:00; both or neither are given")
        times.append(f"{int(match[1]):02d}:{match[2]}")
    return times[0], times[1]


def _invalid(errors: Sequence[Error]) -> InvalidCsv:
    shown = [
        {"field": f"row {row}" + (f", {column[:40]}" if column else ""), "message": message}
        for row, column, message in errors
    ]
    more = {1: "", 2: " One more row is wrong."}.get(len(errors), f" {len(errors) - 1} more rows are wrong.")
    first = shown[0]
    return InvalidCsv(f"{first['field'].capitalize()}: {first['message']}. Nothing was changed.{more}", errors=shown)
