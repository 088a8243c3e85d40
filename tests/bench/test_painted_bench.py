"""Budget: a sensor's trend of three years on the screen after the click on it, measured in the browser.

BENCH_SCALE shortens the range (0.05: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from kernel.times import DAY, HOUR
from tests.bench.publishing import publish
from tests.bench.query.bars import at_most
from tests.bench.query.beside import Importer, wait_for_ladder
from tests.bench.query.client import Connection
from tests.bench.query.data import END
from tests.bench.query.installation import settle
from tests.bench.query.report import bars, table
from tests.e2e.chromium import ARGUMENTS, CHROMIUM
from tests.e2e.conftest import WIDE, sign_in_quietly
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
TENANT = SITE = "beside"  # those of the importer
YEARS, SENSORS, CLICKS, MAX_MS = 3, 2, 30, 150.0

# By the browser's clock: from the click's time stamp to the frame after the last drawing of a line.
WATCH = """
window.painted = [];
window.clicked = 0;
addEventListener('click', (event) => { window.clicked = event.timeStamp; window.painted = []; }, true);
const stroke = CanvasRenderingContext2D.prototype.stroke;
CanvasRenderingContext2D.prototype.stroke = function (...path) {
  if (path.length && this.canvas.closest('[data-testid=chart]'))
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.painted.push(performance.now());
      channel.port2.postMessage(0);
    });
  return stroke.apply(this, path);
};
"""


@pytest.fixture(scope="module")
def page(platform: Platform) -> Iterator[Page]:
    platform.ensure_tenant(TENANT)
    platform.ensure_person("clicking", TENANT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, base_url=platform.url)
        page = context.new_page()
        page.set_default_timeout(30_000)
        sign_in_quietly(page, platform, "clicking")
        page.add_init_script(WATCH)
        yield page
        browser.close()


def test_a_trend_of_three_years_after_a_click(platform: Platform, page: Page) -> None:
    token = platform.people["clicking"]["token"]
    api = Connection(platform.url, {"Authorization": f"Bearer {token}"})
    api.post("/api/v1/sites/bulk", {"items": [{"slug": SITE, "name": "Beside", "timezone": "UTC"}]})
    items = [{"site": SITE, "tag": f"T-{k}", "name": "Beside", "interval_s": 60} for k in range(SENSORS)]
    api.post("/api/v1/sensors/bulk", {"items": items})
    importer = Importer(platform, YEARS * 365 * SCALE, count())
    importer.rate_of(importer.start(600, SENSORS))
    wait_for_ladder(api)
    settle(platform.path, print)
    times = [_click(page, each) for each in range(CLICKS)]
    median = float(np.median(times))
    judged = [at_most("a trend of three years painted after the click: median", median, MAX_MS, "ms")]
    rows = [[str(CLICKS), f"{times[0]:.0f}", f"{median:.0f}", f"{np.percentile(times, 95):.0f}", f"{max(times):.0f}"]]
    publish({"painted": f"{table(['clicks', 'first, ms', 'median', 'p95', 'most'], rows)}\n\n{bars(judged)}"}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged]


def _click(page: Page, number: int) -> float:
    """A new page, nothing selected, another range each time; then a click on a sensor in the list."""
    end = END - number * HOUR
    page.goto(f"/t/{TENANT}/trends?start={end - int(YEARS * 365 * SCALE) * DAY}&end={end}")
    sensor = page.get_by_role("treeitem", name=f"T-{number % SENSORS}")
    expect(sensor).to_be_visible()
    page.wait_for_timeout(500)  # the rest of the page is there
    sensor.click()
    expect(page.get_by_test_id("foot")).to_contain_text("points of")
    page.wait_for_timeout(300)
    found: float = page.evaluate("Math.max(...painted) - clicked")
    assert found > 0, "nothing was drawn"
    return found
