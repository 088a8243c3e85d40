"""History by the browser: first dry, then for real."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Loop, OpenPage


def test_a_file_is_tried_dry_and_then_imported(open_page: OpenPage, written_loop: Loop, tmp_path: Path) -> None:
    start = datetime.fromisoformat("2023-02-01T08:00:00")
    rows = [
        f"{start + timedelta(seconds=second)},{30 + second % 5},{'oops' if second == 7 else 1.5}"
        for second in range(300)
    ]
    file = tmp_path / "february.csv"
    file.write_text("\n".join(["time,Flow,Pressure bar", *rows]) + "\n")

    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/data")
    page.get_by_role("button", name="Import history").click()
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_label("Columns and their sensors").fill("Flow = FT-101\nPressure bar = PT-101")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("dry run: nothing was written")).to_be_visible()
    expect(page.get_by_text(re.compile("line 9"))).to_be_visible(timeout=20_000)
    expect(page.get_by_role("row", name=re.compile("FT-101")).first).to_contain_text("300")

    page.get_by_role("button", name="Import it for real").click()
    expect(page.get_by_role("table").last).to_contain_text("Done", timeout=20_000)
    begin = int(datetime.fromisoformat("2023-02-01T08:00:00+00:00").timestamp() * 1000)
    page.goto(f"/t/{written_loop.slug}/trends?sensors=FT-101&start={begin}&end={begin + 300_000}")
    expect(page.get_by_test_id("foot")).to_contain_text("all 300 samples", timeout=20_000)
