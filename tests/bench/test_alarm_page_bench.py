"""The browser with 5,000 active alarms: how soon the list is there, and how it scrolls.

BENCH_SCALE shortens the measurement (0.2: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.drawing.frames import Frames, measure
from tests.bench.drawing.plant import ENGINEER, TENANT
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.report import bars, table
from tests.e2e.chromium import ARGUMENTS, CHROMIUM
from tests.e2e.conftest import WIDE, sign_in_quietly
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
ALARMS, OPENED, SECONDS = 5_000, 20, 8.0
OPEN_MS, DROPPED = 300.0, 5.0

RAISE = """
import time
from alarms import states
from alarms.about import About, AlarmAsset, AlarmTarget, key_of
from alarms.machine import step
from alarms.machine.model import Sample, Settings
from alarms.states import Kept
from catalog.operations import bulk_upsert
from tenants.queries import connection_by_slug
tenant = connection_by_slug({tenant!r})
site = bulk_upsert(tenant, "sites", [{{"slug": "works", "name": "Works", "timezone": "UTC"}}]).ids["works"]
now, settings = int(time.time() * 1000), Settings(rule_version=1)
for first in range(0, {count}, 500):
    changes = {{}}
    for k in range(first, first + 500):
        target = AlarmTarget(kind="sensor", id=f"s{{k:010d}}", tag=f"TT-{{k}}", name="Supply air", unit="degC")
        asset = AlarmAsset(id=f"a{{k % 200:010d}}", tag=f"AHU-{{k % 200}}", name=f"Air handler {{k % 200}}")
        of = About(rule="alaaaaaaaaaa", name="Supply air too warm", priority=1 + k % 4, kind="limit", site=site,
                   target=target, asset=asset, level="high")
        kept, transitions = states.Known(), []
        state, transitions = step(settings, kept.state, Sample(now - 7_200_000 + k * 1_000, True, 17.9, 14.5))
        changes[key_of(of.rule, target.id)] = (0, Kept(state, of, settings), transitions)
    assert not states.commit_changes(tenant, changes)
"""

# From the click on the rail to the frame after the first row is there.
OPENED_AFTER = """() => new Promise((resolve) => {
    const link = [...document.querySelectorAll('nav a')].find((each) => each.getAttribute('href').includes('/alarms'));
    const start = performance.now();
    const look = () => document.querySelector('[data-testid=alarms] [role=row]')
        ? requestAnimationFrame(() => resolve(performance.now() - start))
        : requestAnimationFrame(look);
    link.click();
    look();
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


def test_a_list_of_5000_active_alarms(platform: Platform, browser: Browser) -> None:
    platform.ensure_tenant(TENANT)
    platform.ensure_person(ENGINEER, TENANT, "engineer")
    platform.shell(RAISE.format(tenant=TENANT, count=ALARMS))
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, base_url=platform.url)
    page = context.new_page()
    sign_in_quietly(page, platform, ENGINEER)
    opened = [open_list(page) for _ in range(max(3, round(OPENED * SCALE)))]
    frames = scrolling(page)
    context.close()
    judged = judge(opened, frames)
    publish({"alarm-list": report(opened, frames, judged)}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def open_list(page: Page) -> float:
    """From home, with the program loaded and no list in the browser."""
    page.goto(f"/t/{TENANT}/alarms/shelved")
    page.get_by_text("Nothing is shelved").wait_for()
    page.wait_for_timeout(1_000)
    return float(page.evaluate(OPENED_AFTER))


def scrolling(page: Page) -> Frames:
    body = page.get_by_test_id("alarms")
    page.wait_for_function(f"() => document.querySelector('[role=table]').ariaRowCount === '{ALARMS + 1}'")
    page.wait_for_timeout(2_000)
    box = body.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def act() -> None:
        for _ in range(round(SECONDS * max(SCALE, 0.3) * 60)):
            page.mouse.wheel(0, 240)
            page.wait_for_timeout(16)

    frames = measure(page, act)
    assert int(body.evaluate("element => element.scrollTop")) > 10_000, "it scrolled"
    return frames


def judge(opened: list[float], frames: Frames) -> list[Bar]:
    return [
        at_most("the list's first row painted after the click, median", float(np.median(opened)), OPEN_MS, "ms"),
        at_most("scrolling: dropped frames", frames.dropped * 100, DROPPED, "%"),
    ]


def report(opened: list[float], frames: Frames, judged: list[Bar]) -> str:
    rows = [
        ["opening, ms", str(len(opened)), f"{np.median(opened):.0f}", f"{np.percentile(opened, 95):.0f}", ""],
        [
            "scrolling, main-thread work per frame, ms", str(len(frames.work_ms)), f"{frames.median_ms:.1f}",
            f"{frames.p95_ms:.1f}", f"{frames.dropped * 100:.1f}",
        ],
    ]  # fmt: skip
    return "\n\n".join([table(["5,000 active alarms", "measured", "median", "p95", "dropped, %"], rows), bars(judged)])
