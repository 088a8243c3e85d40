"""Acts in the drawing editor, by mouse and by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.waiting import wait_until


def canvas(page: Page) -> Locator:
    return page.get_by_test_id("edit-canvas")


def zoom_until_unfolded(page: Page) -> None:
    """Until a large drawing shows its values."""
    drawing = page.get_by_test_id("schematic")

    def unfolded() -> bool:
        if drawing.get_attribute("data-folded") != "true":
            return True
        page.get_by_role("button", name="Zoom in").click()
        return False

    wait_until(unfolded, poll_s=0.1)


def drawn(page: Page, symbol: str) -> Locator:
    return canvas(page).locator(f'[data-part][data-symbol="{symbol}"]')


def middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def spot(page: Page, across: float, down: float) -> tuple[float, float]:
    """A point of the canvas, as shares of its size."""
    box = canvas(page).bounding_box()
    assert box is not None
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def start_drawing(page: Page, slug: str, name: str) -> None:
    page.goto(f"/t/{slug}/plant")
    draw = page.get_by_role("button", name="Draw a schematic")
    expect(draw.or_(page.get_by_title("Switch schematic")).first).to_be_visible()
    if draw.count():
        draw.click()
    else:
        page.get_by_title("Switch schematic").click()
        page.get_by_role("menuitem", name="New schematic…").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Start drawing").click()
    expect(canvas(page)).to_be_visible()
    expect(page.get_by_test_id("editing")).to_contain_text("EDITING")


def place_by_mouse(page: Page, symbol: str, across: float, down: float) -> None:
    before = drawn(page, symbol).count()
    item = page.locator(f'[data-place="{symbol}"]')
    item.scroll_into_view_if_needed()
    drag(page, middle(item), spot(page, across, down))
    expect(drawn(page, symbol)).to_have_count(before + 1)


def place_by_keyboard(page: Page, symbol: str, words: str) -> None:
    canvas(page).focus()
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.locator(f'[data-place="{symbol}"]').focus()
    page.keyboard.press("Enter")
    expect(drawn(page, symbol)).to_have_count(1)
    page.get_by_label("Find a symbol…").fill("")


def draw_pipe(page: Page, start: tuple[Locator, str], end: tuple[Locator, str]) -> None:
    """By its ports, which appear on the symbol under the pointer."""
    pipes = canvas(page).locator("g[data-part]")
    before = pipes.count()
    ends = []
    for symbol, port in (end, start):
        page.mouse.move(*middle(symbol))
        dot = canvas(page).locator(f'[data-port="{port}"][data-of="{symbol.get_attribute("data-part")}"]')
        ends.append(middle(dot.locator("circle").first))
    drag(page, ends[1], ends[0])
    expect(pipes).to_have_count(before + 1)


def choose(page: Page, field: str, words: str, option: str | re.Pattern[str]) -> None:
    box = page.get_by_role("combobox", name=field, exact=True).or_(page.get_by_role("textbox", name=field, exact=True))
    box.first.click()
    box.first.fill(words)
    page.get_by_role("option", name=option).first.click()


def saved(page: Page) -> None:
    expect(page.get_by_role("region", name="Draft, not published")).to_contain_text(re.compile(r"saved \d\d:\d\d"))


def place_at(page: Page, symbol: str, x: float, y: float, words: str = "") -> None:
    """Its middle at a point of the drawing: chosen in the palette, then clicked."""
    before = drawn(page, symbol).count()
    if words:
        page.get_by_label("Find a symbol…").fill(words)
    page.locator(f'[data-place="{symbol}"]').first.click()
    page.mouse.click(*on_screen(page, x, y))
    expect(drawn(page, symbol)).to_have_count(before + 1)
    if words:
        page.get_by_label("Find a symbol…").fill("")


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """A point of the drawing in pixels of the window."""
    found = page.evaluate(
        """([x, y]) => {
            const canvas = document.querySelector('[data-testid="edit-canvas"]');
            const world = canvas.firstElementChild;
            const { left, top } = canvas.getBoundingClientRect();
            const at = new DOMMatrix(getComputedStyle(world).transform).transformPoint({ x, y });
            return [left + at.x, top + at.y];
        }""",
        [x, y],
    )
    return found[0], found[1]


def select(page: Page, *symbols: Locator) -> None:
    for number, symbol in enumerate(symbols):
        if number:
            page.keyboard.down("Shift")
            page.mouse.click(*middle(symbol))
        else:
            select_alone(page, symbol)
    page.keyboard.up("Shift")
    expect(canvas(page).locator("[data-selection] > g > rect")).to_have_count(len(symbols))


def select_alone(page: Page, symbol: Locator) -> None:
    """Clicked again if it has moved since it was looked for, as it does when a notice appears above the drawing."""
    ports = canvas(page).locator(f'[data-selection] [data-of="{symbol.get_attribute("data-part")}"]').first
    page.mouse.click(*middle(symbol))
    try:
        expect(ports).to_be_attached(timeout=5_000)
    except AssertionError:
        page.mouse.click(*middle(symbol))
        expect(ports).to_be_attached()


def connect_by_key(page: Page, source: Locator, target: Locator) -> None:
    pipes = canvas(page).locator("g[data-part]")
    before = pipes.count()
    select(page, source, target)
    canvas(page).focus()
    page.keyboard.press("c")
    expect(pipes).to_have_count(before + 1)


def publish(page: Page, slug: str, note: str, valid_from: str = "") -> str:
    """The address of what was published."""
    saved(page)
    if valid_from:
        page.get_by_label("Valid from").fill(valid_from)
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page).to_have_url(re.compile(rf"/t/{slug}/plant/[^/?]+(\?.*)?$"))
    return page.url
