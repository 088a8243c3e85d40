"""One file, block by block, into the recorder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.models import Site
from ingest.imports.cells import Reader, Values
from ingest.imports.layout import Layout, reader_of_name
from ingest.imports.recorder import Recorder
from ingest.imports.report import ImportedFile
from ingest.imports.rows import RowReader
from ingest.imports.table import Table
from ingest.imports.zones import Flags, Ints, candidates, choose_by_order
from ingest.schema import Catalog

_QUALITIES = {"": 0, "0": 0, "good": 0, "1": 1, "uncertain": 1, "2": 2, "bad": 2}
Passed = Callable[[int], None]


@dataclass(slots=True)
class Rows:
    """The times of a block's rows: UTC where zoned, else local."""

    ns: Ints
    ok: Flags
    local: Flags


class FileReader:
    def __init__(self, rows: RowReader, layout: Layout, catalog: Catalog, site: Site, recorder: Recorder) -> None:
        self._rows, self._layout, self._recorder = rows, layout, recorder
        self._catalog, self._site = catalog, site
        self._parser = layout.parser()
        self.report = ImportedFile(layout.name, rows.delimiter, rows.encoding, layout.formats)

    def read(self, passed: Passed) -> ImportedFile:
        """All of the file; `passed` hears how many bytes of it are done."""
        layout = self._layout
        for table in self._rows.tables(layout.wanted, large=layout.long):
            self._take(table)
            passed(table.at)
        self.report.unmapped, self.report.absent = layout.unmapped[:200], layout.absent
        return self.report

    def _take(self, table: Table) -> None:
        for line, why in table.wrong:
            self._recorder.problem(self._layout.name, line, "", "", why)
        self.report.bad_rows += len(table.wrong)
        self.report.rows += len(table)
        self._recorder.report.rows += len(table)
        if len(table):
            rows = self._times(table)
            self._long(table, rows) if self._layout.long else self._wide(table, rows)

    def _times(self, table: Table) -> Rows:
        columns = [table.columns[name] for name in self._layout.time_columns]
        cells = columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, " ")
        stamps = self._parser.parse(cells)
        wrong = np.flatnonzero(~stamps.ok)
        self.report.bad_times += len(wrong)
        where = " ".join(self._layout.time_columns)
        self._recorder.unreadable(
            self._layout.name, table.lines, where, cells, wrong, "is not a time in the format given"
        )
        return Rows(stamps.ns, stamps.ok, ~stamps.zoned)

    def _wide(self, table: Table, rows: Rows) -> None:
        everything = np.arange(len(table))
        utc, ok = self._utc(rows, everything, f"file {self._layout.name}", table)
        for name, reader in self._layout.columns.items():
            if reader is not None:
                self._column(table, everything, table.columns[name], reader, utc, ok, name, None)

    def _long(self, table: Table, rows: Rows) -> None:
        mapping = self._layout.mapping
        names = pc.utf8_trim_whitespace(table.columns[mapping.sensor_column or ""]).dictionary_encode()
        values = table.columns[mapping.value_column or ""]
        quality = self._qualities(table)
        codes = np.array(names.indices.to_numpy(zero_copy_only=False), np.int64)
        order = np.argsort(codes, kind="stable")
        ends = np.searchsorted(codes[order], np.arange(len(names.dictionary)), "right")
        start = 0
        for name, end in zip(names.dictionary.to_pylist(), ends.tolist(), strict=True):
            chosen, start = order[start:end], end
            reader = reader_of_name(self._layout, name, self._catalog, self._site)
            if reader is None:
                continue
            utc, ok = self._utc(rows, chosen, reader.sensor.id, table)
            marks = None if quality is None else quality[chosen]
            self._column(table, chosen, values.take(pa.array(chosen)), reader, utc, ok, name, marks)

    def _qualities(self, table: Table) -> np.ndarray | None:
        name = self._layout.mapping.quality_column
        if not name:
            return None
        coded = pc.utf8_trim_whitespace(table.columns[name]).dictionary_encode()
        known = [_QUALITIES.get(word.casefold()) for word in coded.dictionary.to_pylist()]
        codes = np.array(coded.indices.to_numpy(zero_copy_only=False), np.int64)
        unknown = np.array([mark is None for mark in known], bool)[codes]
        self._recorder.unreadable(
            self._layout.name,
            table.lines,
            name,
            table.columns[name],
            np.flatnonzero(unknown),
            "is no quality; taken as uncertain",
        )
        return np.array([1 if mark is None else mark for mark in known], np.uint8)[codes]

    def _utc(self, rows: Rows, chosen: Ints, series: str, table: Table) -> tuple[Ints, Flags]:
        """The rows' times in UTC, and which rows have one that can be."""
        ns, ok, local = rows.ns[chosen], rows.ok[chosen].copy(), rows.local[chosen]
        rule, recorder = self._layout.mapping.time, self._recorder
        here = np.flatnonzero(local & ok)
        if len(here):
            found = candidates(self._layout.zone, ns[here])
            if rule.repeated == "order":
                utc = choose_by_order(found, ns[here], recorder.clocks.get(series))
            else:
                utc = found.first if rule.repeated == "first" else found.second
            ns[here] = utc
            recorder.clocks[series] = int(utc[-1])
            recorder.report.repeated_hour_rows += int(found.repeated.sum())
            recorder.report.skipped_hour_rows += int(found.skipped.sum())
            if rule.skipped == "drop":
                ok[here[found.skipped]] = False
        outside = ok & ((ns < recorder.earliest) | (ns > recorder.latest))
        if outside.any():
            ok &= ~outside
            recorder.strange_times(self._layout.name, table.lines[chosen[outside]], ns[outside])
            self.report.bad_times += int(outside.sum())
        return ns, ok

    def _column(
        self,
        table: Table,
        chosen: Ints,
        cells: pa.StringArray,
        reader: Reader,
        utc: Ints,
        ok: Flags,
        name: str,
        marks: np.ndarray | None,
    ) -> None:
        values = reader.read(cells)
        recorder = self._recorder
        wrong = np.flatnonzero(values.unreadable)
        recorder.unreadable(self._layout.name, table.lines[chosen], name, cells, wrong, _why(reader))
        counts = Counter(missing=int((~values.take & ~values.unreadable).sum()), unreadable=len(wrong))
        take = values.take & ok
        quality = _quality(values, marks)
        everything = bool(take.all())
        v = values.v if everything else _pick(values.v, take)
        t, q = (utc, quality) if everything else (utc[take], None if quality is None else quality[take])
        recorder.add(reader.sensor, t, v, q, counts)


def _quality(values: Values, marks: np.ndarray | None) -> np.ndarray | None:
    if not values.bad.any():
        return marks
    return np.where(values.bad, 2, 0 if marks is None else marks).astype(np.uint8)


def _pick(v: np.ndarray | list[str], take: Flags) -> np.ndarray | list[str]:
    if isinstance(v, list):
        return [text for text, taken in zip(v, take.tolist(), strict=True) if taken]
    return v[take]


def _why(reader: Reader) -> str:
    match reader.sensor.kind:
        case "text":
            return "is too long a text"
        case "discrete":
            states = ", ".join(f"{number} {name}" for number, name in sorted(reader.sensor.states.items()))
            return f"is no state of {reader.sensor.tag} ({states})" if states else "is no state"
    return "is not a number"
