"""Unusual spellings of times, and times that are not in cells: each is read correctly."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ingest.imports import ImportReport, load_mapping, run
from ingest.imports.times.formats import FormatSearch, settle
from ingest.imports.times.parser import TimeParser
from ingest.imports.times.row_times import DateInName, DayClock, RowClock, parse_duration
from ingest.imports.times.zones import SECOND, zone_of
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at

UTC = zone_of("UTC")
MONTHS = {
    "de": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "German, in full": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "French without accents": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "pt": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sv": "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "nb": "jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des.",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta "
    "lokakuuta marraskuuta joulukuuta",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
}


@pytest.mark.parametrize("language", MONTHS)
@pytest.mark.parametrize("form", ["{day}. {month} 2024 14:05", "{day}-{month}-2024 14:05", "{day} {month} 2024 14:05"])
def test_months_of_other_languages_are_found_by_themselves(language: str, form: str) -> None:
    words = MONTHS[language].split()
    cells = [form.format(day=day, month=month) for month in words for day in (1, 25)]
    search = FormatSearch(UTC, "f")
    search.add(pa.array(cells), np.arange(len(cells)))
    settle([search], complete=True)
    stamps = TimeParser(search.formats, UTC).parse(pa.array(cells))
    assert stamps.ok.all()
    assert stamps.ns.tolist() == [at(f"2024-{month:02d}-{day:02d}T14:05") for month in range(1, 13) for day in (1, 25)]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("iso", "2024-05-01 24:00", "2024-05-02T00:00"),
        ("iso", "2024-12-31T24:00:00Z", "2025-01-01T00:00"),
        ("%d.%m.%Y %H:%M:%S", "29.02.2024 24:00:00", "2024-03-01T00:00"),
        ("iso", "2024-05-01 24:01", None),
        ("iso", "2024-05-01 12:00:00 -05:00", "2024-05-01T17:00"),
        ("iso", "2024-05-01 12:00 UTC+2", "2024-05-01T10:00"),
        ("iso", "2024-05-01 12:00:00 UTC", "2024-05-01T12:00"),
        ("iso", "2024-05-01 12:00:00,250", "2024-05-01T12:00:00.250"),
        ("%m/%d/%Y %H:%M %z", "5/1/2024 12:00 -05:00", "2024-05-01T17:00"),
        ("%m/%d/%Y %I:%M %p %z", "5/1/2024 1:00 PM -5", "2024-05-01T18:00"),
        ("%d/%m/%Y %I:%M:%S %p", "25/05/2024 05:00:00 p. m.", "2024-05-25T17:00"),
        ("%d %b %Y %H:%M", "12 de mayo de 2024 10:00", "2024-05-12T10:00"),
        ("%d. %B %Y %H:%M", "Dienstag, 1. März 2022 10:00", "2022-03-01T10:00"),
        ("%d %b %Y %H:%M", "mar. 1 mars 2022 10:00", "2022-03-01T10:00"),
        ("%d.%m.%Y %H:%M", "Mo 13.05.2024 10:00", "2024-05-13T10:00"),
        ("%d %B %Y %H:%M", "1 March 2024 14:05", "2024-03-01T14:05"),
        ("%d.%m.%Y %H:%M %Z", "13.05.2024 10:00 MESZ", "2024-05-13T08:00"),
        ("excel", "45413.5", "2024-05-01T12:00"),
        ("excel", "45413,000694444445", "2024-05-01T00:01"),
        ("excel", "45413", "2024-05-01T00:00"),
        ("excel_1904", "43951.25", "2024-05-01T06:00"),
        ("excel", "May", None),
    ],
)
def test_spellings(form: str, text: str, expected: str | None) -> None:
    stamps = TimeParser([form], UTC).parse(pa.array([text]))
    assert bool(stamps.ok[0]) == (expected is not None)
    if expected is not None:
        assert int(stamps.ns[0]) == int(np.datetime64(expected, "ns").astype(np.int64))


def test_serials_of_a_spreadsheet_are_found_only_where_they_have_a_time() -> None:
    search = FormatSearch(UTC, "f")
    search.add(pa.array(["45413", "45413.25", "45413.5"]), np.arange(3))
    settle([search], complete=True)
    assert search.formats == ["excel"]
    numbers = FormatSearch(UTC, "f")
    numbers.add(pa.array(["45413", "45414"]), np.arange(2))
    with pytest.raises(BadRequest, match="may be a spreadsheet date or a row number; say excel"):
        settle([numbers], complete=True)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30min", 1800), ("-1h", -3600), ("1.5 s", 1.5), ("250ms", 0.25), ("1d", 86400)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text, "shift") == seconds * SECOND


@pytest.mark.parametrize("text", ["30", "min", "1 week", "9" * 50 + "s", "1e3s", ""])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(BadRequest, match="not a duration such as 500ms"):
        parse_duration(text, "shift")


@pytest.mark.parametrize(
    ("pattern", "name", "day"),
    [
        ("log_%Y%m%d.csv", "log_20240501.csv", "2024-05-01T00:00:00"),
        ("*_%d-%m-%y_*.csv", "AHU_1_01-05-24_x_y.csv", "2024-05-01T00:00:00"),
        ("*%Y%m%d%H%M.csv*", "plant 7 202405011330.csv.gz", "2024-05-01T13:30:00"),
        ("%d%b%Y*", "01May2024.txt", "2024-05-01T00:00:00"),
        ("log_%Y%m%d.csv", "log_20240501_2.csv", None),
        ("log_%Y%m%d.csv", "log_20241301.csv", None),
        ("*%Y%m%d.csv", "20240501", None),
    ],
)
def test_dates_in_names(pattern: str, name: str, day: str | None) -> None:
    if day is not None:
        assert DateInName(pattern).read(name).isoformat() == day
        return
    with pytest.raises(BadRequest, match=r"does not fit the mapping's time\.date_in_name"):
        DateInName(pattern).read(name)


def test_a_broken_line_counts_as_a_row() -> None:
    clock = RowClock(0, 10)
    assert clock.times(np.array([2, 3, 5]), [4]).tolist() == [0, 10, 30]
    assert clock.times(np.array([], np.int64), [6, 7]).tolist() == []
    assert clock.times(np.array([8]), []).tolist() == [60]


def test_days_advance_after_midnight_even_for_rows_requested_twice() -> None:
    hour, clock = 3600 * SECOND, DayClock()
    ok = np.ones(3, bool)
    assert (clock.days(np.array([22, 23, 0]) * hour, ok) // (24 * hour)).tolist() == [0, 0, 1]
    clock.keep(2)
    assert (clock.days(np.array([0, 23, 1]) * hour, ok) // (24 * hour)).tolist() == [1, 1, 2]


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(content: str, time: str, name: str = "log.csv", more: str = "") -> ImportReport:
        path = tmp_path / secrets.token_hex(3) / name
        path.parent.mkdir()
        path.write_text(content)
        return run(plant.tenant, [path], load_mapping(f"{{site: {plant.slug}, time: {{{time}}}{more}}}"))

    return make


def test_a_file_without_times(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load("TT-101\n1\n2\n3\n", "start: 2024-05-01 00:00, interval: 15min, zone: Asia/Dubai")
    assert plant.stored("TT-101") == {
        at("2024-04-30T20:00"): (1.0, 0), at("2024-04-30T20:15"): (2.0, 0), at("2024-04-30T20:30"): (3.0, 0)
    }  # fmt: skip
    assert report.files[0].time_formats == ["every 15min"]


def test_a_file_without_times_starts_at_the_date_in_its_name(plant: Plant, load: Callable[..., ImportReport]) -> None:
    rows = "TT-101,TT-102\n1,1\n2\n3,3\n"
    load(rows, "date_in_name: 'u_%Y%m%d-%H%M.csv', interval: 1h", "u_20240501-0600.csv")
    assert plant.stored("TT-101") == {at("2024-05-01T06:00"): (1.0, 0), at("2024-05-01T08:00"): (3.0, 0)}


def test_the_date_from_the_name_and_the_time_from_the_row(plant: Plant, load: Callable[..., ImportReport]) -> None:
    rows = "clock,TT-101\n11:00:00 PM,1\n11:59:59 PM,2\n12:00:01 AM,3\n"
    load(rows, "date_in_name: 'log_%Y%m%d.csv'", "log_20240229.csv")
    assert list(plant.stored("TT-101")) == [
        at("2024-02-29T23:00"), at("2024-02-29T23:59:59"), at("2024-03-01T00:00:01")
    ]  # fmt: skip


def test_the_date_from_the_name_with_a_format_of_its_own(plant: Plant, load: Callable[..., ImportReport]) -> None:
    load("clock,TT-101\n23.30,1\n", "date_in_name: '*%Y%m%d.csv', format: '%H.%M'", "log_20240229.csv")
    assert list(plant.stored("TT-101")) == [at("2024-02-29T23:30")]


def test_files_that_all_begin_at_one_start_are_refused(plant: Plant, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("TT-101\n1\n")
    mapping = load_mapping(f"{{site: {plant.slug}, time: {{start: 2024-05-01, interval: 1h}}}}")
    with pytest.raises(BadRequest, match=r"a\.csv and b\.csv both hold TT-101 and begin at time\.start"):
        run(plant.tenant, [tmp_path / "a.csv", tmp_path / "b.csv"], mapping)


def test_times_are_shifted(plant: Plant, load: Callable[..., ImportReport]) -> None:
    load("t,TT-101\n2024-05-01 00:30,1\n", "shift: -30min, zone: '-05:00'")
    assert list(plant.stored("TT-101")) == [at("2024-05-01T05:00")]


@pytest.mark.parametrize(
    ("time", "why"),
    [
        ("interval: 15min", "`time.interval` needs `time.start`"),
        ("start: 2024-05-01", "`time.start` needs `time.interval`"),
        ("start: soon, interval: 1h", "'soon', not a time such as 2024-05-01 00:00"),
        ("start: 1764400000, interval: 1h", "epoch milliseconds expected"),
        ("start: '1764400000', interval: 1h", "epoch milliseconds expected"),
        ("start: 2024-05-01, interval: 0s", "longer than zero"),
        ("start: 2024-05-01, interval: 1h, column: t", "leave out `time.column`"),
        ("start: 2024-05-01, date_in_name: '%Y%m%d.csv', interval: 1h", "keep one"),
        ("date_in_name: 'log.csv'", "it needs fields such as %Y%m%d"),
        ("date_in_name: '%Q.csv'", "its fields are %Y"),
        ("shift: soon", "not a duration"),
        ("format: exel", "Did you mean “excel”"),
        ("intervall: 1h", "no key 'intervall' in `time`; did you mean 'interval'?"),
    ],
)
def test_keys_that_cannot_be_meant(plant: Plant, load: Callable[..., ImportReport], time: str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        load("t,TT-101\n2024-05-01,1\n", time)
    assert why in refused.value.detail
