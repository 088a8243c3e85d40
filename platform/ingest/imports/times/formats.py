"""Decides the time format of a column over all of its rows; between two that fit, by the other files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.imports.times.parser import TimeParser
from ingest.imports.times.spellings import Spellings
from ingest.imports.times.zones import Flags, Ints, Zone
from kernel.errors import BadRequest

MAX_TIME_CHARS = 100  # a longer cell is not a time
PROBE_ROWS = 50  # are tried with every format, the rest with those that read most of them
MAX_TRIED = 2_000  # rows that the chosen format does not read, tried with every other one
MIN_SHARE = 2 / 3  # of the times that one format has to read
MAX_OTHER_SHARE = 0.01  # of the times that may be in a format other than the chosen one
_SLASHED = ("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%y/%m/%d", "%Y/%m/%d")
_DASHED = ("%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y")
_DOTTED = ("%d.%m.%Y", "%d.%m.%y", "%y.%m.%d", "%Y.%m.%d")
_NAMED = (
    "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d/%b/%Y", "%d. %b %Y", "%d.%b.%Y", "%b %d, %Y", "%b %d %Y", "%Y-%b-%d",
)  # fmt: skip
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H:%M:%S.%f", "%I:%M:%S.%f %p")
_EPOCHS = {
    "epoch_s": r"^\d{9,10}([.]\d+)?$",
    "epoch_ms": r"^\d{12,13}([.]\d+)?$",
    "epoch_us": r"^\d{15,16}$",
    "epoch_ns": r"^\d{18,19}$",
}
_SERIAL = r"^[2-6]\d{4}([.]\d+)?$"  # days of 1954 to 2091
_ZONE_AT_END = re.compile(
    r":\d\d(?:[.,]\d{1,9})?\s*+(?:[AaPp](?:[Mm]|\.\s?[Mm]\.?)\s*+)?(?![AaPp]\.?\s?[Mm]\.?$)"
    r"(?:[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?)$"
)
_LETTERS = re.compile(r"[^\W\d_]{3}")


class FormatSearch:
    """Finds the format that reads most times of one column of one file. `name` is the file's."""

    def __init__(self, zone: Zone, name: str) -> None:
        self.name, self._zone = name, zone
        self._leading: list[str] = []  # of formats that read equally many, the simplest
        self._more: list[str] = []  # the same dates, other clocks (with and without seconds)
        self._read: Counter[str] = Counter()
        self._others: Counter[str] = Counter()
        self._total = self._tried = self._unread = 0
        self._example, self._first, self._line = "", "", 0

    @property
    def dates(self) -> set[str]:
        """The date orders of the formats that fit best; one, once that is decided."""
        return {_date(form) for form in self._leading}

    @property
    def formats(self) -> list[str]:
        return [*self._leading[:1], *self._more] or ["iso"]

    def add(self, cells: pa.StringArray, lines: Ints) -> None:
        """The next rows of the column, with their `lines` in the file."""
        cells = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(pc.fill_null(cells, "")), 0, MAX_TIME_CHARS)
        filled = np.flatnonzero(np.array(pc.not_equal(cells, "").to_numpy(zero_copy_only=False), bool))
        if len(filled) < len(cells):
            cells, lines = cells.take(pa.array(filled)), lines[filled]
        if not len(cells):
            return
        if not self._leading:
            self._first = self._first or cells[0].as_py()
            self._probe(cells[:PROBE_ROWS], lines[:PROBE_ROWS])
            cells, lines = cells[PROBE_ROWS:], lines[PROBE_ROWS:]
        if len(cells) and self._leading:
            self._count(cells, lines, self._leading)
        elif len(cells):
            self._miss(cells, lines)

    def keep_dates(self, dates: set[str]) -> None:
        """Keeps, of the formats that fit, those with this order of the date."""
        self._leading = [form for form in self._leading if _date(form) in dates]

    def check(self) -> None:
        """BadRequest if no format reads these times, or the best one leaves out too many."""
        if not self._total:
            return
        read = self._total - self._unread
        if not read:
            raise _unknown(self.name, self._first)
        if read < self._total * MIN_SHARE and self._unread > 1:
            raise self._partial(read)
        [(_, other)] = self._others.most_common(1) or [("", 0)]
        if other and other / self._tried * self._unread > self._total * MAX_OTHER_SHARE:
            raise self._partial(read)

    def ambiguous(self, orders: Iterable[str] = ()) -> BadRequest:
        known = sorted(orders)
        both = f" Other files have {' and '.join(known)}." if len(known) > 1 else ""
        return BadRequest(
            f"{self.name}: the times, such as {self._first!r}, can be read as {' or as '.join(self._leading)}, in all "
            f"{self._total:,} rows that were read.{both} Say which in the mapping's time.format.",
            slug="ambiguous-time",
        )

    def _probe(self, cells: pa.StringArray, lines: Ints) -> None:
        self._count(cells, lines, _candidates(cells.to_pylist()))
        if not self._read[next(iter(self._leading), "")]:
            self._leading = []

    def _count(self, cells: pa.StringArray, lines: Ints, forms: Sequence[str]) -> None:
        """Counts what these formats read, and keeps those that have read most."""
        spellings = Spellings(cells)
        found = {form: self._parse(form, spellings) for form in forms}
        for form, ok in found.items():
            self._read[form] += int(ok.sum())
        most = max(self._read[form] for form in forms)
        self._leading = _simplest([form for form in forms if self._read[form] == most])
        if len(self.dates) == 1:
            self._leading = self._leading[:1]
        unread = np.flatnonzero(~found[self._leading[0]])
        if len(self._leading) == 1 and len(unread):
            unread = self._with_other_clocks(cells, unread)
        self._total += len(cells) - len(unread)
        self._miss(cells.take(pa.array(unread)), lines[unread])

    def _with_other_clocks(self, cells: pa.StringArray, unread: Ints) -> Ints:
        """What remains unread after trying the same dates with other clocks."""
        [leader] = self._leading
        forms = [*self._more, *(form for form in _alike(leader) if form not in self._more)]
        for form in forms:
            ok = self._parse(form, Spellings(cells.take(pa.array(unread))))
            if ok.any() and form not in self._more:
                self._more.append(form)
            unread = unread[~ok]
            if not len(unread):
                break
        return unread

    def _miss(self, cells: pa.StringArray, lines: Ints) -> None:
        """Counts rows that are not read, and tries the first of them with every format."""
        if not len(cells):
            return
        self._total += len(cells)
        self._unread += len(cells)
        if not self._line:
            self._example, self._line = cells[0].as_py(), int(lines[0])
        cells = cells[: max(0, MAX_TRIED - self._tried)]
        if not len(cells):
            return
        self._tried += len(cells)
        spellings = Spellings(cells)
        for form in _candidates(cells.to_pylist()):
            if form not in self.formats:
                self._others[form] += int(self._parse(form, spellings).sum())

    def _parse(self, form: str, spellings: Spellings) -> Flags:
        cells = spellings.cells
        if form in _EPOCHS:  # any number could be an epoch time
            return np.array(pc.match_substring_regex(cells, _EPOCHS[form]).to_numpy(zero_copy_only=False), bool)
        if form == "excel":  # without any fraction it may as well be a row number
            ok = np.array(pc.match_substring_regex(cells, _SERIAL).to_numpy(zero_copy_only=False), bool)
            return ok & bool(pc.any(pc.match_substring(cells, ".")).as_py() or self._leading == [form])
        return TimeParser([form], self._zone).parse_spellings(spellings).ok

    def _partial(self, read: int) -> BadRequest:
        [(other, count)] = self._others.most_common(1) or [("", 0)]
        chosen = next(iter(self._leading), "no known format")
        nearest = (
            f"; {other} reads {count:,} of {self._tried:,} of these. Name both in the mapping's time.format, in the "
            f"order in which to try them: [{chosen!r}, {other!r}]"
            if count
            else "; no known format reads these: name their format in the mapping's time.format, or remove the rows"
        )
        return BadRequest(
            f"{self.name}: {chosen} reads {read:,} of {self._total:,} times, but not {self._example!r} in line "
            f"{self._line:,} and {self._unread - 1:,} more{nearest}.",
            slug="partial-time",
        )


def settle(searches: Sequence[FormatSearch], complete: bool) -> None:
    """Decides the formats of all columns, which share the order of day and month unless they show another.

    BadRequest if one cannot be decided or does not fit; unless `complete`, more rows may still decide it.
    """
    decided = set[str]().union(*(search.dates for search in searches if len(search.dates) == 1))
    for search in searches:
        if complete:
            search.check()
        open_ = search.dates
        if len(open_) > 1:
            if len(open_ & decided) == 1:
                search.keep_dates(open_ & decided)
            elif complete:
                raise search.ambiguous(open_ & decided)


def _candidates(cells: Sequence[str]) -> list[str]:
    """The formats worth trying, by the characters in the cells."""
    text = "".join(cells)
    zoned = " %Z" if any(_ZONE_AT_END.search(cell) for cell in cells[:1]) else ""
    dates = [*(_SLASHED if "/" in text else ()), *(_DASHED if "-" in text else ()), *(_DOTTED if "." in text else ())]
    if any(_LETTERS.search(cell) for cell in cells):
        dates += _NAMED
    clocks = [f" {clock}{zoned}" for clock in _CLOCKS] if ":" in text else [""]
    return ["iso", *_EPOCHS, "excel", *(f"{date}{clock}" for date in dates for clock in clocks)]


def _simplest(forms: list[str]) -> list[str]:
    """Without formats that read the same times in the same way."""
    if "iso" in forms:
        forms = [form for form in forms if not form.startswith("%Y-%m-%d")]
    return [form for form in forms if "%S.%f" not in form or form.replace("%S.%f", "%S") not in forms]


def _alike(form: str) -> list[str]:
    """The same dates with other clocks."""
    date, zoned = _date(form), " %Z" if form.endswith("%Z") else ""
    return [] if date == form else [other for clock in _CLOCKS if (other := f"{date} {clock}{zoned}") != form]


def _date(form: str) -> str:
    for clock in sorted(_CLOCKS, key=len, reverse=True):
        form = form.removesuffix(" %Z").removesuffix(f" {clock}")
    return form


def _unknown(name: str, example: str) -> BadRequest:
    if re.fullmatch(r"[2-6][0-9]{4}", example):
        return BadRequest(
            f"{name}: the time {example!r} may be a spreadsheet date or a row number; say excel in the mapping's "
            "time.format if it is the first, or name the time's column in time.column.",
            slug="unknown-time",
        )
    return BadRequest(
        f"{name}: the time {example!r} is in no known format; name its format in the mapping's "
        "time.format, such as %d.%m.%Y %H:%M:%S.",
        slug="unknown-time",
    )
