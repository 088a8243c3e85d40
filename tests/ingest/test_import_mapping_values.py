"""What a mapping's check accepts, a job can read: values made from the mapping's own types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from ingest.imports import load_mapping
from ingest.imports.mapping.model import Mapping, TimeRule
from ingest.imports.run import check, run
from ingest.imports.times.parser import TimeParser
from ingest.imports.times.row_times import DayClock, RowClock, moved
from ingest.imports.times.zones import zone_of
from kernel.errors import BadRequest
from kernel.times import LATEST
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at
from tests.properties import examples

DAY = 86_400_000_000_000
ZONE = zone_of("UTC")


@pytest.mark.parametrize(
    ("member", "mapping"),
    [
        ("time.format", {"time": {"format": []}}),
        ("time.format", {"time": {"format": [""]}}),
        ("time.format", {"time": {"format": ["%d"] * 21}}),
        ("time.column", {"time": {"column": []}}),
        ("time.column", {"time": {"column": ["a"] * 11}}),
        ("time.column", {"time": {"column": ["a", " a"]}}),
        ("time.column", {"time": {"column": ""}}),
        ("sensor_column", {"layout": "long", "sensor_column": [], "value_column": "v"}),
        ("sensor_column", {"layout": "long", "sensor_column": ["a", "a"], "value_column": "v"}),
        ("unit", {"unit": []}),
        ("unit", {"unit": ""}),
        ("unit", {"unit": ["%", ""]}),
        ("strip", {"strip": [""]}),
        ("columns", {"columns": {"c": {"sensor": ""}}}),
        ("columns", {"columns": {"c": {"sensor": "s", "time": []}}}),
        ("columns", {"columns": {"c": {"sensor": "s", "unit": [""]}}}),
        ("files", {"files": {"*": {"time": {"format": []}}}}),
        ("files", {"files": {"*": {"time": {"column": []}}}}),
        ("time.shift", {"time": {"shift": "36526d"}}),
        ("time.shift", {"time": {"shift": "-999999999d"}}),
        ("time.interval", {"time": {"start": "2024-05-01", "interval": "999999999d"}}),
        ("time.start", {"time": {"start": "1699-12-31", "interval": "1s"}}),
        ("time.start", {"time": {"start": "2262-01-02", "interval": "1s"}}),
        ("time.start", {"time": {"start": 10**30, "interval": "1s"}}),
        ("time.start", {"time": {"start": "9999999999999", "interval": "1s"}}),
        ("time.start", {"files": {"*": {"time": {"start": "1500-01-01", "interval": "1s"}}}}),
        ("time zone", {"time": {"zone": "Mars/Olympus"}}),
        ("time format", {"time": {"format": "iso8601"}}),
        ("time.format", {"time": {"format": "epoch_s", "date_in_name": "*%Y%m%d.csv"}}),
        ("delimiter", {"delimiter": '"'}),
        ("delimiter", {"delimiter": "\n"}),
        ("encoding", {"encoding": "rot13"}),
        ("site_column", {"site_column": ""}),
        ("site_column", {"site_column": " "}),
        ("states", {"states": {"On": 1e300}, "columns": {"c": {"sensor": "s", "scale": 1e300}}}),
        ("states", {"columns": {"c": {"sensor": "s", "scale": 1e300, "states": {"On": 1e300}}}}),
    ],
)
def test_values_that_no_file_can_be_read_with_name_their_member(
    member: str, mapping: dict[str, Any], plant: Plant, client_for: ClientFor
) -> None:
    text = json.dumps({"site": plant.slug, **mapping})
    with pytest.raises(BadRequest, match=member):
        load_mapping(text)
    form = {"mapping": text, "file": SimpleUploadedFile("log.csv", b"when,TT-101\n2024-05-01,1\n")}
    response = client_for("engineer", plant.tenant).post("/api/v1/imports?dry_run=1", form)
    assert response.status_code == 400 and member in response.json()["detail"]


@pytest.mark.parametrize("shift", ["36525d", "-36525d"])
def test_a_shift_beyond_the_end_of_time_does_not_begin_again(plant: Plant, tmp_path: Path, shift: str) -> None:
    path = tmp_path / "log.csv"
    ends = ["2262-04-11 23:47:16", "1677-09-21 00:12:44", "2262-01-01 00:00", "1700-01-01 00:00"]
    path.write_text("when,TT-101\n" + "".join(f"{moment},1\n" for moment in ends))
    report = run(plant.tenant, [path], load_mapping(json.dumps({"site": plant.slug, "time": {"shift": shift}})))
    assert (report.samples, report.bad_times) == ((2, 2) if shift == "36525d" else (0, 4)), "1777 and 1800 are times"


def test_rows_at_an_interval_beyond_the_end_of_time_do_not_begin_again(plant: Plant, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("TT-101,TT-102\n" + "1,1\n" * 50)
    time = {"start": "1990-01-01", "interval": "36500d"}
    report = run(plant.tenant, [path], load_mapping(json.dumps({"site": plant.slug, "time": time})))
    assert plant.stored("TT-101") == {at("1990-01-01"): (1.0, 0)}
    assert report.bad_times == 49


def test_clocks_stop_at_the_end_of_time() -> None:
    lines = np.arange(5, dtype=np.int64)
    for start, interval in ((-(8 * 10**18), 1), (0, 10**18), (9 * 10**18, 1)):
        times = RowClock(start, interval).times(lines, [])
        assert (np.diff(times) >= 0).all() and times[0] == start
    midnights = np.tile(np.array([DAY - 1, 0], np.int64), 200_000)
    days = moved(midnights + at("2024-05-01"), DayClock().days(midnights, np.ones(len(midnights), bool)))
    assert days.min() == at("2024-05-01") + DAY - 1 and days[-1] > LATEST * 1_000_000


def test_a_serial_beyond_the_end_of_time_is_no_time() -> None:
    stamps = TimeParser(["excel"], ZONE).parse(pa.array(["45413", "99999.5", "250000", "999999"]))
    assert stamps.ok.tolist() == [True, True, False, False]
    assert stamps.ns[0] == at("2024-05-01")


@pytest.mark.parametrize(
    ("form", "cells", "ok"),
    [
        ("%d.%m.%Y", ["01.05.2024", "1.5.2024", "31.04.2024", "30.2.2024"], [True, True, False, False]),
        ("%d/%m/%Y %T", ["01/05/2024 10:00:00", "1/5/2024 10:00:00", "30/02/2024 00:00:00"], [True, True, False]),
        ("%d.%m.%d", ["01.05.01", "1.5.1"], [True, False]),
    ],
)
def test_days_that_are_not_in_any_spelling(form: str, cells: list[str], ok: list[bool]) -> None:
    assert TimeParser([form], ZONE).parse(pa.array(cells)).ok.tolist() == ok


def test_a_delimiter_beyond_ascii(plant: Plant, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("when§TT-101\n2024-05-01§1\n")
    run(plant.tenant, [path], load_mapping(json.dumps({"site": plant.slug, "delimiter": "§"})))
    assert plant.stored("TT-101") == {at("2024-05-01"): (1.0, 0)}


# Values for a member, by its type; words that mean something somewhere, so that mappings are often accepted.
WORDS = [
    "when", "TT-101", "TT-102", "point", "value", "q", "site", "", " ", "auto", "iso", "excel", "epoch_s", "epoch_ns",
    "%d/%m/%Y", "%d/%d", "%", "%H:%M", "%Y-%m-%d %T", "%Z", "UTC", "+14:00", "Europe/Berlin", "nowhere", "1min", "-1h",
    "36525d", "0.000001ms", "999999999d", "2024-05-01", "1700-01-01", "2261-12-31", "log*%Y%m%d.csv", "*%j", "{a}_{b}",
    "*", "utf-16", "cp1252", ";", "§", "\t", "|", "whitespace", '"', "%%", "On", "-250", "1e308", "NaN",
    "log.csv", "long.csv",
]  # fmt: skip
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.sampled_from(WORDS) | st.text(max_size=4),
    int: st.integers() | st.sampled_from([0, 2**63, 10**400, 1_714_521_600_000]),
    float: st.floats() | st.sampled_from([0.0, 1e308, -1e-320, 10**400]),
    bool: st.booleans(),
    type(None): st.none(),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    if kind in LEAVES:
        return LEAVES[kind]
    origin, parts = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return members_of(kind)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is list:
        return st.lists(values_of(parts[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(values_of(parts[0]), values_of(parts[1]), max_size=3)
    return st.one_of([values_of(part) for part in parts])  # a union


@st.composite
def members_of(draw: st.DrawFn, kind: type[Struct]) -> dict[str, Any]:
    """A few members, and those that may not be missing."""
    hints = get_type_hints(kind)
    required = [field.name for field in structs.fields(kind) if field.required]
    some = draw(st.lists(st.sampled_from(sorted(hints)), max_size=3, unique=True))
    return {name: draw(values_of(hints[name])) for name in {*required, *some}}


FILES = {  # with something for each of the words
    "log_20240501.csv": "when,TT-101,q\n2024-05-01 10:00:00,1,0\n01/05/2024,x,9\n23:59,-250,\n,On,good\n",
    "long.csv": "when;point;value;site\n2024-05-01;TT-101;<0.5 %;\n1714521600;P-1.run;On;x\n45000.5;TT-101;1e308;\n",
    "§.csv": "when§TT-101\n31/04/2024§1\n2024-03-31 02:30§1.250,5\n",
}


LONG = {"layout": "long", "sensor_column": "point", "value_column": "value"}
BASES: dict[str, dict[str, Any]] = {
    "log_20240501.csv": {"time": {"format": ["iso", "%d/%m/%Y"]}},
    "long.csv": {"time": {"format": ["iso", "epoch_s", "excel"]}, **LONG},
    "§.csv": {"time": {"format": ["%d/%m/%Y", "iso"]}, "delimiter": "§"},
}


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(members=members_of(Mapping), time=members_of(TimeRule), which=st.sampled_from(sorted(FILES)))
def test_what_is_accepted_can_be_read(
    plant: Plant, tmp_path: Path, members: dict[str, Any], time: dict[str, Any], which: str
) -> None:
    path, base = tmp_path / which, BASES[which]
    path.write_text(FILES[which])
    complete = {**base, **members, "time": {**base["time"], **time}, "site": plant.slug}
    try:
        mapping = load_mapping(json.dumps(complete))
        check(plant.tenant, [path], mapping)
    except BadRequest as error:
        event(f"refused: {error.detail[:60]}")
        return
    event("accepted")
    try:
        run(plant.tenant, [path], mapping, dry_run=True)
    except BadRequest as error:  # found only in the cells
        assert "times the mapping's scale" in error.detail, error.detail
