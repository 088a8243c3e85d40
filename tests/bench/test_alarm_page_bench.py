"""The browser with 5,000 active alarms: how soon the list is there, and how it scrolls.

BENCH_SCALE shortens the measurement (0.2: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.drawing.frames import Frames, measure
from tests.bench.drawing.plant import ENGINEER, SITE, TENANT
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.report import bars, table
from tests.e2e.chromium import ARGUMENTS, CHROMIUM
from tests.e2e.conftest import WIDE, sign_in_quietly
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
ALARMS, ASSETS, OPENED, SECONDS = 5_000, 200, 20, 8.0
SEVERITIES = ("critical", "error", "warning", "info")
OPEN_MS, DROPPED = 300.0, 5.0
SPEED = 6_000  # px/s: 125 rows

# From the click on the rail to the frame after the first row is there.
OPENED_AFTER = """() => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('there is no row after 20 s')), 20_000);
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
    raise_alarms(platform)
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, base_url=platform.url)
    page = context.new_page()
    sign_in_quietly(page, platform, ENGINEER)
    opened = [open_list(page) for _ in range(max(3, round(OPENED * SCALE)))]
    frames = scrolling(page)
    context.close()
    judged = judge(opened, frames)
    publish({"alarm-list": report(opened, frames, judged)}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def raise_alarms(platform: Platform) -> None:
    """By another system, so that no rule has to be there: one a second, at 200 assets, until half an hour ago."""
    site = {"slug": SITE, "name": "Works", "timezone": "UTC"}
    assets = [{"site": SITE, "tag": f"AHU-{k}", "name": f"Air handler {k}"} for k in range(ASSETS)]
    for kind, items in (("sites", [site]), ("assets", assets)):
        platform.call("POST", f"/api/v1/{kind}/bulk", ENGINEER, json={"items": items}).raise_for_status()
    began = int(time.time() * 1000) - 1_800_000 - ALARMS * 1_000
    alerts = [
        {
            "status": "firing",
            "fingerprint": f"f{k}",
            "startsAt": str(began + k * 1_000),
            "labels": {
                "alertname": "Supply air too warm",
                "severity": SEVERITIES[k % 4],
                "site": SITE,
                "asset": f"AHU-{k % ASSETS}",
                "instance": f"TT-{k}",
            },
            "annotations": {"summary": "17.9 °C over 14.5 °C"},
        }
        for k in range(ALARMS)
    ]
    for first in range(0, ALARMS, 1_000):
        body = {"alerts": alerts[first : first + 1_000]}
        platform.call("POST", "/api/v1/alertmanager", ENGINEER, json=body).raise_for_status()


def open_list(page: Page) -> float:
    """From home, with the program loaded and no list in the browser."""
    page.goto(f"/t/{TENANT}/alarms/shelved")
    page.get_by_text("Nothing is shelved").wait_for()
    page.wait_for_timeout(1_000)
    return float(page.evaluate(OPENED_AFTER))


def scrolling(page: Page) -> Frames:
    """By a finger's gesture that Chromium makes itself: wheel events that are sent from here arrive a frame late each,
    or never once the list is at its end.
    """
    body = page.get_by_test_id("alarms")
    page.wait_for_function(f"() => document.querySelector('[role=table]').ariaRowCount === '{ALARMS + 1}'")
    page.wait_for_timeout(2_000)
    box = body.bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    seconds = SECONDS * max(SCALE, 0.3)
    gesture = {
        "x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "yDistance": -round(SPEED * seconds),
        "speed": SPEED, "gestureSourceType": "mouse", "preventFling": True,
    }  # fmt: skip
    frames = measure(page, lambda: session.send("Input.synthesizeScrollGesture", gesture))
    session.detach()
    assert int(body.evaluate("element => element.scrollTop")) > SPEED * seconds / 2, "it scrolled"
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
