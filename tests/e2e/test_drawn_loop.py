"""The SKAB loop from nothing: drawn by mouse and keyboard, bound, published, filled with its history, and changed."""

from __future__ import annotations

import csv
import random
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import SHARED_DATA
from tests.e2e.acts import number
from tests.e2e.conftest import OpenPage, write_morning
from tests.e2e.drawing import (
    canvas,
    choose,
    connect_by_key,
    draw_pipe,
    drawn,
    middle,
    on_screen,
    place_at,
    place_by_mouse,
    publish,
    select,
    start_drawing,
)
from tests.installation import Platform

# The assets and sensors, and no connections: these follow from the drawing.
PREPARE = """
from dataclasses import replace
from demo.install import ensure_site
from demo.skab import SKAB
from tenants.queries import connection_by_slug
ensure_site(connection_by_slug({slug!r}), replace(SKAB, connections=()))
"""
FLOW, COLUMN = "FT-101", "Volume Flow RateRMS"
CHAIN = {("TANK", "V1"), ("V1", "PUMP"), ("PUMP", "FT"), ("FT", "V2"), ("V2", "TANK")}


@dataclass(frozen=True)
class History:
    """The raw flow as it is in the files. Times in epoch ms."""

    files: list[Path]
    times: list[int]
    flow: list[float]

    def at(self, t: int) -> float:
        return self.flow[bisect_right(self.times, t) - 1]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """The recordings, or a morning like them where they are missing."""
    folder = SHARED_DATA / "skab" / "valve1"
    files = sorted(folder.glob("*.csv")) or [write_morning(tmp_path_factory.mktemp("drawn") / "morning.csv")]
    rows: dict[int, float] = {}
    for file in files:
        with file.open() as lines:
            for row in csv.DictReader(lines, delimiter=";"):
                at = datetime.fromisoformat(row["datetime"] + "+00:00")
                rows[int(at.timestamp() * 1000)] = float(row[COLUMN])
    times = sorted(rows)
    return History(files, times, [rows[t] for t in times])


def lowest(history: History) -> int:
    """When the flow is lowest for two minutes: a valve is closed."""
    means = {}
    for index in range(60, len(history.times) - 400, 20):
        near = history.flow[index - 60 : index + 60]
        means[history.times[index]] = sum(near) / len(near)
    return min(means, key=lambda t: means[t])


def text_of(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True)
class Drawn:
    slug: str
    person: str
    url: str  # of the schematic

    @property
    def id(self) -> str:
        found = re.search(r"/plant/([^/?]+)", self.url)
        assert found is not None
        return found[1]


@pytest.fixture(scope="module")
def tenant(platform: Platform) -> tuple[str, str]:
    slug, person = "drawn", "draws.drawn"
    platform.ensure_tenant(slug)
    platform.ensure_person(person, slug, "engineer")
    platform.shell(PREPARE.format(slug=slug))
    return slug, person


_loop: dict[str, Drawn] = {}


@pytest.fixture
def loop_drawn(open_page: OpenPage, tenant: tuple[str, str]) -> Drawn:
    """Drawn once, by hand."""
    if "loop" not in _loop:
        slug, person = tenant
        page = open_page(person)
        draw_loop(page, slug)
        bind_loop(page)
        expect(page.get_by_role("region", name="Draft, not published")).to_contain_text("feeds")
        _loop["loop"] = Drawn(slug, person, publish(page, slug, "As built"))
    return _loop["loop"]


def draw_loop(page: Page, slug: str) -> None:
    """TANK > V1 > PUMP > FT > V2 > TANK, PT at the riser, INVERTER > MOTOR > PUMP."""
    start_drawing(page, slug, "Test loop")
    place_by_mouse(page, "tank", 0.2, 0.5)
    place_at(page, "valve_control", 450, 500)
    place_at(page, "pump", 620, 500)
    place_at(page, "instrument", 800, 500)
    place_at(page, "valve_control", 960, 500)
    place_at(page, "motor", 620, 650)
    place_at(page, "inverter", 450, 650, words="inverter")
    place_at(page, "instrument", 760, 350)
    valves, instruments = drawn(page, "valve_control"), drawn(page, "instrument")
    flow, pressure = instruments.nth(0), instruments.nth(1)
    draw_pipe(page, (drawn(page, "tank"), "out_right"), (valves.nth(0), "in"))
    draw_pipe(page, (valves.nth(0), "out"), (drawn(page, "pump"), "in"))
    draw_pipe(page, (drawn(page, "pump"), "out"), (flow, "left"))
    draw_pipe(page, (flow, "right"), (valves.nth(1), "in"))
    draw_pipe(page, (valves.nth(1), "out"), (drawn(page, "tank"), "in_top"))
    draw_pipe(page, (drawn(page, "inverter"), "out"), (drawn(page, "motor"), "power"))
    connect_by_key(page, drawn(page, "motor"), drawn(page, "pump"))
    tap_the_riser(page, flow, pressure)


def tap_the_riser(page: Page, flow: Any, pressure: Any) -> None:
    """A signal line that is dragged from the instrument onto the pipe, which gets a junction there."""
    page.get_by_role("button", name="Signal", exact=True).click()
    page.mouse.move(*middle(pressure))
    port = canvas(page).locator(f'[data-port="bottom"][data-of="{pressure.get_attribute("data-part")}"] circle').first
    start = middle(port)
    pump, meter = middle(drawn(page, "pump")), middle(flow)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((pump[0] + meter[0]) / 2, pump[1] - 30, steps=4)
    page.mouse.move((pump[0] + meter[0]) / 2, pump[1], steps=4)
    page.mouse.up()
    expect(canvas(page).locator("svg rect.joint")).to_have_count(1)
    page.get_by_role("button", name="Signal", exact=True).click()


def bind_loop(page: Page) -> None:
    valves, instruments = drawn(page, "valve_control"), drawn(page, "instrument")
    for symbol, tag in (
        (drawn(page, "tank"), "TANK"),
        (valves.nth(0), "V1"),
        (drawn(page, "pump"), "PUMP"),
        (instruments.nth(0), "FT"),
        (valves.nth(1), "V2"),
        (drawn(page, "motor"), "MOTOR"),
        (drawn(page, "inverter"), "INVERTER"),
        (instruments.nth(1), "PT"),
    ):
        select(page, symbol)
        choose(page, "Asset", tag, re.compile(f"^{tag} · "))
    select(page, drawn(page, "pump"))
    choose(page, "Running", "IT-101", re.compile("IT-101"))
    motor = drawn(page, "motor")
    for symbol, sensor in ((instruments.nth(0), FLOW), (instruments.nth(1), "PT-101"), (motor, "IT-101")):
        select(page, symbol)
        choose(page, "Values", sensor, re.compile(sensor))
        expect(canvas(page).locator(f'[data-sensor="{sensor}"]').first).to_be_visible()


def connections(platform: Platform, drawn_loop: Drawn, at: int | None = None) -> set[tuple[str, str]]:
    """Which asset feeds which with water, by tag."""
    query = f"?limit=500{'' if at is None else f'&at={at}'}"
    found = platform.get(f"/api/v1/connections{query}", drawn_loop.person).json()["results"]
    assets = platform.get("/api/v1/assets?limit=500", drawn_loop.person).json()["results"]
    tags = {each["id"]: each["tag"] for each in assets}
    return {(tags[each["source"]], tags[each["target"]]) for each in found if each["medium"] == "water"}


def test_publishing_the_drawing_gives_the_model(loop_drawn: Drawn, platform: Platform) -> None:
    assert connections(platform, loop_drawn) == CHAIN
    found = platform.get("/api/v1/connections?limit=500", loop_drawn.person).json()["results"]
    assert {each["medium"] for each in found} == {"water", "electricity", "shaft", "signal"}


def test_its_history_is_played_across_the_closing_valve_and_shows_what_is_in_the_files(
    open_page: OpenPage, loop_drawn: Drawn, platform: Platform, history: History
) -> None:
    page = open_page(loop_drawn.person)
    import_history(page, loop_drawn, history)
    closed = lowest(history)
    start = closed - 240_000
    page.goto(f"{loop_drawn.url.partition('?')[0]}?at={start}")
    tag = page.locator(f'[data-testid="schematic"] [data-sensor="{FLOW}"] b').first
    expect(tag).to_have_text(re.compile(r"\d"))
    page.get_by_label("Playback speed").first.click()
    page.get_by_role("option", name="60×", exact=True).click()
    page.locator("body").click(position={"x": 720, "y": 20})
    seen: list[float] = []
    pick = random.Random(11)
    for _ in range(5):
        page.keyboard.press("Space")
        page.wait_for_timeout(pick.randint(600, 2_200))
        page.keyboard.press("Space")
        page.wait_for_timeout(400)  # it rests, and the frame of the moment is asked for
        at = int(page.evaluate("new URLSearchParams(location.search).get('at')"))
        assert at > start, "it plays"
        start = at
        expect(tag).to_have_text(re.compile(rf"^{re.escape(figure(history.at(at)))}\b"))
        seen.append(number(tag.inner_text()))
    assert at > closed, "it was played across the closing valve"
    assert max(seen) - min(seen) > 1, seen


def figure(value: float) -> str:
    """As it may be written: the figures that are surely shown, without the last ones, which the resolution decides."""
    return f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"


def import_history(page: Page, loop: Drawn, history: History) -> None:
    page.goto(f"/t/{loop.slug}/data/imports")
    page.get_by_role("button", name="Import history").click()
    page.get_by_label("Files", exact=True).set_input_files(history.files)
    with (Path(__file__).parents[2] / "demo" / "skab.yaml").open("rb") as mapping:
        page.get_by_label("Mapping file").set_input_files(
            {"name": "skab.yaml", "mimeType": "text/yaml", "buffer": mapping.read()}
        )
    page.get_by_role("button", name="Import without a dry run").click()
    expect(page.get_by_role("button", name="Undo…")).to_be_visible(timeout=60_000)


def test_the_plant_changes_on_a_date_and_both_drawings_and_connection_sets_stay(
    open_page: OpenPage, loop_drawn: Drawn, platform: Platform, history: History
) -> None:
    """The outlet valve is taken out, as of a moment within the recordings."""
    changed = lowest(history) + 600_000
    page = open_page(loop_drawn.person)
    page.goto(loop_drawn.url.partition("?")[0])
    page.get_by_role("button", name="Edit").click()
    expect(canvas(page)).to_be_visible()
    outlet = drawn(page, "valve_control").nth(1)
    expect(outlet).to_contain_text("V2")
    select(page, outlet)
    page.keyboard.press("Delete")
    expect(drawn(page, "valve_control")).to_have_count(1)
    draw_pipe(page, (drawn(page, "instrument").nth(0), "right"), (drawn(page, "tank"), "in_top"))
    preview = page.get_by_role("region", name="Draft, not published")
    page.get_by_label("Valid from").fill(text_of(changed))
    expect(preview).to_contain_text("feeds")
    publish(page, loop_drawn.slug, "Outlet valve taken out", text_of(changed))

    after = (CHAIN - {("FT", "V2"), ("V2", "TANK")}) | {("FT", "TANK")}
    assert connections(platform, loop_drawn, changed - 60_000) == CHAIN
    assert connections(platform, loop_drawn, changed + 60_000) == after
    schematic = page.get_by_test_id("schematic")
    for at, valves in ((changed - 60_000, 2), (changed + 60_000, 1)):
        page.goto(f"/t/{loop_drawn.slug}/plant/{loop_drawn.id}?at={at}")
        expect(schematic.locator('svg[data-symbol="valve_control"]')).to_have_count(valves)
        expect(schematic.locator('[data-asset="V2"]')).to_have_count(valves - 1)


def test_two_people_edit_at_once_and_decide_part_by_part(
    open_page: OpenPage, platform: Platform, tenant: tuple[str, str], watch: Any
) -> None:
    watch.allow("409")  # who publishes second is told first
    slug, person = tenant
    platform.ensure_person("second.drawn", slug, "engineer")
    site = platform.get("/api/v1/sites", person).json()["results"][0]["slug"]
    placements = [
        {"id": "a", "symbol": "pump", "x": 100, "y": 100, "label": "A"},
        {"id": "b", "symbol": "motor", "x": 300, "y": 100, "label": "B"},
    ]
    drawing = {"width": 800, "height": 500, "placements": placements}
    made = platform.call("POST", "/api/v1/schematics", person, json={"site": site, "name": "Both", "drawing": drawing})
    id = made.json()["id"]
    first, second = open_page(person), open_page("second.drawn")
    for page in (first, second):
        page.goto(f"/t/{slug}/plant/{id}/edit")
        expect(drawn(page, "pump")).to_be_visible()
    rename(first, "pump", "A1")
    rename(first, "motor", "B1")
    expect(second.get_by_text(f"{person} also has a draft of this drawing")).to_be_visible()
    rename(second, "pump", "A2")
    publish(first, slug, "First")
    second.get_by_role("button", name=re.compile("^Publish")).click()
    dialog = second.get_by_role("alertdialog", name=re.compile("published v2 in the meantime"))
    expect(dialog).to_contain_text("1 part changed by them")
    dialog.get_by_role("button", name="Mine").click()
    dialog.get_by_role("button", name="Merge into my draft").click()
    expect(drawn(second, "pump")).to_contain_text("A2")
    expect(drawn(second, "motor")).to_contain_text("B1")
    publish(second, slug, "Second")
    stored = platform.get(f"/api/v1/schematics/{id}", person).json()["drawing"]["placements"]
    assert [each["label"] for each in stored] == ["A2", "B1"]


def rename(page: Page, symbol: str, label: str) -> None:
    select(page, drawn(page, symbol))
    page.get_by_label("Label", exact=True).fill(label)
    page.get_by_label("Label", exact=True).blur()
    expect(drawn(page, symbol)).to_contain_text(label)


def test_the_point_of_the_drawing_is_where_it_is_on_the_screen(open_page: OpenPage, tenant: tuple[str, str]) -> None:
    """What the other tests rely on."""
    slug, person = tenant
    page = open_page(person)
    start_drawing(page, slug, "Places")
    place_at(page, "pump", 400, 300)
    x, y = middle(drawn(page, "pump"))
    wanted = on_screen(page, 400, 300)
    assert abs(x - wanted[0]) < 10 and abs(y - wanted[1]) < 10
