"""axe finds nothing serious or moderate on any screen, in either scheme."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import WIDE, Loop, OpenPage, Watch
from tests.e2e.test_pages import PAGES, settle, show_in
from tests.isolation import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = (390, 844)
REFUSED = ("moderate", "serious", "critical")
# Until nothing moves or fades for three frames, but what always does: half faded in, a text has too little contrast.
STILL = """async () => {
  const runs = (each) => each.playState === 'running' && each.effect?.getComputedTiming().endTime !== Infinity;
  for (let still = 0; still < 3; still = document.getAnimations().some(runs) ? 0 : still + 1)
    await new Promise(requestAnimationFrame);
}"""


def findings(page: Page) -> list[str]:
    """What axe complains about: rule, how much it matters, and where. The M in a motor's circle is no word."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # by the debugger, which the content policy does not bind
    page.evaluate(STILL)
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
    )
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:160]}"
        for each in found
        if each["impact"] in REFUSED
        for node in each["nodes"][:5]
        if not (each["id"] == "label-content-name-mismatch" and "data-asset" in node["html"])
    ]


def test_axe_finds_nothing_on_any_page_in_both_schemes(open_page: OpenPage, written_loop: Loop) -> None:
    page, schemes = open_page(written_loop.person, WIDE), ["light", "dark"]
    span = f"start={written_loop.start}&end={written_loop.end}"
    trends = f"trends?sensors=FT-101,PT-101,TT-101,YA-101&{span}&c={written_loop.closed}"
    past = f"plant?at={written_loop.closed}"
    more = ["data/mapping", "data/unmapped", "data/events", "data/devices", "data/storage"]
    wrong: dict[str, list[str]] = {}
    for name in [*PAGES, *more, trends, past, "plant/symbols?symbol=boiler"]:
        page.goto(f"/t/{written_loop.slug}/{name}")
        settle(page)
        for scheme in schemes:
            show_in(page, scheme)
            if found := findings(page):
                wrong[f"{name}, {scheme}"] = found
        schemes.reverse()  # the next page is loaded in the scheme of this one
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_editor_its_dialogs_and_its_menus(
    open_page: OpenPage, written_loop: Loop, scheme: str
) -> None:
    page = open_page(written_loop.person, WIDE, scheme)
    page.goto(f"/t/{written_loop.slug}/plant")
    page.get_by_role("button", name="Edit").click()
    canvas = page.get_by_test_id("edit-canvas")
    expect(canvas).to_be_visible()
    wrong = {"editor": findings(page)}
    canvas.locator('[data-part][data-symbol="pump"]').click()
    wrong["a symbol"] = findings(page)
    page.get_by_role("button", name="Bind by pattern…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    wrong["binding"] = findings(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="File", exact=True).click()
    expect(page.get_by_role("menuitem", name=re.compile("DEXPI…"))).to_be_visible()
    wrong["files"] = findings(page)
    page.keyboard.press("Escape")
    canvas.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    wrong["keys"] = findings(page)
    wrong = {name: found for name, found in wrong.items() if found}
    assert not wrong, json.dumps(wrong, indent=1)


def test_axe_finds_nothing_on_a_phone(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person, PHONE)
    wrong: dict[str, list[str]] = {}
    for name in ("home", "trends?sensors=FT-101", "plant"):
        page.goto(f"/t/{written_loop.slug}/{name}")
        settle(page)
        if found := findings(page):
            wrong[name] = found
    assert not wrong, json.dumps(wrong, indent=1)


def test_axe_finds_nothing_before_signing_in_nor_on_a_missing_page(open_page: OpenPage, watch: Watch) -> None:
    for allowed in ("404", "401"):  # the page asks who is there
        watch.allow(allowed)
    page = open_page()
    for path in ("/sign-in", "/nowhere"):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert findings(page) == [], path


def test_axe_would_notice_a_button_without_a_name(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.evaluate("document.body.append(document.createElement('button'))")
    assert [each for each in findings(page) if each.startswith("button-name")]
