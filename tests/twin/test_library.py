"""Every symbol of ours: where its geometry and its ports are, and what its slots and passages refer to."""

from __future__ import annotations

import re

import pytest

from twin.models import Medium, Placement
from twin.outline import distance, polylines_of
from twin.shapes import Path, Words
from twin.symbols import FOLDER, Port, Symbol, accepts, library

TOUCHES = 2.5  # how far a port may be from what is drawn: half of a pipe's width
SYMBOLS = library().symbols
every_symbol = pytest.mark.parametrize("name", SYMBOLS)
drawn_symbols = pytest.mark.parametrize("name", [name for name, symbol in SYMBOLS.items() if symbol.shape])
FORMER = {
    "air_handler", "boiler", "chiller", "coil", "compressor", "cooling_tower", "damper", "fan", "filter", "header",
    "heat_exchanger", "instrument", "inverter", "junction", "motor", "off_page", "pump", "tank", "valve_check",
    "valve_control", "valve_hand", "valve_three_way", "vessel",
}  # fmt: skip


def lines_of(symbol: Symbol) -> list[list[tuple[float, float]]]:
    return [line for part in symbol.shape for line in polylines_of(part)]


def on_edge(port: Port, symbol: Symbol) -> bool:
    edges = {"left": port.x == 0, "right": port.x == symbol.width, "top": port.y == 0}
    return {**edges, "bottom": port.y == symbol.height, "any": True}[port.side]


@drawn_symbols
def test_its_geometry_is_within_its_box(name: str) -> None:
    symbol = SYMBOLS[name]
    outside = [
        (round(x, 1), round(y, 1))
        for line in lines_of(symbol)
        for x, y in line
        if not (-0.01 <= x <= symbol.width + 0.01 and -0.01 <= y <= symbol.height + 0.01)
    ]
    assert not outside


@drawn_symbols
def test_its_geometry_fills_its_box(name: str) -> None:
    symbol = SYMBOLS[name]
    xs, ys = zip(*[point for line in lines_of(symbol) for point in line], strict=True)
    margins = min(xs), min(ys), symbol.width - max(xs), symbol.height - max(ys)
    assert max(margins) <= 7, margins  # selection and labels go by the box


@every_symbol
def test_its_ports_are_on_its_box_or_on_what_is_drawn(name: str) -> None:
    symbol = SYMBOLS[name]
    for title, port in symbol.ports.items():
        assert 0 <= port.x <= symbol.width and 0 <= port.y <= symbol.height, title
        near = min((distance((port.x, port.y), line) for line in lines_of(symbol)), default=0.0)
        assert on_edge(port, symbol) or near <= TOUCHES, (title, near)


@drawn_symbols
def test_a_pipe_that_ends_at_a_port_touches_the_symbol(name: str) -> None:
    symbol = SYMBOLS[name]
    far = {
        title: round(near, 1)
        for title, port in symbol.ports.items()
        if (near := min(distance((port.x, port.y), line) for line in lines_of(symbol))) > TOUCHES
    }
    assert not far


@every_symbol
def test_its_ports_differ_in_place_or_kind(name: str) -> None:
    seen = [(port.x, port.y, port.kind) for port in SYMBOLS[name].ports.values()]
    assert len(seen) == len(set(seen))


@every_symbol
def test_its_passages_join_ports_in_their_direction(name: str) -> None:
    symbol = SYMBOLS[name]
    states = {"none": set(), "running": {"stopped", "fault"}, "position": {"open", "closed"}}[symbol.states]
    for passage in symbol.passages:
        source, target = symbol.ports[passage.source], symbol.ports[passage.target]
        assert source.way in ("in", "any") and target.way in ("out", "any"), passage
        assert set(passage.blocked) <= states, passage
    if symbol.passes:
        joined = {end for passage in symbol.passages for end in (passage.source, passage.target)}
        flowing = {title for title, port in symbol.ports.items() if port.kind not in ("signal", "shaft")}
        assert not symbol.passages or flowing <= joined


@every_symbol
def test_its_slots_show_what_its_shape_has(name: str) -> None:
    symbol = SYMBOLS[name]
    roles = {part.role for part in symbol.shape}
    words = {
        placeholder.removesuffix(":tag")
        for part in symbol.shape
        if isinstance(part, Words)
        for placeholder in re.findall(r"\{([^}]*)\}", part.text)
    }
    assert words <= {"label", "letters", "number", *symbol.slots}
    for title, slot in symbol.slots.items():
        needed = {"level": "liquid", "trend": "plot"}.get(slot.shows)
        assert needed is None or needed in roles, title
        assert slot.shows != "turn" or any(getattr(part, "turn", None) for part in symbol.shape), title
        assert slot.shows != "value" or title in words, title
    by_state = {"running": "run", "position": "position"}.get(symbol.states)
    assert by_state is None or symbol.slots[by_state].shows in ("state", "turn", "none"), symbol.states


@every_symbol
def test_one_that_shows_a_state_has_a_part_that_changes_with_it(name: str) -> None:
    symbol = SYMBOLS[name]
    by_state = ("fill", "half_a", "half_b")
    changing = [part for part in symbol.shape if part.role in by_state or getattr(part, "turn", None)]
    shows = any(slot.shows in ("state", "turn") for slot in symbol.slots.values())
    assert bool(changing) == shows, changing


@pytest.mark.parametrize("name", [name for name, symbol in SYMBOLS.items() if symbol.resizable])
def test_the_paths_of_a_resizable_one_can_be_stretched(name: str) -> None:
    for part in SYMBOLS[name].shape:
        if isinstance(part, Path):
            assert not re.search(r"[a-zA]", part.d), part.d  # absolute, without arcs: `fitted` in the web UI


def test_names_and_titles_are_unique_over_all_groups() -> None:
    files = {path.stem for path in FOLDER.glob("*.json")} - {"index"}
    assert files == {group.name for group in library().groups}
    text = "".join(path.read_text() for path in FOLDER.glob("*.json"))
    named = re.findall(r'^    "(\w+)": \{$', text, re.MULTILINE)
    assert sorted(named) == sorted(SYMBOLS)
    titles = [symbol.title for symbol in SYMBOLS.values()]
    assert len(titles) == len(set(titles))


def test_symbols_of_earlier_drawings_are_still_known() -> None:
    assert SYMBOLS.keys() >= FORMER


def test_every_medium_may_be_drawn_and_has_ports_that_take_it() -> None:
    assert list(library().media) and set(library().media) == set(Medium.__args__)  # type: ignore[attr-defined]
    ports = {port.kind for symbol in SYMBOLS.values() for port in symbol.ports.values()} - {"any"}
    for medium in library().media.values():
        assert any(accepts(kind, medium.kind) for kind in ports), medium
    assert not accepts("liquid", "steam") and accepts("fluid", "steam") and accepts("any", "shaft")


def test_what_leads_to_another_schematic_says_so() -> None:
    assert {name for name, symbol in SYMBOLS.items() if symbol.links} == {"link", "off_page"}
    assert "link" in Placement.__struct_fields__
