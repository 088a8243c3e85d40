"""Files that InfluxDB and its tools write, and columns between blanks: the same samples as from CSV."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.imports import ImportReport, load_mapping, run
from ingest.imports.formats.delimiters import guess_delimiter
from ingest.imports.formats.files import Chunk, Source
from ingest.imports.formats.line_protocol_reader import is_line_protocol
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at

FIRST, SECOND = at("2024-05-01"), at("2024-05-02")


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(content: str, mapping: str = "{}", name: str = "log.txt") -> ImportReport:
        path = tmp_path / name
        data = content.replace("SITE", plant.slug).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return run(plant.tenant, [path], load_mapping(mapping.replace("{", f"{{site: {plant.slug}, ", 1)))

    return make


OWN = f"""# DML
# CONTEXT-DATABASE: plant
SITE,sensor=TT-101 value=1.5 {FIRST}
SITE,sensor=P-1.run value=t,quality=1i {FIRST}
SITE,sensor=PLC.msg text="Started; \\"by hand\\", twice" {SECOND}
SITE,sensor=TT-101 value= {SECOND}
SITE,sensor=TT-101 value=2
SITE,sensor=TT-101 value=7i,quality="bad" {SECOND}
"""


@pytest.mark.parametrize("name", ["log.lp", "log.lp.gz"])
def test_line_protocol_of_ours(plant: Plant, load: Callable[..., ImportReport], name: str) -> None:
    report = load(OWN, name=name)
    assert plant.stored("TT-101") == {FIRST: (1.5, 0), SECOND: (7.0, 2)}
    assert plant.stored("P-1.run") == {FIRST: (1.0, 1)}
    assert plant.stored("PLC.msg") == {SECOND: ('Started; "by hand", twice', 0)}
    assert report.files[0].encoding == "line protocol"
    assert [(p.line, p.why) for p in report.problems] == [
        (6, "value='' is not a number, true, false or a text in double quotes"),
        (7, "has no timestamp"),
    ]


FOREIGN = f"""cpu,host=a\\ b,unit=1 supply=1.5,return=2i,note="x y" {FIRST // 10**9}
cpu,host=a\\ b,unit=1 supply=3,return=4i {SECOND // 10**9}
"""


def test_foreign_line_protocol_is_one_row_per_field(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load(
        FOREIGN,
        "{layout: long, sensor_column: [measurement, host, field], value_column: value, "
        "sensors: {cpu.a b.supply: TT-101, cpu.a b.return: TT-102}}",
    )
    assert plant.stored("TT-101") == {FIRST: (1.5, 0), SECOND: (3.0, 0)}
    assert plant.stored("TT-102") == {FIRST: (2.0, 0), SECOND: (4.0, 0)}
    assert report.files[0].unmapped == ["cpu.a b.note"] and report.files[0].time_formats == ["epoch_s"]


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        ("a,b=c v=1 1\n", True),
        ("\n# x\nm v=1i 1700000000\n", True),
        ("m v=1\n", False),
        ("time,TT-101\n2024-05-01,1\n", False),
        ("a=b,c\n", False),
        ("", False),
    ],
)
def test_what_is_line_protocol(head: str, is_one: bool) -> None:
    assert is_line_protocol(head) == is_one


ANNOTATED = '''#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string\r
#group,false,false,true,true,false,false,true,true\r
#default,_result,,,,,,TT-101,\r
,result,table,_start,_stop,_time,_value,_field,_measurement\r
,,0,2024-01-01T00:00:00Z,2024-06-01T00:00:00Z,2024-05-01T00:00:00Z,1.5,,air\r
,,0,2024-01-01T00:00:00Z,2024-06-01T00:00:00Z,2024-05-02T00:00:00Z,2.5,TT-102,air\r
\r
#datatype,string,long,dateTime:RFC3339,string,string\r
#group,false,false,false,false,true\r
#default,_result,,,,\r
,result,table,_time,_value,_field\r
,,1,2024-05-01T00:00:00Z,"Started, ""by hand""",PLC.msg\r
,,1,2024-05-02T00:00:00Z,x\r
,,1,2024-05-02T00:00:00Z,Ended,PLC.msg\r
'''


def test_annotated_csv_with_tables_of_different_columns(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load(ANNOTATED)
    assert plant.stored("TT-101") == {FIRST: (1.5, 0)}, "the field is the table's default"
    assert plant.stored("TT-102") == {SECOND: (2.5, 0)}
    assert plant.stored("PLC.msg") == {FIRST: ('Started, "by hand"', 0), SECOND: ("Ended", 0)}
    assert [(p.line, p.why) for p in report.problems] == [(13, "has 5 cells instead of 6")]
    assert report.files[0].encoding == "annotated CSV"


def test_annotated_csv_cut_anywhere_is_the_same(
    plant: Plant, load: Callable[..., ImportReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.imports.formats.files.BLOCK", 7)
    chunks = Source.chunks
    monkeypatch.setattr("ingest.imports.formats.files.HEAD", 400)
    monkeypatch.setattr(Source, "chunks", lambda self, size=7: chunks(self, 7))
    report = load(ANNOTATED, "{layout: long, sensor_column: _field, value_column: _value}")
    assert plant.stored("TT-102") == {SECOND: (2.5, 0)} and len(plant.stored("PLC.msg")) == 2
    assert report.problems[0].line == 13


def test_a_pivoted_result_is_wide(plant: Plant, load: Callable[..., ImportReport]) -> None:
    load("#group,false,false,false\n#datatype,string,dateTime:RFC3339,double\n#default,_result,,\n"
         ",result,_time,TT-101\n,,2024-05-01T00:00:00Z,4\n")  # fmt: skip
    assert plant.stored("TT-101") == {FIRST: (4.0, 0)}


def test_an_error_in_the_place_of_a_result(load: Callable[..., ImportReport]) -> None:
    with pytest.raises(BadRequest, match="holds an error of the query"):
        load("#datatype,string,string\n#group,true,true\n#default,,\n,error,reference\n,Failed to parse,897\n")


BLANKS = '  date        clock   TT-101  PLC.msg\n 2024-05-01  00:00    1.5   idle\n2024-05-02\t00:00  2   "by hand"\n'


@pytest.mark.parametrize(
    "mapping", ["{time: {column: [date, clock]}}", "{delimiter: whitespace, time: {column: [date, clock]}}"]
)
def test_columns_between_blanks(plant: Plant, load: Callable[..., ImportReport], mapping: str) -> None:
    report = load(BLANKS.replace('"by hand"', "hand") if "delimiter" not in mapping else BLANKS, mapping)
    assert plant.stored("TT-101") == {FIRST: (1.5, 0), SECOND: (2.0, 0)}
    assert plant.stored("PLC.msg")[SECOND] == ("hand" if "delimiter" not in mapping else "by hand", 0)
    assert report.files[0].delimiter == "whitespace"


@pytest.mark.parametrize("text", ["by  hand", "by  hand\n of  the \t operator", "two\n\n  blank  lines"])
@pytest.mark.parametrize("size", [1, 7, 40, 10_000])
def test_blanks_in_quotes_are_kept_wherever_the_file_is_split(
    plant: Plant, load: Callable[..., ImportReport], size: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Source.chunks

    def in_pieces(self: Source, block: int = 0) -> Iterator[Chunk]:
        for chunk in whole(self):
            for start in range(0, len(chunk.data), size):
                piece = chunk.data[start : start + size]
                yield Chunk(piece, chunk.at, chunk.last and start + size >= len(chunk.data))

    monkeypatch.setattr(Source, "chunks", in_pieces)
    load(BLANKS.replace("by hand", text), "{delimiter: whitespace, time: {column: [date, clock]}}")
    assert plant.stored("PLC.msg")[SECOND] == (text, 0)
    assert plant.stored("TT-101") == {FIRST: (1.5, 0), SECOND: (2.0, 0)}


def test_blanks_that_cut_unequal_rows_are_no_delimiter() -> None:
    with pytest.raises(BadRequest, match="nor do blanks; name the `delimiter`"):
        guess_delimiter("time TT-101\n2024-05-01 00:00 1.5\n", "f")
