"""Numbers with a locale's marks, units, statuses and limits of detection, by the mapping's rules and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from catalog.models import Sensor
from ingest.imports import Column, ImportReport, load_mapping, run
from ingest.imports.reading.cells import Reader
from ingest.imports.values.numbers import MISSING, NumberReader
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant

COMMA, SWISS, BLANK = NumberReader(",", "."), NumberReader(".", "'"), NumberReader(",", " ")


@pytest.mark.parametrize(
    ("numbers", "cell", "value"),
    [
        (NumberReader(), "1.250", 1.25),
        (NumberReader(), "1,234.5", None),
        (NumberReader(), "7,25", None),
        (NumberReader(), "1'234", None),
        (NumberReader(), "1_000", None),
        (NumberReader(), "１２", None),
        (NumberReader(), "0x10", None),
        (NumberReader(), "1e400", None),
        (NumberReader(), "-.5e-3", -0.0005),
        (NumberReader(), "<0.5", None),
        (NumberReader(), "45 %", None),
        (NumberReader(), "9" * 60_000 + "x", None),
        (NumberReader(","), "999,5", 999.5),
        (NumberReader(","), "1.250", None),
        (NumberReader(","), "1.234,5", None),
        (COMMA, "1.250", 1250.0),
        (COMMA, "1.234.567,25", 1234567.25),
        (COMMA, "1.25", None),
        (COMMA, "1234.567", None),
        (COMMA, "12,5", 12.5),
        (NumberReader(".", ","), "1,234.5", 1234.5),
        (NumberReader(".", ","), "1,23", None),
        (SWISS, "1'234.5", 1234.5),
        (SWISS, "1’234", 1234.0),
        (BLANK, "1\u202f234,5", 1234.5),
        (BLANK, "-1\u00a0234 567", -1234567.0),
        (NumberReader(units=["%", "°F"]), "45 %", 45.0),
        (NumberReader(units=["%", "°F"]), "72.4°F", 72.4),
        (NumberReader(units=["%"]), "%", None),
        (NumberReader(units=["%"]), "45 bar", None),
        (NumberReader(below="limit"), "<0.5", 0.5),
        (NumberReader(below="half", units=["mg/l"]), "< 0.5 mg/l", 0.25),
        (NumberReader(below="zero"), "<=0.5", 0.0),
        (NumberReader(below="missing"), "<0", MISSING),
        (NumberReader(below="limit"), "<low", None),
    ],
)
def test_a_number_is_read_as_it_is_declared(numbers: NumberReader, cell: str, value: object) -> None:
    assert numbers.read(cell) == value


def test_texts_around_a_value_are_stripped_by_declaration() -> None:
    sensor = Sensor(id="s1", site="p1", tag="X", name="x", kind="continuous")
    mapping = load_mapping('{"site": "x", "strip": ["{ok}"], "bad": ["{fault}"], "unit": "%"}')
    values = Reader(sensor, Column("X"), mapping).read(
        pa.array(["72.4 {ok}", "45 % {ok}", "7 {down}", "{ok}", "{fault}"])
    )
    assert values.take.tolist() == [True, True, False, False, False]
    assert values.v[:2].tolist() == [72.4, 45.0]  # type: ignore[union-attr]
    assert values.unreadable.tolist() == [False, False, True, False, False]
    assert values.failed.tolist() == [False] * 4 + [True]


@pytest.mark.parametrize(
    "mapping",
    [
        "{site: x, states: {Fault: .nan}}",
        "{site: x, columns: {v: {sensor: s, states: {Fault: .inf}}}}",
        "{site: x, columns: {v: {sensor: s, scale: .inf}}}",
        '{"site": "x", "columns": {"v": {"sensor": "s", "offset": 1e999}}}',
        '{"site": "x", "files": {"*": {"sensor": {"sensor": "s", "scale": NaN}}}}',
    ],
)
def test_a_mappings_numbers_are_finite(mapping: str) -> None:
    with pytest.raises(BadRequest, match="give a finite number"):
        load_mapping(mapping)


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(content: str, mapping: str) -> ImportReport:
        path = tmp_path / "log.csv"
        path.write_text(content)
        return run(plant.tenant, [path], load_mapping(mapping.replace("{", f"{{site: {plant.slug}, ", 1)))

    return make


def test_a_scale_that_leaves_all_numbers_ends_the_import_with_a_sentence(
    plant: Plant, load: Callable[..., ImportReport]
) -> None:
    with pytest.raises(BadRequest, match=r"TT-101: 1e\+300 times the mapping's scale 1e\+308 is larger"):
        load("time,v\n2024-05-01,1e300\n", "{columns: {v: {sensor: TT-101, scale: 1.0e308}}}")


def test_words_that_mean_bad_store_nothing_that_was_not_measured(
    plant: Plant, load: Callable[..., ImportReport]
) -> None:
    report = load(
        "time,v,p\n2024-05-01,Fault,1\n2024-05-02,-250,Bad Input\n2024-05-03,3,0\n",
        "{bad: [Fault, Bad Input, -250], columns: {v: TT-101, p: P-1.run}}",
    )
    assert sorted(plant.stored("TT-101").values()) == [(-250.0, 2), (3.0, 0)]
    assert sorted(plant.stored("P-1.run").values()) == [(0.0, 0), (1.0, 0)]
    assert (report.failed, report.bad, report.missing, report.unreadable) == (2, 1, 0, 0)


def test_kinds_of_duplicates_are_distinguished(plant: Plant, load: Callable[..., ImportReport]) -> None:
    rows = ["2021-11-07 00:30,1", "2021-11-07 00:30,1", "2021-11-07 00:40,1", "2021-11-07 00:40,2"]
    rows += [f"2021-11-07 01:{m:02d},{m}" for m in range(0, 60, 10)]
    rows += ["2021-11-07 02:00,7", "2021-11-07 01:10,8"]
    report = load(
        "time,v\n" + "\n".join(rows) + "\n",
        "{time: {zone: America/New_York, repeated: first}, columns: {v: TT-101}}",
    )
    assert (report.duplicates, report.identical, report.conflicting, report.repeated_hour) == (3, 1, 1, 1)
