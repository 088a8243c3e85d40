"""What feeds what in a drawing: by hand-checked examples, and against a search of all paths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import demo
from catalog.models import Link
from demo.catalog import HARBOUR
from demo.other import WORKS
from demo.skab import SKAB
from demo.specs import SiteSpec
from kernel.errors import BadRequest
from tests.twin.drawings import draw
from twin.derivation import derive
from twin.derivation.components import components
from twin.derivation.derive import links_of
from twin.derivation.network import network_of
from twin.derivation.warnings import warnings_of
from twin.models import Drawing, Pipe, PipeEnd, Placement
from twin.publishing.plan import assets_on
from twin.symbols import Passage, Port, Symbol, library

SYMBOLS = library().symbols


def links(drawing: Drawing) -> set[str]:
    return {
        f"{source} > {target}: {medium}" for source, target, medium in links_of(drawing, assets_on(drawing), SYMBOLS)
    }


def warned(drawing: Drawing) -> list[tuple[str, list[str], list[str]]]:
    return [(each.kind, each.placements, each.pipes) for each in warnings_of(drawing, assets_on(drawing), SYMBOLS)]


@pytest.mark.parametrize(
    ("name", "site"),
    [("chilled-water", HARBOUR), ("skab-loop", SKAB), ("pump-hall", WORKS)],
    ids=lambda each: str(each),
)
def test_the_demos_drawings_show_what_the_demos_catalogs_say(name: str, site: SiteSpec) -> None:
    file = Path(demo.__file__).parent / "drawings" / f"{name}.json"
    drawing = msgspec.convert(json.loads(file.read_text()), Drawing)
    assert links(drawing) == {f"{each.source} > {each.target}: {each.medium}" for each in site.connections}
    assert warned(drawing) == []


def test_the_skab_loop() -> None:
    """Checked by hand against the description of the test bed."""
    file = Path(demo.__file__).parent / "drawings" / "skab-loop.json"
    assert links(msgspec.convert(json.loads(file.read_text()), Drawing)) == {
        "TANK > V1: water",
        "V1 > PUMP: water",
        "PUMP > FT: water",
        "PUMP > PT: signal",
        "FT > V2: water",
        "V2 > TANK: water",
        "INVERTER > MOTOR: electricity",
        "MOTOR > PUMP: shaft",
    }


def test_valves_filters_and_junctions_without_an_asset_are_passed() -> None:
    drawing = draw(
        {"A": "pump", "v": "valve_hand", "j": "junction", "f": "filter", "B": "tank", "C": "tank"},
        "A.out > v.in: water",
        "v.out > j.p: water",
        "j.p > f.in: water",
        "f.out > B.in_left: water",
        "j.p > C.in_left: water",
        assets="A B C",
    )
    assert links(drawing) == {"A > B: water", "A > C: water"}
    assert warned(drawing) == []


def test_an_asset_ends_a_path() -> None:
    drawing = draw(
        {"A": "pump", "V": "valve_hand", "B": "tank"}, "A.out > V.in: water", "V.out > B.in_left: water", assets="A V B"
    )
    assert links(drawing) == {"A > V: water", "V > B: water"}


def test_the_circuits_of_a_machine_without_an_asset_do_not_mix() -> None:
    symbols = {"A": "pump", "B": "pump", "x": "heat_exchanger", "C": "tank", "D": "tank"}
    pipes = ["A.out > x.hot_in: water", "x.hot_out > C.in_left: water"]
    pipes += ["B.out > x.cold_in: water", "x.cold_out > D.in_left: water"]
    assert links(draw(symbols, *pipes, assets="A B C D")) == {"A > C: water", "B > D: water"}


def test_a_header_feeds_everything_at_it_and_nothing_flows_back() -> None:
    symbols = {"A": "pump", "B": "pump", "h": "header", "C": "tank", "D": "tank"}
    pipes = ["A.out > h.left: water", "B.out > h.t3: water", "h.b1 > C.in_left: water", "h.right > D.in_left: water"]
    assert links(draw(symbols, *pipes, assets="A B C D")) == {
        "A > C: water", "A > D: water", "B > C: water", "B > D: water",
    }  # fmt: skip


def test_two_pipes_at_one_port_are_joined() -> None:
    symbols = {"A": "pump", "t": "valve_three_way", "B": "tank", "C": "tank"}
    pipes = ["A.out > t.b: water", "t.b > B.in_left: water", "t.ab > C.in_left: water"]
    assert links(draw(symbols, *pipes, assets="A B C")) == {"A > B: water", "A > C: water"}


def test_a_three_way_valve_is_passed_as_its_passages_say() -> None:
    symbols = {"A": "pump", "t": "valve_three_way", "B": "tank"}
    assert links(draw(symbols, "A.out > t.a: water", "t.b > B.in_left: water", assets="A B")) == {"A > B: water"}
    assert links(draw(symbols, "A.out > t.b: water", "t.a > B.in_left: water", assets="A B")) == set()


def test_several_symbols_of_an_asset_are_one() -> None:
    drawing = draw({"A": "pump", "v": "valve_hand", "B": "tank"}, "A.out > v.in: water", "v.out > B.in_left: water")
    assert {tuple(link) for link in links_of(drawing, {"A": "AHU", "v": "AHU", "B": "B"}, SYMBOLS)} == {
        ("AHU", "B", "water")
    }


def test_supply_and_return_are_the_same_water_and_air_is_not() -> None:
    symbols = {"A": "pump", "F": "fan", "j": "junction", "B": "tank", "C": "tank"}
    pipes = ["A.out > j.p: chilled_supply", "F.out > j.p: air"]
    pipes += ["j.p > B.in_left: chilled_return", "j.p > C.in_left: air"]
    drawing = draw(symbols, *pipes, assets="A F B C")
    assert links(drawing) == {"A > B: chilled water", "F > C: air"}
    assert warned(drawing) == [("medium", ["j"], ["pipe0", "pipe1", "pipe2", "pipe3"])]


def test_an_instrument_taps_a_pipe_and_its_signal_carries_no_water() -> None:
    symbols = {"A": "pump", "j": "junction", "i": "instrument", "PT": "instrument", "V": "valve_control", "B": "tank"}
    pipes = ["A.out > j.p: water", "j.p > i.left: water", "i.right > B.in_left: water"]
    pipes += ["j.p > PT.left: signal", "i.top > V.signal: signal"]
    assert links(draw(symbols, *pipes, assets="A PT V B")) == {
        "A > B: water", "A > PT: signal", "A > V: signal",
    }  # fmt: skip


def test_the_signal_of_a_meter_or_valve_that_is_passed_taps_what_flows_through_it() -> None:
    symbols = {"A": "pump", "m": "flow_magnetic", "FIT": "instrument", "v": "valve_hand", "PT": "instrument"}
    pipes = ["A.out > m.in: water", "m.out > v.in: water", "v.out > B.in_left: water"]
    pipes += ["m.signal > FIT.left: signal", "v.out > PT.left: signal"]
    drawing = draw({**symbols, "B": "tank"}, *pipes, assets="A FIT PT B")
    assert links(drawing) == {"A > B: water", "A > FIT: signal", "A > PT: signal"}


def test_a_signal_line_does_not_let_out_what_flows_past_the_port_where_it_begins() -> None:
    """Water that enters a pump leaves it by its outlet only, also if a line taps it at another inlet."""
    symbols = {"A": "pump", "p": "pump", "PT": "instrument", "B": "tank"}
    pipes = ["A.out > p.in: water", "p.in_top > PT.left: signal", "p.in_top > B.in_left: water"]
    drawing = draw(symbols, *pipes, assets="A PT B")
    assert links(drawing) == {"A > PT: signal"} == {"{} > {}: {}".format(*link) for link in all_paths(drawing)}


def test_open_ends_directions_and_machines_without_an_asset_are_told() -> None:
    symbols = {"A": "pump", "j": "junction", "B": "pump", "k": "junction", "v": "valve_hand", "p": "pump"}
    pipes = ["A.out > j.p: water", "A.out > k.p: water", "B.out > k.p: water", "v.out > p.in: water"]
    assert warned(draw(symbols, *pipes, assets="A B")) == [
        ("open-end", ["j"], ["pipe0"]),
        ("direction", ["k"], ["pipe1", "pipe2"]),
        ("open-end", ["v"], ["pipe3"]),
        ("no-asset", ["p"], []),
    ]


def test_more_connections_than_anybody_drew_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "MAX_CONNECTIONS", 3)
    symbols = {"h": "junction", **{name: "tank" for name in "ABCD"}}
    pipes = ["A.out_left > h.p: water", "B.out_left > h.p: water", "h.p > C.in_left: water", "h.p > D.in_left: water"]
    with pytest.raises(BadRequest, match="Give headers an asset"):
        links_of(draw(symbols, *pipes, assets="A B C D"), {name: name for name in "ABCD"}, SYMBOLS)


def test_the_largest_drawing_is_derived() -> None:
    """2,500 assets feed one end of a chain of 2,400 junctions, whose other end feeds one: every walk of its own from
    each of them would take millions of steps.
    """
    feeders = {f"A{n}": "pump" for n in range(2_500)}
    chain = {f"j{n}": "junction" for n in range(2_400)}
    pipes = [f"{name}.out > j0.p: water" for name in feeders]
    pipes += [f"j{n}.p > j{n + 1}.p: water" for n in range(2_399)]
    drawing = draw(
        {**feeders, **chain, "B": "tank"}, *pipes, "j2399.p > B.in_left: water", assets=" ".join(feeders) + " B"
    )
    assert len(links_of(drawing, assets_on(drawing), SYMBOLS)) == 2_500


def test_every_connection_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ways lead from one asset to another: here from each of 50 pumps by 40 pipes into one tank."""
    made: list[Link] = []
    monkeypatch.setattr(derive, "Link", lambda *link: made.append(Link(*link)) or made[-1])  # type: ignore[func-returns-value]
    feeders, chain = [f"A{n}" for n in range(50)], [f"j{n}" for n in range(40)]
    pipes = [f"{name}.out > j0.p: water" for name in feeders]
    pipes += [f"j{n}.p > j{n + 1}.p: water" for n in range(39)] + [f"{name}.p > B.in_left: water" for name in chain]
    symbols = {**dict.fromkeys(feeders, "pump"), **dict.fromkeys(chain, "junction"), "B": "tank"}
    drawing = draw(symbols, *pipes, "A0.out > B.in_left: water", assets=" ".join(feeders) + " B")
    assert len(links_of(drawing, assets_on(drawing), SYMBOLS)) == len(made) == 50


def test_only_ports_at_which_pipes_end_are_looked_at() -> None:
    """Symbols of a tenant have up to 40 ports, and so 1,560 passages."""
    ports = {f"p{n}": Port(n, 0, "any", "fluid", "any") for n in range(40)}
    passages = [Passage(into, out, []) for into in ports for out in ports if into != out]
    wide = Symbol(title="Wide", standard="none", width=40, height=40, ports=ports, passages=passages)
    placements = {"A": "pump", "w": "wide", "B": "tank", **{f"n{n}": "wide" for n in range(20)}}
    drawing = draw(placements, "A.out > w.p7: water", "w.p30 > B.in_left: water", assets="A B")
    symbols = {**SYMBOLS, "wide": wide}
    assert network_of(drawing, assets_on(drawing), symbols).onward.keys() == {("w", "p7", "in"), ("w", "p30", "out")}
    assert links_of(drawing, assets_on(drawing), symbols) == [Link("A", "B", "water")]


NAMES = ("junction", "header", "valve_hand", "valve_three_way", "pump", "heat_exchanger", "instrument", "motor",
         "flow_magnetic", "valve_control")  # fmt: skip
MEDIA = ("water", "chilled_supply", "air", "signal", "electricity")


@st.composite
def drawings(draw_: st.DrawFn) -> Drawing:
    """Any ports with any pipes between them, as drafts may have them."""
    count = draw_(st.integers(1, 8))
    placements = [
        Placement(
            f"n{n}", draw_(st.sampled_from(NAMES)), 0, 0, asset=draw_(st.sampled_from((None, None, "A", "B", "C")))
        )
        for n in range(count)
    ]

    def end() -> PipeEnd:
        placement = draw_(st.sampled_from(placements))
        return PipeEnd(placement.id, draw_(st.sampled_from(sorted(library().symbols[placement.symbol].ports))))

    pipes = [Pipe(f"w{n}", end(), end(), draw_(st.sampled_from(MEDIA))) for n in range(draw_(st.integers(0, 14)))]
    return Drawing(100, 100, placements, pipes)


@given(drawings())
@example(
    draw(
        {"A": "junction", "p": "pump", "B": "junction", "j": "junction"},
        "p.in_top > A.p: water",
        "B.p > p.in: water",
        "p.in_top > j.p: signal",
        assets="A B",
    )
)
def test_it_is_what_a_search_of_all_paths_finds(drawing: Drawing) -> None:
    assert set(links_of(drawing, assets_on(drawing), SYMBOLS)) == set(all_paths(drawing))


def all_paths(drawing: Drawing) -> Iterator[tuple[str, str, str]]:
    """Follow every pipe that leaves an asset, pipe by pipe."""
    placements = {placement.id: placement for placement in drawing.placements}
    for first in drawing.pipes:
        source = placements[first.source.placement].asset
        if source is None:
            continue
        walked, waiting = set[str](), [first]
        while waiting:
            pipe = waiting.pop()
            if pipe.id in walked:
                continue
            walked.add(pipe.id)
            at = placements[pipe.target.placement]
            if at.asset is None:
                waiting += [each for each in drawing.pipes if goes_on(pipe, each, at)]
            elif at.asset != source:
                yield source, at.asset, library().media[pipe.medium].flows


def goes_on(pipe: Pipe, onward: Pipe, at: Placement) -> bool:
    """Whether what arrives at a placement leaves it by the other pipe."""
    if onward.source.placement != at.id:
        return False
    into, out, symbol = pipe.target.port, onward.source.port, library().symbols[at.symbol]
    if symbol.passages:
        taps = library().media[onward.medium].kind == "signal" and symbol.ports[into].kind != "signal"
        return taps or into == out or any((way.source, way.target) == (into, out) for way in symbol.passages)
    arriving, leaving = library().media[pipe.medium].kind, library().media[onward.medium].kind
    return leaving in (arriving, "signal")


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9), max_size=3), max_size=10))
def test_components_hold_what_leads_to_one_another_and_come_after_what_they_lead_to(graph: dict[int, set[int]]) -> None:
    onward = {node: graph.get(node, set()) for node in range(10)}
    found = components(onward)
    place = {node: number for number, component in enumerate(found) for node in component}
    reach = {node: reached(onward, node) for node in onward}
    for a in onward:
        assert all(place[b] <= place[a] for b in reach[a])
        assert all((place[a] == place[b]) == (a == b or (b in reach[a] and a in reach[b])) for b in onward)


def reached(onward: dict[int, set[int]], start: int) -> set[int]:
    found, waiting = set[int](), [start]
    while waiting:
        for other in onward[waiting.pop()] - found:
            found.add(other)
            waiting.append(other)
    return found
