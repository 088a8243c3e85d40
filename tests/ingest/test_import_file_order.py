"""Files of one import come in any order: their local times are read alike, and of equal times the later file wins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.imports import load_mapping, run
from ingest.imports.times.file_order import FileStart, time_order
from tests.ingest.conftest import Plant

FIRST = datetime(2021, 11, 7, 4, tzinfo=UTC)  # midnight in New York; 5:00 and 6:00 UTC are 1:00 there
NEW_YORK = "time: {zone: America/New_York}"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([("b", 2), ("a", 1), ("c", 3)], "abc"),
        ([("log-10", 5), ("log-11", 6), ("log-9", 5)], ["log-9", "log-10", "log-11"]),
        ([("log (2)", 5), ("log", 5)], ["log", "log (2)"]),
        ([("log.csv", 5), ("log.csv.1", 5), ("log.csv.2", 4)], ["log.csv.2", "log.csv.1", "log.csv"]),
        ([("q", 1), ("x", 5), ("a", 5), ("m", 7)], "qxam"),
        ([("m", 7), ("a", 5), ("x", 5), ("q", 1)], "qxam"),
        ([("m", 7), ("q", 1), ("x", 5), ("a", 5)], "qaxm"),
    ],
)  # fmt: skip
def test_files_are_in_time_order_and_equal_ones_in_the_order_of_names_that_agree(
    given: list[tuple[str, int]], wanted: list[str] | str
) -> None:
    starts = [FileStart(name, time) for name, time in given]
    assert [given[place][0] for place in time_order(starts)] == list(wanted)


def test_files_that_run_backwards_are_in_order_from_the_newest() -> None:
    starts = [FileStart(name, time, backwards=True) for name, time in (("a", 1), ("c", 3), ("b", 2))]
    assert [starts[place].name for place in time_order(starts)] == ["c", "b", "a"]


def test_of_files_that_begin_in_one_repeated_hour_that_which_leaves_it_is_the_last() -> None:
    assert time_order([FileStart("a", 1, leaves=True), FileStart("b", 1)]) == [1, 0]


def hourly_logs(folder: Path, layout: str) -> list[str]:
    """log-8 to log-12, an hour each, by a clock that shows the local time; the value is the UTC time."""
    names = []
    for hour in range(5):
        lines = ["when,TT-101" if layout == "wide" else "when,tag,value"]
        for minute in range(0, 60, 5):
            utc = FIRST + timedelta(hours=hour, minutes=minute)
            local = utc - timedelta(hours=4 if utc.hour < 6 else 5)
            lines.append(f"{local:%Y-%m-%d %H:%M},{'' if layout == 'wide' else 'TT-101,'}{utc.timestamp():.0f}")
        path = folder / f"log-{8 + hour}.csv"
        path.write_text("\n".join(lines) + "\n")
        names.append(str(path))
    return names


@pytest.mark.parametrize("layout", ["wide", "long"])
@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 3, 4, 0, 1), (2, 1, 0, 4, 3), (1, 4, 2, 0, 3)]
)  # fmt: skip
def test_logs_of_an_hour_each_are_read_alike_in_any_order(
    plant: Plant, tmp_path: Path, layout: str, order: tuple[int, ...]
) -> None:
    logs = hourly_logs(tmp_path, layout)
    columns = "" if layout == "wide" else ", layout: long, sensor_column: tag, value_column: value"
    mapping = load_mapping(f"{{site: {plant.slug}, {NEW_YORK}{columns}}}")
    report = run(plant.tenant, [Path(logs[place]) for place in order], mapping)
    stored = plant.stored("TT-101")
    assert len(stored) == 60
    assert all(t == value * 1e9 for t, (value, _) in stored.items())  # type: ignore[operator]
    assert (report.samples, report.duplicates, report.repeated_hour_rows) == (60, 0, 24)


def test_of_equal_times_the_later_file_as_given_wins_although_it_is_the_earlier_one(
    plant: Plant, tmp_path: Path
) -> None:
    late, early = tmp_path / "late.csv", tmp_path / "early.csv"
    late.write_text("when,TT-101\n2021-11-07 02:00,1\n2021-11-07 02:15,1\n")
    early.write_text("when,TT-101\n2021-11-07 01:45,2\n2021-11-07 02:00,2\n")
    for files, wanted in (((late, early), [2, 2, 1]), ((early, late), [2, 1, 1])):
        run(plant.tenant, files, load_mapping(f"{{site: {plant.slug}, {NEW_YORK}}}"))
        assert [value for _, (value, _) in sorted(plant.stored("TT-101").items())] == wanted
