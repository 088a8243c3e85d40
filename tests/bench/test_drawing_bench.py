"""The browser while a large drawing is panned, edited and played, and the first schematic after signing in.

The main thread's work for a frame is judged by its CPU time; the elapsed time of the same tasks is reported beside it.
BENCH_SCALE shortens the measurement (0.2: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.drawing.frames import Frames, measure
from tests.bench.drawing.plant import (
    COLUMNS,
    ENGINEER,
    FIRST_ROW_Y,
    STEP_X,
    SYMBOLS,
    TENANT,
    make_plant,
    write_history,
)
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.report import bars, table
from tests.e2e.acts import sign_in
from tests.e2e.chromium import ARGUMENTS, CHROMIUM
from tests.e2e.conftest import WIDE, sign_in_quietly
from tests.e2e.drawing import drag, on_screen, zoom_until_unfolded
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
SECONDS, SIGN_INS, DRAGGED = 8.0, 30, 20
WORK_MS, DROPPED, PAINTED_MS = 8.0, 5.0, 1_000.0

# From the click that signs in to the frame after the first symbol is there.
PAINTED = """() => new Promise((resolve) => {
    document.addEventListener('submit', () => {
        const start = performance.now();
        const look = () => document.querySelector('[data-testid=schematic] svg.pt-symbol')
            ? requestAnimationFrame((now) => sessionStorage.setItem('painted', String(performance.now() - start)))
            : requestAnimationFrame(look);
        look();
    }, { capture: true, once: true });
    resolve();
})"""


@dataclass(frozen=True)
class Outcome:
    frames: dict[str, Frames]
    painted_ms: list[float]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


def test_a_drawing_of_300_symbols_and_300_values(platform: Platform, browser: Browser) -> None:
    schematic = make_plant(platform)
    start = write_history(platform)
    frames = {
        "panning": panning(open_page(browser, platform), schematic),
        f"dragging {DRAGGED} symbols": dragging(open_page(browser, platform), schematic),
        "playing 300 values at 60×": playing(open_page(browser, platform), schematic, start),
    }
    painted = [first_schematic(browser, platform, schematic) for _ in range(max(3, round(SIGN_INS * SCALE)))]
    outcome = Outcome(frames, painted)
    judged = judge(outcome)
    publish({"drawing": report(outcome, judged)}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def open_page(browser: Browser, platform: Platform) -> Page:
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, base_url=platform.url)
    page = context.new_page()
    sign_in_quietly(page, platform, ENGINEER)
    return page


def panning(page: Page, schematic: str) -> Frames:
    page.goto(f"/t/{TENANT}/plant/{schematic}")
    drawing = page.get_by_test_id("schematic")
    drawing.locator("svg.pt-symbol").nth(SYMBOLS - 1).wait_for(state="attached")
    show_values(page)
    page.wait_for_timeout(1_500)
    frames = measured_drag(page, 720, 300)
    page.context.close()
    return frames


def show_values(page: Page) -> None:
    """At the zoom at which the whole drawing is seen, values would be too small to read, and are not shown."""
    drawing = page.get_by_test_id("schematic")
    zoom_until_unfolded(page)
    drawing.locator("[data-sensor]").first.wait_for(state="visible")


def dragging(page: Page, schematic: str) -> Frames:
    page.goto(f"/t/{TENANT}/plant/{schematic}/edit")
    canvas = page.get_by_test_id("edit-canvas")
    symbols = canvas.locator("[data-symbol]")
    symbols.nth(SYMBOLS - 1).wait_for(state="attached")
    drag(page, on_screen(page, 20, FIRST_ROW_Y - 12), on_screen(page, 60 + COLUMNS * STEP_X, FIRST_ROW_Y + 75))
    page.get_by_role("heading", name=f"{DRAGGED} parts").wait_for()
    page.wait_for_timeout(1_500)
    first = canvas.locator("[data-part][data-symbol]").first
    box, before = first.bounding_box(), first.get_attribute("style")
    assert box is not None
    frames = measured_drag(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert first.get_attribute("style") != before, "they were moved"
    page.context.close()
    return frames


def measured_drag(page: Page, x: float, y: float) -> Frames:
    def act() -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        end, step = time.monotonic() + SECONDS * max(SCALE, 0.3), 0
        while time.monotonic() < end:
            step += 1
            page.mouse.move(x + 120 * np.sin(step / 20), y + 80 * (1 - np.cos(step / 20)))
        page.mouse.up()

    return measure(page, act)


def playing(page: Page, schematic: str, start: int) -> Frames:
    page.goto(f"/t/{TENANT}/plant/{schematic}?at={start + 60_000}")
    page.locator('[data-testid="schematic"] [data-sensor] b').nth(SYMBOLS - 1).wait_for(state="attached")
    page.get_by_label("Playback speed").first.click()
    page.get_by_role("option", name="60×", exact=True).click()
    show_values(page)
    page.wait_for_timeout(1_500)
    page.locator("body").click(position={"x": 720, "y": 20})

    def act() -> None:
        page.keyboard.press("Space")
        page.wait_for_timeout(SECONDS * max(SCALE, 0.3) * 1000)
        page.keyboard.press("Space")

    frames = measure(page, act)
    assert int(page.evaluate("new URLSearchParams(location.search).get('at')")) > start + 90_000, "it played"
    page.context.close()
    return frames


def first_schematic(browser: Browser, platform: Platform, schematic: str) -> float:
    """With nothing in the browser's cache but the page on which one signs in."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, base_url=platform.url)
    page = context.new_page()
    page.goto(f"/t/{TENANT}/plant/{schematic}")
    page.get_by_role("button", name="Sign in").wait_for()
    page.evaluate(PAINTED)
    sign_in(page, ENGINEER)
    page.wait_for_function("() => sessionStorage.getItem('painted')")
    found = float(page.evaluate("sessionStorage.getItem('painted')"))
    assert re.search(f"/plant/{schematic}", page.url)
    context.close()
    return found


def judge(outcome: Outcome) -> list[Bar]:
    found = []
    for what, frames in outcome.frames.items():
        found.append(at_most(f"{what}: main-thread work per frame, p95", frames.p95_ms, WORK_MS, "ms"))
        found.append(at_most(f"{what}: dropped frames", frames.dropped * 100, DROPPED, "%"))
    painted = float(np.median(outcome.painted_ms))
    return [*found, at_most("first schematic painted after signing in, median", painted, PAINTED_MS, "ms")]


def report(outcome: Outcome, judged: list[Bar]) -> str:
    rows = [
        [
            what, str(len(each.work_ms)), f"{each.median_ms:.1f}", f"{each.p95_ms:.1f}", f"{each.elapsed_p95_ms:.1f}",
            f"{each.dropped * 100:.1f}",
        ]
        for what, each in outcome.frames.items()
    ]  # fmt: skip
    names = ["while", "frames", "work per frame, median, ms", "p95, ms", "elapsed, p95, ms", "dropped, %"]
    return "\n\n".join([table(names, rows), bars(judged)])
