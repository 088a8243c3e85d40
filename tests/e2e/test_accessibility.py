"""axe finds nothing serious or moderate on any screen, in either scheme."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, WIDE, Loop, OpenPage, Watch
from tests.e2e.test_pages import PAGES, settle, show_in, unreadable
from tests.isolation import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
REFUSED = ("moderate", "serious", "critical")
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # axe's rules whose outcome depends on the scheme
# Until nothing moves or fades for three frames, but what always does: half faded in, a text has too little contrast.
STILL = """async () => {
  const runs = (each) => each.playState === 'running' && each.effect?.getComputedTiming().endTime !== Infinity;
  for (let still = 0; still < 3; still = document.getAnimations().some(runs) ? 0 : still + 1)
    await new Promise(requestAnimationFrame);
}"""


def findings(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe complains about: rule, how much it matters, and where. The M in a motor's circle is no word."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # by the debugger, which the content policy does not bind
    page.evaluate(STILL)
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found: list[dict[str, Any]] = page.evaluate(
        "async (only) => (await axe.run(document, { resultTypes: ['violations'], ...only })).violations", only
    )
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:160]}"
        for each in found
        if each["impact"] in REFUSED
        for node in each["nodes"][:5]
        if not (each["id"] == "label-content-name-mismatch" and "data-asset" in node["html"])
    ]


def findings_in(
    page: Page, schemes: list[str], also: Callable[[Page], list[str]] = lambda page: []
) -> dict[str, list[str]]:
    """By scheme, where there are any; it is shown in the last one afterwards."""
    wrong = {}
    for scheme in schemes:
        show_in(page, scheme)
        wrong[scheme] = [*findings(page, None if scheme == schemes[0] else OF_COLOURS), *also(page)]
    return {scheme: found for scheme, found in wrong.items() if found}


def wrong_pages(page: Page, addresses: Sequence[str], rest_ms: int = 500) -> dict[str, dict[str, list[str]]]:
    """What axe finds and what is unreadable, by address and scheme, where there is any."""
    schemes, wrong = ["light", "dark"], {}
    for address in addresses:
        page.goto(address)
        settle(page, rest_ms)
        if found := findings_in(page, schemes, unreadable):
            wrong[address] = found
        schemes.reverse()  # the next page is loaded in the scheme of this one
    return wrong


def test_every_page_is_readable_and_axe_finds_nothing_in_both_schemes(open_page: OpenPage, written_loop: Loop) -> None:
    span = f"start={written_loop.start}&end={written_loop.end}"
    trends = f"trends?sensors=FT-101,PT-101,TT-101,YA-101&{span}&c={written_loop.closed}"
    past = f"plant?at={written_loop.closed}"
    more = ["data/mapping", "data/unmapped", "data/events", "data/devices", "data/storage"]
    names = [*PAGES, *more, trends, past, "plant/symbols?symbol=boiler"]
    wrong = wrong_pages(open_page(written_loop.person), [f"/t/{written_loop.slug}/{each}" for each in names], 300)
    assert not wrong, json.dumps(wrong, indent=1)


def test_axe_finds_nothing_in_the_editor_its_dialogs_and_its_menus(open_page: OpenPage, written_loop: Loop) -> None:
    page, schemes = open_page(written_loop.person, WIDE), ["light", "dark"]
    wrong: dict[str, dict[str, list[str]]] = {}

    def look(name: str) -> None:
        wrong[name] = findings_in(page, schemes)
        schemes.reverse()

    page.goto(f"/t/{written_loop.slug}/plant")
    page.get_by_role("button", name="Edit").click()
    canvas = page.get_by_test_id("edit-canvas")
    expect(canvas).to_be_visible()
    look("editor")
    canvas.locator('[data-part][data-symbol="pump"]').click()
    look("a symbol")
    page.get_by_role("button", name="Bind by pattern…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look("binding")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="File", exact=True).click()
    expect(page.get_by_role("menuitem", name=re.compile("DEXPI…"))).to_be_visible()
    look("files")
    page.keyboard.press("Escape")
    canvas.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    look("keys")
    assert not any(wrong.values()), json.dumps(wrong, indent=1)


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


def test_axe_would_notice_faint_text_by_its_rules_of_colours(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert findings(page, OF_COLOURS) == []
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: #888; background: #777\">Faint</p>')"
    )
    assert [each for each in findings(page, OF_COLOURS) if each.startswith("color-contrast")]
