"""Every page in both schemes: nothing clipped, nothing unreadable, no complaint in the console."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, TABLET, Loop, OpenPage, Watch
from tests.isolation import ROOT

PAGES = [
    "home", "trends", "data", "data/imports", "data/dead-letters", "data/live", "data/sensors", "data/assets",
    "data/sites", "members", "audit", "plant", "plant/symbols", "trends/totals", "trends/calculated", "trends/runs",
    "dashboards",
]  # fmt: skip

# Text whose contrast to what is really behind it is below WCAG AA, but for the disabled and the third ink, which
# stands only beside something readable.
FAINT = """() => {
  const numbers = (text) => {
    const found = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith('color(srgb') ? [...found.slice(0, 3).map((x) => x * 255), found[3] ?? 1]
      : [...found.slice(0, 3), found[3] ?? 1];
  };
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((x) => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const over = (top, under) => top.slice(0, 3).map((x, i) => x * top[3] + under[i] * (1 - top[3]));
  const ground = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const colour = numbers(getComputedStyle(each).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const probe = document.createElement('i');
  probe.style.color = 'var(--pt-ink3)';
  document.body.append(probe);
  const third = getComputedStyle(probe).color;
  probe.remove();
  const wrong = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    if (element.closest('svg, [disabled], [aria-disabled=true], script, style, noscript')) continue;
    const style = getComputedStyle(element);
    if (style.color === third) continue;
    if (parseFloat(style.fontSize) < 11) wrong.push(`${text.slice(0, 40)}: ${style.fontSize}`);
    const back = ground(element);
    const front = over(numbers(style.color), back);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) wrong.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)} ${style.color} on ${back}`);
  }
  return [...new Set(wrong)];
}"""


# What reaches beyond the screen, and cannot be scrolled there.
CLIPPED = """() => [...document.querySelectorAll('#main *')].filter((each) => {
    if (!each.checkVisibility() || each.closest('svg, canvas, [data-testid=schematic], [data-testid=edit-canvas]')) {
        return false;
    }
    const box = each.getBoundingClientRect();
    if (!box.width || !box.height) return false;
    let scrolls = false;
    for (let around = each.parentElement; around; around = around.parentElement) {
        const { overflowX } = getComputedStyle(around);
        if (overflowX === 'auto' || overflowX === 'scroll' || overflowX === 'hidden') scrolls = true;
    }
    return !scrolls && (box.right > innerWidth + 1 || box.left < -1);
}).map((each) => each.outerHTML.slice(0, 120))"""


def settle(page: Page, rest_ms: int = 300) -> None:
    expect(page.locator("#main")).to_be_visible()
    page.wait_for_function("() => !document.querySelector('[role=status]')?.textContent.includes('Loading')")
    page.wait_for_timeout(rest_ms)
    page.evaluate("document.fonts.ready")


def show_in(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.wait_for_function("scheme => document.documentElement.dataset.mantineColorScheme === scheme", arg=scheme)
    page.wait_for_timeout(200)


def unreadable(page: Page) -> list[str]:
    """What is faint, small or beyond the right edge, and on a phone what is clipped."""
    wide, inner = page.evaluate("[document.documentElement.scrollWidth - innerWidth, innerWidth]")
    clipped = page.evaluate(CLIPPED) if inner <= PHONE[0] else []
    return [*page.evaluate(FAINT), *clipped, *([f"{wide} px too wide"] if wide > 0 else [])]


def test_every_page_is_complete_and_readable_on_a_tablet_in_both_schemes(
    open_page: OpenPage, written_loop: Loop
) -> None:
    """On a wide screen: with axe."""
    page, schemes = open_page(written_loop.person, TABLET), ["light", "dark"]
    span = f"start={written_loop.start}&end={written_loop.end}"
    for name in [*PAGES, f"trends?sensors=FT-101,PT-101,TT-101,YA-101&{span}&c={written_loop.closed}"]:
        page.goto(f"/t/{written_loop.slug}/{name}")
        settle(page)
        for scheme in schemes:
            show_in(page, scheme)
            assert unreadable(page) == [], f"{name}, {scheme}"
        schemes.reverse()  # the next page is loaded in the scheme of this one


def test_faint_and_small_text_would_be_noticed(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    for style in ("color: #888; background: #777; font-size: 16px", "font-size: 9px"):
        page.evaluate(
            "style => document.body.insertAdjacentHTML('beforeend', `<p id=probe style='${style}'>Probe</p>`)", style
        )
        assert [text for text in page.evaluate(FAINT) if text.startswith("Probe")], style
        page.evaluate("document.getElementById('probe').remove()")


def test_the_sign_in_page_is_readable_in_both_schemes(open_page: OpenPage) -> None:
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme)
        page.goto("/sign-in")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert page.evaluate(FAINT) == []


def test_controls_are_large_enough_for_fingers(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person, TABLET)
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    for name in ("trends", "data", "home"):
        page.goto(f"/t/{written_loop.slug}/{name}")
        settle(page)
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('button, [role=treeitem], input, nav a')].filter((each) =>
                each.checkVisibility() && each.getBoundingClientRect().height > 0
            ).map((each) => {
                const box = each.getBoundingClientRect();
                return [each.textContent, Math.max(box.height, box.width)];
            })"""
        )
        assert len(sizes) > 5, name
        assert [(text, size) for text, size in sizes if size < 44] == [], name


def test_an_unknown_address_shows_a_not_found_page_with_a_link_back(
    open_page: OpenPage, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("404")
    page = open_page(written_loop.person)
    answer = page.goto("/nowhere/at/all")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    page.get_by_role("link", name="Go to the start page").click()
    expect(page).to_have_url(re.compile(f"/t/{written_loop.slug}/home$"))


def test_another_tenant_is_not_found(open_page: OpenPage, written_loop: Loop, spare_loop: Loop) -> None:
    page = open_page(written_loop.person)
    for slug in (spare_loop.slug, "nobody-at-all"):
        page.goto(f"/t/{slug}/home")
        expect(page.get_by_role("heading", name="Tenant not found")).to_be_visible()


def test_no_colour_is_written_outside_the_tokens() -> None:
    source = ROOT / "frontend" / "src"
    tokens = source / "theme" / "tokens.css"
    assert any(_names_colour(line) for line in _lines(tokens))
    found = [
        f"{file.relative_to(source)}: {line.strip()}"
        for file in sorted(source.rglob("*"))
        if file.suffix in (".css", ".ts", ".tsx")
        and file != tokens
        and not re.match(r"schema\.d|.*\.test\.", file.name)
        for line in _lines(file)
        if _names_colour(line)
    ]
    assert found == []


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


def _names_colour(line: str) -> bool:
    return bool(re.search(r"#[0-9a-fA-F]{3,8}\b(?![^\"'`]*\})|\brgba?\(|\bhsla?\(", line))
