"""Parses times in the formats that historians write, whole columns at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.imports.times.spellings import DAY, Spellings
from ingest.imports.times.zones import SECOND, Flags, Ints, Zone
from kernel.errors import BadRequest
from kernel.suggest import did_you_mean

HOUR = 3600 * SECOND
MAX_FORMAT_CHARS = 100
# What control systems append to a time; abbreviations of the file's own zone take precedence.
ABBREVIATIONS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "GST": 4, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7, "MEZ": 1, "MESZ": 2, "AKST": -9, "AKDT": -8, "HST": -10, "JST": 9, "SGT": 8, "AEST": 10, "AEDT": 11,
}  # fmt: skip
EPOCHS = {"epoch_s": SECOND, "epoch_ms": 1_000_000, "epoch_us": 1_000, "epoch_ns": 1}
SERIALS = {"excel": -25_569 * DAY, "excel_1904": -24_107 * DAY}  # from 1899-12-30 and from 1904-01-01
MAX_SERIAL = 100_000  # days: in the year 2173
_ISO = r"^\d{4}-\d\d-\d\d([T ]\d\d(:\d\d(:\d\d([.]\d{1,9})?)?)?)?"
_ZONED = r"[T ]\d\d:?.*(Z|[+-]\d\d(:?\d\d)?)$"
_FRACTION = r"(?P<seconds>:\d\d)[.,](?P<fraction>\d{1,9})"


@dataclass(frozen=True, slots=True)
class Stamps:
    """`ns` of each cell where `ok`: UTC where `zoned`, else local time."""

    ns: Ints
    ok: Flags
    zoned: Flags


class Format(Protocol):
    def parse(self, cells: pa.StringArray) -> Stamps: ...


class TimeParser:
    """Tries the formats in turn on what the earlier ones could not read, starting with the last one that worked."""

    def __init__(self, formats: list[str], zone: Zone) -> None:
        self._formats = [make_format(text, zone) for text in formats]

    def parse(self, cells: pa.StringArray) -> Stamps:
        return self.parse_spellings(Spellings(cells))

    def parse_spellings(self, spellings: Spellings) -> Stamps:
        stamps = self._try_all(spellings.cells)
        rest = np.flatnonzero(~stamps.ok)
        if len(rest):  # respelling costs time, so only what cannot be read as it is
            again, days = spellings.respelled(rest)
            if not again.equals(spellings.cells.take(pa.array(rest))):
                more = self._try_all(again)
                stamps.ns[rest], stamps.ok[rest], stamps.zoned[rest] = more.ns + days, more.ok, more.zoned
        return stamps

    def _try_all(self, cells: pa.StringArray) -> Stamps:
        stamps = self._formats[0].parse(cells)
        for position, one in enumerate(self._formats[1:], 1):
            rest = np.flatnonzero(~stamps.ok)
            if not len(rest):
                break
            more = one.parse(cells.take(pa.array(rest)))
            for column, added in ((stamps.ns, more.ns), (stamps.ok, more.ok), (stamps.zoned, more.zoned)):
                column[rest] = added
            if more.ok.sum() > len(cells) / 2:
                self._formats.insert(0, self._formats.pop(position))
        return stamps


def make_format(text: str, zone: Zone) -> Format:
    if len(text) > MAX_FORMAT_CHARS:
        raise BadRequest(
            f"A time format has at most {MAX_FORMAT_CHARS} characters, not {len(text):,}.", slug="bad-mapping"
        )
    if text == "iso":
        return Iso()
    if text in EPOCHS:
        return Epoch(EPOCHS[text])
    if text in SERIALS:
        return Serial(SERIALS[text])
    if "%" not in text:
        known = ["auto", "iso", *EPOCHS, *SERIALS]
        raise BadRequest(
            f"The time format {text[:60]!r} is unknown: {', '.join(known)}, or strptime such as %m/%d/%Y %H:%M."
            f"{did_you_mean(text, known, 1)}",
            slug="bad-mapping",
        )
    return Strptime(text, zone)


class Epoch:
    """Seconds, or smaller units, since 1970, also with a fraction."""

    def __init__(self, factor: int) -> None:
        self._factor = factor

    def parse(self, cells: pa.StringArray) -> Stamps:
        whole = _mask(pc.match_substring_regex(cells, r"^-?(\d{1,18}|[1-8]\d{18})$"))
        broken = _mask(pc.match_substring_regex(cells, r"^-?\d{1,15}\.\d+$"))
        ns = np.zeros(len(cells), np.int64)
        if whole.any():
            numbers = _numpy(pc.cast(_only(cells, whole, "0"), pa.int64()))
            whole &= np.abs(numbers) < np.iinfo(np.int64).max // self._factor
            ns[whole] = numbers[whole] * self._factor
        if broken.any():
            numbers = _numpy(pc.cast(_only(cells, broken, "0"), pa.float64()))
            broken &= np.abs(numbers) < np.iinfo(np.int64).max // self._factor
            ns[broken] = np.rint(numbers[broken] * min(self._factor, 1_000_000)).astype(np.int64) * max(
                1, self._factor // 1_000_000
            )
        return Stamps(ns, whole | broken, np.ones(len(cells), bool))


class Serial:
    """Days since an epoch, as spreadsheets count them, in local time; to the millisecond, their precision."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch

    def parse(self, cells: pa.StringArray) -> Stamps:
        ok = _mask(pc.match_substring_regex(cells, r"^\d{1,6}([.,]\d{0,20})?$"))
        days = _numpy(pc.cast(pc.replace_substring(_only(cells, ok, "0"), ",", "."), pa.float64()))
        ok &= days < MAX_SERIAL
        ms = np.rint(np.where(ok, days, 0.0) * 86_400_000).astype(np.int64)
        return Stamps(ms * 1_000_000 + self._epoch, ok, np.zeros(len(cells), bool))


class Iso:
    """ISO 8601 with a T or a space, with or without a zone."""

    def parse(self, cells: pa.StringArray) -> Stamps:
        try:  # a whole column without zones is the usual case
            ns = _numpy(pc.cast(cells, pa.timestamp("ns")).view(pa.int64()))
            if not cells.null_count:
                return Stamps(ns.copy(), np.ones(len(ns), bool), np.zeros(len(ns), bool))
        except pa.ArrowInvalid:
            pass
        zoned = _mask(pc.match_substring_regex(cells, _ZONED))
        local = _mask(pc.match_substring_regex(cells, _ISO + "$")) & ~zoned
        ns, ok = np.zeros(len(cells), np.int64), np.zeros(len(cells), bool)
        for rows, kind in ((local, pa.timestamp("ns")), (zoned, pa.timestamp("ns", "UTC"))):
            _cast_rows(cells, rows, kind, ns, ok)
        return Stamps(ns, ok, zoned & ok)


class Strptime:
    """One strptime format; `%Z` (letters) or `%z` (an offset) may end it, `%f` may follow the seconds."""

    def __init__(self, text: str, zone: Zone) -> None:
        self._zone = zone
        self._suffix = re.search(r"\s*%[zZ]$", text) is not None
        self._fraction = "%S.%f" in text or "%S,%f" in text
        self._text = re.sub(r"\s*%[zZ]$", "", text).replace("%S.%f", "%S").replace("%S,%f", "%S")
        if re.search(r"%[fzZ]", self._text):
            raise BadRequest(
                f"The time format {text!r} cannot be read: %f may only follow %S., and %z or %Z may only end it.",
                slug="bad-mapping",
            )

    def parse(self, cells: pa.StringArray) -> Stamps:
        shift, known = np.zeros(len(cells), np.int64), np.ones(len(cells), bool)
        if self._suffix:
            cells, shift, known = self._split_zone(cells)
        fraction = np.zeros(len(cells), np.int64)
        if self._fraction:
            fraction = _fraction_ns(cells)
            cells = pc.replace_substring_regex(cells, _FRACTION, r"\1")
        parsed = pc.strptime(cells, format=self._text, unit="s", error_is_null=True)
        ok = _mask(parsed.is_valid()) & known
        seconds = _numpy(parsed.view(pa.int64()).fill_null(0))
        ok &= np.abs(seconds) < 9_000_000_000
        ns = np.where(ok, seconds, 0) * SECOND + fraction - shift
        self._refuse_days_that_are_not(cells, ns + shift, ok)
        return Stamps(ns, ok, np.full(len(ns), self._suffix))

    def _split_zone(self, cells: pa.StringArray) -> tuple[pa.StringArray, Ints, Flags]:
        pattern = r"^(?P<rest>.*?)\s*(?P<zone>[A-Za-z]+|[+-]\d\d(?::?\d\d)?)$"
        found = pc.extract_regex(cells, pattern)
        coded = pc.struct_field(found, "zone").dictionary_encode()
        offsets = [self._offset(word) for word in coded.dictionary.to_pylist()]
        codes = _numpy(coded.indices.fill_null(len(offsets)))
        table = np.array([0 if offset is None else offset for offset in offsets] + [0], np.int64)
        known = np.array([offset is not None for offset in offsets] + [False])
        return pc.struct_field(found, "rest"), table[codes], known[codes]

    def _offset(self, word: str | None) -> int | None:
        if word is None:
            return None
        if word[0] in "+-":
            digits = word[1:].replace(":", "")
            return (int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60) * SECOND * (-1 if word[0] == "-" else 1)
        if word.upper() in self._zone.abbreviations:
            return self._zone.abbreviations[word.upper()]
        hours = ABBREVIATIONS.get(word.upper())
        return None if hours is None else hours * HOUR

    def _refuse_days_that_are_not(self, cells: pa.StringArray, ns: Ints, ok: Flags) -> None:
        """The C library reads 30 February as 2 March; such a day is one of the first three of the next month."""
        days = (ns // (86_400 * SECOND)).astype("datetime64[D]")
        in_month = (days - days.astype("datetime64[M]")).astype(np.int64)
        month = days.astype("datetime64[M]").astype(np.int64) % 12
        rows = np.flatnonzero(ok & (in_month < 3) & np.isin(month, (2, 4, 6, 9, 11)))
        if not len(rows):
            return
        written = pc.strftime(pa.array(ns[rows] // SECOND, pa.timestamp("s")), format=self._text)
        different = pc.not_equal(written, cells.take(pa.array(rows)))
        for row in rows[np.flatnonzero(_mask(different))].tolist():  # such as 1.5. for 01.05.
            ok[row] = _is_day(cells[row].as_py(), self._text)


_SHORT_FORMS = (
    ("%T", "%H:%M:%S"), ("%R", "%H:%M"), ("%D", "%m/%d/%y"), ("%F", "%Y-%m-%d"), ("%h", "%b"), ("%e", "%d"),
)  # fmt: skip


def _is_day(cell: str, form: str) -> bool:
    """By Python, which knows the lengths of months, but not that they may be written out."""
    for short, long in _SHORT_FORMS:
        form = form.replace(short, long)
    for spelled in (form, form.replace("%b", "%B"), form.replace("%B", "%b")):
        try:
            datetime.strptime(cell, spelled).replace(tzinfo=UTC)
            return True
        except (ValueError, re.error):  # the second for a field that is there twice
            continue
    return False


def _fraction_ns(cells: pa.StringArray) -> Ints:
    digits = pc.struct_field(pc.extract_regex(cells, _FRACTION), "fraction").fill_null("0")
    ns: Ints = _numpy(pc.cast(pc.utf8_rpad(digits, 9, "0"), pa.int64()))
    return ns


def _cast_rows(cells: pa.StringArray, rows: Flags, kind: pa.DataType, ns: Ints, ok: Flags) -> None:
    """Casts the rows, one by one if one of them is not a date."""
    index = np.flatnonzero(rows)
    if not len(index):
        return
    chosen = cells.take(pa.array(index))
    try:
        ns[index], ok[index] = _numpy(pc.cast(chosen, kind).view(pa.int64())), True
        return
    except pa.ArrowInvalid:
        pass
    for row, text in zip(index.tolist(), chosen, strict=True):
        try:
            ns[row], ok[row] = pc.cast(pa.array([text.as_py()]), kind).view(pa.int64())[0].as_py(), True
        except pa.ArrowInvalid:
            continue


def _mask(column: Any) -> Flags:
    return np.array(column.fill_null(False).to_numpy(zero_copy_only=False), bool)


def _only(cells: pa.StringArray, rows: Flags, other: str) -> pa.StringArray:
    return pc.if_else(pa.array(rows), cells, other)


def _numpy(column: Any) -> Any:
    return column.to_numpy(zero_copy_only=False)
