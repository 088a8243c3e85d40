"""CSV files for spreadsheets: no cell is run as a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from catalog.models import Sensor
from historian.http.csv_export import heading, raw_csv, series_csv
from historian.shape.series import Line, Stats
from kernel.spreadsheets import escape_formula
from stores.samples import Raw


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "- off", "=cmd|' /C calc'!A0", "-", "+-1"]
)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-1.5", "+4", "-.5", "1e-7", "-1E+7", "TT-101", "a=b", "", "2026-03-14T09:42:00.000Z"]
)
def test_numbers_and_names_stay_as_they_are(text: str) -> None:
    assert escape_formula(text) == text


def test_titles_and_texts_of_a_raw_export_are_guarded_and_negative_numbers_are_not() -> None:
    text = Sensor(id="s1", revision=1, site="x", tag="=A1", name="n", kind="text")
    number = Sensor(id="s2", revision=1, site="x", tag="TT-1", name="n", kind="continuous")
    t, q = np.array([0, 10**9]), np.zeros(2, np.uint8)
    texts = rows(raw_csv(text, [Raw(t, np.array(["@SUM(A1)", "-3"], object), q)]))
    numbers = rows(raw_csv(number, [Raw(t, np.array([-1.5, 2.0]), q)]))
    assert heading(text) == "'=A1"
    assert [row[1] for row in texts] == ["'=A1", "'@SUM(A1)", "-3"]
    assert [row[1] for row in numbers] == ["TT-1", "-1.5", "2.0"]


def test_so_are_those_of_what_is_shown() -> None:
    text = Sensor(id="s1", revision=1, site="x", tag="=A1", name="n", kind="text")
    view = Line(
        sensor="s1", start=0, end=10, gaps=[], rung="raw", complete=True, resolution_ms=0, samples=2, bad=0,
        stats=Stats(2, None, None, None), method="changes", t=[0, 5], v=["=1+1", "-3"],
    )  # fmt: skip
    written = rows(series_csv([text], [view]))
    assert [row[1] for row in written] == ["'=A1", "'=1+1", "-3"]


def rows(pieces: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(pieces), newline="")))  # type: ignore[arg-type]
