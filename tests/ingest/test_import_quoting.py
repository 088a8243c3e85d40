"""Rows of text with wrong quotation marks: only broken rows are lost."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.imports import ImportReport, load_mapping, run
from ingest.imports.formats.csv_reader import MAX_LINE
from ingest.imports.formats.encodings import guess_encoding
from ingest.imports.formats.quoting import WHITESPACE, RowScanner
from ingest.imports.formats.table import Block, Cells, read_carefully, read_table
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant


def scan(text: str, width: int = 3) -> list[list[str] | None]:
    return [row.cells for row in RowScanner(text, ",", width)]


def test_a_cell_may_go_over_lines() -> None:
    assert scan('1,2,"a\nb,""c"""\n4,5,6\n') == [["1", "2", 'a\nb,"c"'], ["4", "5", "6"]]


@pytest.mark.parametrize(
    "text",
    [
        "a b c\n",
        " a  b \t c \r\nd e f",
        'a "b  c" d\n',
        '"a  b" c  "d "\r\n  e "" f\n',
        '3/4" valve 5"\n1 2 3\n',
        'a "b  c\n  d" e\n1 2 3\n',
        'a b "open\n1 2 3\n4 5 6\n',
        "1 2\n1 2 3 4\n",
    ],
)  # fmt: skip
def test_the_fast_reader_of_blank_separated_rows_equals_the_careful_one(text: str) -> None:
    block, cut = Block(1, text.encode()), Cells(["x", "y", "z"], ["x", "y", "z"], WHITESPACE)
    (fast, used), (slow, slow_used) = read_table(block, cut), read_carefully(block, cut)
    assert (fast.columns, fast.lines.tolist(), fast.wrong, used) == (
        slow.columns, slow.lines.tolist(), slow.wrong, slow_used,
    )  # fmt: skip


def test_a_cell_between_blanks_may_go_over_lines() -> None:
    rows = [row.cells for row in RowScanner('a "b  c\n  d" e  \n 1 "2"  3\n', WHITESPACE, 3)]
    assert rows == [["a", "b  c\n  d", "e"], ["1", "2", "3"]]


def test_an_open_mark_costs_one_line_even_if_another_follows_far_below() -> None:
    rows = [f"{n},{n},ok" for n in range(500)]
    rows[10] = '10,10,"hose'
    rows[400] = '400,400,hose"'
    cells = scan("\n".join(rows))
    assert [n for n, row in enumerate(cells) if row is None] == [10]
    assert cells[400] == ["400", "400", 'hose"']
    assert len(cells) == 500


def test_a_mark_that_closes_a_few_rows_below_swallows_none_of_them() -> None:
    rows = ['1,1,"a', "2,2,b", "3,3,c", "4,4,d", '5,5,e"', "6,6,f"]
    assert scan("\n".join(rows)) == [None, *(row.split(",") for row in rows[1:])]


@settings(deadline=None)
@given(st.text(st.sampled_from('a",\n'), max_size=60), st.integers(0, 60))
def test_cut_anywhere_the_rows_are_the_same(text: str, place: int) -> None:
    text += "\n"
    place = text.find("\n", min(place, len(text) - 1)) + 1
    whole = scan(text)
    first = RowScanner(text[:place], ",", 3, final=False)
    rows = [row.cells for row in first]
    rest = "\n".join(text.split("\n")[first.lines :])
    assert rows + scan(rest) == whole


class CountingText(str):
    """Adds up how many characters each search may look at."""

    looked = 0

    def find(self, what: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = super().find(what, start, len(self) if end is None else end)
        stop = min(len(self), len(self) if end is None else end) if found < 0 else found
        CountingText.looked += max(stop - start, 0) + 1
        return found


ADVERSARIAL = [
    'a,"x\n', 'a,"""x\n', '"\n', '""\n', 'a,"\n,,\n', '"""",\n', 'a,b",c\n', '"a"b"c,"\n', '",",",\n',
    '"x\n' + "y\n" * 120,
]  # fmt: skip


@pytest.mark.parametrize("line", ADVERSARIAL)
def test_work_grows_with_the_text_and_no_faster(line: str) -> None:
    def work(times: int) -> int:
        CountingText.looked = 0
        for _ in RowScanner(CountingText(line * times), ",", 3):
            pass
        return CountingText.looked

    assert work(4_000) < 4.5 * work(1_000)


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(content: str | bytes, mapping: str = "{}", name: str = "log.csv") -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return run(plant.tenant, [path], load_mapping(mapping.replace("{", f"{{site: {plant.slug}, ", 1)))

    return make


Load = Callable[..., ImportReport]


def test_cells_larger_than_a_csv_reader_likes(plant: Plant, load: Load) -> None:
    note = "long " * 60_000
    report = load(f'time,TT-101,note\n2024-05-01,1,"{note}\n{note}"\n2024-05-02,2,{note}\n', "{ignore: [note]}")
    assert (report.rows, report.bad_rows) == (2, 0)
    assert [value for value, _ in plant.stored("TT-101").values()] == [1.0, 2.0]


def test_inch_marks_cost_nothing_in_a_file_that_is_larger_than_any_line_may_be(plant: Plant, load: Load) -> None:
    rows, note = 36_000, "long " * 200
    begin = datetime.fromisoformat("2024-05-01T00:00:00")
    lines = [f"{begin + timedelta(minutes=k)},{k},{note}" for k in range(rows)]
    lines[10] = lines[10].replace("long", '3/4" valve', 1)
    lines[20_000] = lines[20_000].replace("long", '"3/4 valve', 1)  # opened, and never closed
    content = "\n".join(["time,TT-101,note", *lines, ""])
    assert len(content) > MAX_LINE
    report = load(content, "{ignore: [note]}")
    assert (report.samples, report.bad_rows) == (rows - 1, 1)
    assert [problem.line for problem in report.problems] == [20_002]
    assert sorted({*range(rows)} - {value for value, _ in plant.stored("TT-101").values()}) == [20_000]


def test_blank_lines_before_the_header(plant: Plant, load: Load) -> None:
    report = load("\n  \n,,\ntime,TT-101\nnever,3\n2024-05-01,1\n")
    assert report.samples == 1
    assert [p.line for p in report.problems] == [5]


@pytest.mark.parametrize(
    "encoding", ["rot13", "zip", "hex", "idna", "punycode", "utf-7", "unicode_escape", "\\0", "x y"]
)
def test_a_codec_that_is_none_for_text_is_refused(plant: Plant, load: Load, encoding: str) -> None:
    with pytest.raises(BadRequest, match="There is no encoding"):
        load("time,TT-101\n2024-05-01,1\n", f'{{encoding: "{encoding}"}}')


def test_what_is_no_text_is_refused_with_a_sentence(plant: Plant, load: Load) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("log.csv", "time,TT-101\n2024-05-01,1\n")
    for content in (packed.getvalue(), b"PAR1" + bytes(100), bytes(range(256)) * 20, b'time,"TT-101\n2024-05-01,1\n'):
        with pytest.raises(BadRequest):
            load(content)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8", "cp1252"])
def test_an_encoding_without_a_byte_order_mark_is_detected(encoding: str) -> None:
    assert guess_encoding("time;Außen\n2024;1\n".encode(encoding)) == encoding
