"""Import of history in the browser: dry run, import, correction, undo."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.isolation import ROOT

CASES = ROOT / "tests" / "ingest" / "cases"
START = datetime.fromisoformat("2023-02-01T08:00:00")
BEGIN = int(datetime.fromisoformat("2023-02-01T08:00:00+00:00").timestamp() * 1000)


def begin_import(page: Page, loop: Loop, *files: Path) -> None:
    page.goto(f"/t/{loop.slug}/data/imports")
    page.get_by_role("button", name="Import history").click()
    page.get_by_label("Files", exact=True).set_input_files(files)


def show_all(page: Page, loop: Loop, sensor: str, start: int, ms: int) -> None:
    page.goto(f"/t/{loop.slug}/trends?sensors={sensor}&start={start}&end={start + ms}")


def test_a_file_is_tried_dry_then_imported_and_undone(open_page: OpenPage, written_loop: Loop, tmp_path: Path) -> None:
    rows = [
        f"{START + timedelta(seconds=second)},{30 + second % 5},{'oops' if second == 7 else 1.5},x"
        for second in range(300)
    ]
    file = tmp_path / "february.csv"
    file.write_text("\n".join(["time,Flow,Pressure bar,operator", *rows]) + "\n")

    page = open_page(written_loop.person)
    begin_import(page, written_loop, file)
    page.get_by_label("Sensor of Flow").fill("FT-101")
    page.get_by_label("Sensor of Pressure bar").fill("PT-101")
    page.get_by_role("button", name="Dry run", exact=True).click()
    expect(page.get_by_text("dry run, nothing written")).to_be_visible()
    problems = page.get_by_role("region", name="Problems")
    expect(problems.get_by_text(re.compile("line 9: oops"))).to_be_visible()
    expect(problems.get_by_text(re.compile("1 column not mapped.*operator"))).to_be_visible()
    first = page.get_by_role("row", name=re.compile("2023-02-01 08:00:00.*FT-101"))
    expect(first.first).to_contain_text("30")

    page.get_by_role("button", name="Import 599 samples").click()
    expect(page.get_by_role("table", name="Imports")).to_contain_text("Done")
    expect(page.get_by_role("button", name="Undo…")).to_be_visible()
    at = page.url
    show_all(page, written_loop, "FT-101", BEGIN, 300_000)
    expect(page.get_by_test_id("foot")).to_contain_text("all 300 samples")

    page.goto(at)
    page.get_by_role("button", name="Undo…").click()
    expect(page.get_by_text("Undoing would remove 599 samples")).to_be_visible()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("Undone: removed 599 samples")).to_be_visible()


def test_rows_of_clock_changes_come_first_as_they_will_be_stored(
    open_page: OpenPage, written_loop: Loop, tmp_path: Path
) -> None:
    autumn, spring = tmp_path / "autumn.csv", tmp_path / "spring.csv"
    autumn.write_text((CASES / "repeated-hour-sorted.csv").read_text().replace("00:15,15.0", "00:15,oops"))
    spring.write_text((CASES / "skipped-hour.csv").read_text())
    page = open_page(written_loop.person)
    begin_import(page, written_loop, autumn, spring)
    page.get_by_label("Sensor of kw").fill("FT-101")
    page.get_by_label("Time zone of local times").fill("America/New_York")
    page.get_by_role("button", name="Dry run", exact=True).click()

    problems = page.get_by_role("region", name="Problems").locator("details")
    clock, cells = problems.nth(0), problems.nth(1)
    expect(clock).to_contain_text("Daylight saving: 8 rows in a repeated hour, 4 in a skipped hour")
    expect(clock).to_contain_text("autumn.csv from line 6: 8 rows from 2021-11-07 01:00 to 2021-11-07 02:00")
    expect(clock).to_contain_text("this clock seems not to follow daylight saving")
    expect(clock).to_contain_text('time: {zone: "-05:00"}')
    passes = clock.get_by_role("row", name=re.compile("2021-11-07 01:15"))
    expect(passes).to_have_count(2)
    for row, stored, value in ((passes.nth(0), "05:15", "115"), (passes.nth(1), "06:15", "115.1")):
        expect(row.get_by_role("cell", name=f"2021-11-07 {stored}:00", exact=True).first).to_be_visible()
        expect(row.get_by_role("cell", name=value, exact=True)).to_be_visible()
    expect(cells).to_contain_text("oops")

    listed = page.get_by_role("table", name="Imports")
    expect(listed.get_by_role("row", name=re.compile("morning.csv"))).to_contain_text("command")
    expect(listed.get_by_role("row", name=re.compile("autumn.csv"))).not_to_contain_text("command")


def test_one_row_a_sample_with_a_mapping_from_a_file(
    open_page: OpenPage, written_loop: Loop, tmp_path: Path, watch: Watch
) -> None:
    watch.allow("400 (Bad Request)")  # of the mapping with a wrong key
    rows = [f"{START + timedelta(days=30, minutes=k)};{'flow' if k % 2 else 'FT-101'};{k}" for k in range(40)]
    file, mapping = tmp_path / "march.csv", tmp_path / "mapping.yaml"
    file.write_text("\n".join(["when;point;reading", *rows]) + "\n")
    page = open_page(written_loop.person)
    begin_import(page, written_loop, file)
    page.get_by_role("button", name="One row per sample").click()
    dry_run = page.get_by_role("button", name="Dry run", exact=True)
    expect(dry_run).to_be_disabled()
    page.get_by_label("Column of sensor names").first.fill("point")
    page.get_by_label("Column of values").first.fill("reading")
    dry_run.click()
    expect(page.get_by_role("button", name="Import 20 samples")).to_be_visible()

    page.get_by_role("button", name="Edit mapping").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save mapping").click()
    text = Path(saved.value.path()).read_text()
    assert "sensor_column: point" in text
    mapping.write_text(f"# of the old historian\n{text}qualitis: opc\n")
    page.get_by_label("Mapping file").set_input_files(mapping)
    page.get_by_role("button", name="YAML", exact=True).click()
    editor = page.get_by_label("Mapping as YAML")
    expect(editor).to_have_value(re.compile("of the old historian"))
    dry_run.click()
    wrong = len(mapping.read_text().splitlines())
    expect(page.get_by_text(re.compile(f"Line {wrong}:.*qualitis"))).to_be_visible()
    editor.fill(mapping.read_text().replace("qualitis: opc", "sensors: {flow: FT-101, FT-101: FT-101}"))
    dry_run.click()
    expect(page.get_by_role("button", name="Import 40 samples")).to_be_visible()


def test_samples_are_deleted_and_brought_back(open_page: OpenPage, written_loop: Loop, tmp_path: Path) -> None:
    start = BEGIN - 30 * 86_400_000
    rows = [f"{start + k * 1000},{k}" for k in range(120)]
    file = tmp_path / "january.csv"
    file.write_text("\n".join(["time,PT-101", *rows]) + "\n")
    page = open_page(written_loop.person)
    begin_import(page, written_loop, file)
    page.get_by_role("button", name="Import without a dry run").click()
    expect(page.get_by_role("button", name="Undo…")).to_be_visible()

    show_all(page, written_loop, "PT-101", start, 120_000)
    expect(page.get_by_test_id("foot")).to_contain_text("all 120 samples")
    page.get_by_role("button", name="Correct samples…").click()
    dialog = page.get_by_role("dialog", name="Correct samples")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_text("This would remove 120 samples.")).to_be_visible()
    dialog.get_by_role("button", name="Delete 120 samples").click()
    expect(dialog.get_by_text("Done: removed 120 samples.")).to_be_visible()
    dialog.get_by_role("button", name="Close", exact=True).click()

    page.goto(f"/t/{written_loop.slug}/data/corrections")
    page.get_by_role("row", name=re.compile("Delete")).get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo…").click()
    expect(page.get_by_text("bring back 120")).to_be_visible()
    page.get_by_role("button", name="Undo this correction").click()
    expect(page.get_by_text("brought back 120").first).to_be_visible()
