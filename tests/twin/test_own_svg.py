"""What becomes of an uploaded SVG: rebuilt from an allow-list, or refused with what to change."""

from __future__ import annotations

import time

import msgspec
import pytest

from kernel.errors import BadRequest
from twin.own_symbols.definition import make_definition
from twin.own_symbols.models import SymbolContent
from twin.own_symbols.svg_reader import MAX_SVG_CHARS
from twin.shapes import Path, Words
from twin.symbols import Port, Symbol

BOX = '<rect x="1" y="1" width="38" height="38" fill="#ccc" stroke="#000"/>'


def svg(inner: str, attributes: str = 'viewBox="0 0 40 40"') -> str:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {names} {attributes}>{inner}</svg>"


def made(text: str, **more: object) -> Symbol:
    return make_definition(msgspec.convert({"name": "Press", "svg": text, **more}, SymbolContent), None)


def paths(text: str) -> list[tuple[str, str]]:
    return [(part.role, part.d) for part in made(text).shape if isinstance(part, Path)]


def refusal(text: str, **more: object) -> str:
    with pytest.raises(BadRequest) as caught:
        made(text, **more)
    assert caught.value.extra["errors"][0]["field"] in ("svg", "name", "ports.in", "ports.out")
    return caught.value.detail


HOSTILE = {
    "a script": svg(BOX + "<script>alert(1)</script>"),
    "a script as a handler": svg('<rect onload="alert(1)" width="9" height="9" fill="red"/>'),
    "HTML inside": svg(BOX + "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"),
    "an external image": svg(BOX + '<image xlink:href="http://example.com/x.png" width="9" height="9"/>'),
    "a reference to a file": svg(BOX + '<use href="file:///etc/passwd#a"/>'),
    "a link": svg('<a xlink:href="javascript:alert(1)">' + BOX + "</a>"),
    "a reference on an allowed element": svg('<path d="M0 0H9V9Z" xlink:href="http://example.com/"/>'),
    "a style sheet": svg(BOX + "<style>@import url(http://example.com/x.css)</style>"),
    "an animation": svg(BOX + '<animate attributeName="href" to="javascript:alert(1)"/>'),
    "an entity": f'<!DOCTYPE svg [<!ENTITY a "b">]>{svg(BOX)}',
    "an external entity": f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{svg("<text>&a;</text>" + BOX)}',
    "a document type": f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.com/svg.dtd">{svg(BOX)}',
    "a billion laughs": '<!DOCTYPE svg [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + f"]>{svg('<text>&a9;</text>')}",
    "no SVG": "<html><body/></html>",
    "no XML": "<svg",
    "nothing": "",
    "NUL": svg(BOX).replace("40 40", "40 \0 40"),
    "half a character": svg(BOX).replace("40 40", "40 \ud800 40"),
    "many elements": svg("<g/>" * 2_000 + BOX),
    "deep groups": svg("<g>" * 50 + BOX + "</g>" * 50),
    "a huge file": svg(BOX + "<!--" + "x" * MAX_SVG_CHARS + "-->"),
    "a path of many commands": svg(f'<path d="M0 0{"h1" * 20_000}" fill="red"/>'),
    "a long path": svg(f'<path d="M0 0{"l1.11 1.11-1.11-1.11" * 900}" fill="red"/>'),
    "many paths": svg('<path d="M1 1H9" stroke="red" fill="none"/>' * 300),
    "huge coordinates": svg('<path d="M1e300 0H9"/>'),
    "infinite coordinates": svg('<path d="M1e999 0H9"/>'),
    "huge coordinates once they are moved": svg(
        '<path d="M0 0L10 10" fill="none" stroke="black" transform="scale(1000000)"/>'
    ),
    "an arc between one and the same point": svg('<path d="M0 0A1 1 0 0 1 1e-200 0"/>'),
    "an arc without a radius": svg('<path d="M0 0A1e-320 1 0 0 1 1000 0"/>'),
    "no numbers": svg('<circle cx="calc(1px)" cy="5" r="4"/>'),
    "a path that is none": svg('<path d="M0 0 expression(alert(1))"/>'),
    "an infinite viewBox": svg(BOX, 'viewBox="0 0 1e999 5"'),
    "an empty viewBox": svg(BOX, 'viewBox="0 0 0 40"'),
    "half a viewBox": svg(BOX, 'viewBox="0 0 40"'),
    "no viewBox": svg(BOX, ""),
    "what lies outside": svg('<rect x="1" y="1" width="500" height="5" fill="red"/>'),
    "transforms without end": svg(f'<g transform="{"scale(9) " * 500}">{BOX}</g>'),
    "a transform that is none": svg(f'<g transform="url(#x)">{BOX}</g>'),
    "an unknown role": svg('<rect width="9" height="9" data-role="x;y"/>'),
    "an unknown placeholder": svg(BOX + "<text>{password}</text>"),
    "nothing that is seen": svg('<rect width="9" height="9" fill="none"/>'),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_refused(what: str) -> None:
    began = time.process_time()
    assert refusal(HOSTILE[what])
    assert time.process_time() - began < 5  # not a benchmark: an exponential one would take hours


def test_of_what_is_allowed_nothing_is_kept_as_it_came() -> None:
    text = svg(
        '<title>&lt;script&gt;</title><metadata><x:y xmlns:x="urn:z">z</x:y></metadata>'
        '<defs><linearGradient id="g"/></defs><inkscape:grid xmlns:inkscape="urn:i" onload="x"/>'
        '<g id="layer" class="c" style="fill:none;stroke:#000;background:url(http://example.com)">'
        '<path id="p" d="m1,1 l5 5" data-x="y"/></g>' + BOX
    )
    symbol = msgspec.json.encode(made(text)).decode()
    for word in ("script", "urn:", "layer", "url", "example", "data-x", "gradient", "#000", "style", "class"):
        assert word not in symbol.lower(), word
    assert paths(text)[0] == ("line", "M1 1L6 6")


def test_every_shape_becomes_a_path_in_the_symbols_own_coordinates() -> None:
    inner = (
        '<line x1="10" y1="10" x2="30" y2="10" stroke="#123456" fill="none"/>'
        '<polyline points="10,10 20,20 30,10" fill="none" stroke="red" stroke-dasharray="4 2"/>'
        '<polygon points="10 10 20 20 30 10"/>'
        '<circle cx="20" cy="20" r="10" fill="white" stroke="black"/>'
        '<ellipse cx="20" cy="20" rx="10" ry="0"/>'
        '<g transform="translate(10,0) scale(2)"><rect width="5" height="5" fill="#777"/></g>'
    )
    assert paths(svg(inner, 'viewBox="10 0 40 40" width="9in"')) == [
        ("line", "M0 10L20 10"),
        ("dashed", "M0 10L10 20L20 10"),
        ("solid", "M0 10L10 20L20 10Z"),
        ("paper", "M0 20C0 14.48 4.48 10 10 10C15.52 10 20 14.48 20 20C20 25.52 15.52 30 10 30C4.48 30 0 25.52 0 20Z"),
        ("bare", "M0 0L10 0L10 10L0 10Z"),
    ]


def test_smooth_curves_arcs_and_relative_commands_are_where_svg_draws_them() -> None:
    [(_, drawn)] = paths(
        svg('<path d="m5 5c0 5 5 5 5 0s5-5 5 0q2.5 5 5 0t5 0a5 5 0 01-10 10z" fill="none" stroke="red"/>')
    )
    cubic = "M5 5C5 10 10 10 10 5C10 0 15 0 15 5"
    quadratic = "C16.67 8.33 18.33 8.33 20 5C21.67 1.67 23.33 1.67 25 5"
    assert drawn.startswith(f"{cubic}{quadratic}C") and drawn.endswith("15 15Z")


def test_roles_decide_what_shows_states_levels_and_values() -> None:
    symbol = made(
        svg(
            '<g data-role="fill"><circle cx="20" cy="20" r="19"/><text x="20" y="30">{letters}</text></g>'
            '<rect data-role="liquid" width="40" height="40"/>'
            '<text x="20" y="20">{value}</text>'
        ),
        states="running",
        ports={"in": {"x": 0, "y": 20, "side": "left", "kind": "fluid", "way": "in"},
               "out": {"x": 40, "y": 20, "side": "right", "kind": "fluid", "way": "out"},
               "signal": {"x": 20, "y": 0, "side": "top", "kind": "signal", "way": "in"}},
    )  # fmt: skip
    assert {name: slot.shows for name, slot in symbol.slots.items()} == {
        "run": "state", "speed": "speed", "value": "value", "level": "level",
    }  # fmt: skip
    assert [(passage.source, passage.target, passage.blocked) for passage in symbol.passages] == [
        ("in", "out", ["stopped", "fault"])
    ]
    assert [part.text for part in symbol.shape if isinstance(part, Words)] == ["{letters}", "{value}"]


def test_what_flows_in_leaves_only_by_ports_of_its_kind() -> None:
    kinds = {"hot_in": "water", "hot_out": "liquid", "air_in": "air", "air_out": "air", "any_out": "any"}
    ports = {
        name: {"x": 0, "y": place, "side": "left", "kind": kind, "way": name.split("_")[1]}
        for place, (name, kind) in enumerate(kinds.items())
    }
    assert {(passage.source, passage.target) for passage in made(svg(BOX), ports=ports).passages} == {
        ("hot_in", "hot_out"), ("hot_in", "any_out"), ("air_in", "air_out"), ("air_in", "any_out"),
    }  # fmt: skip


def test_a_large_drawing_becomes_as_large_as_ours_and_a_width_may_be_chosen() -> None:
    large = svg('<rect width="1000" height="500" fill="red"/>', 'viewBox="0 0 1000 500"')
    assert (made(large).width, made(large).height) == (80, 40)
    wide = made(large, width=200)
    assert (wide.width, wide.height) == (200, 100)
    assert "a side has" in refusal(svg('<rect width="1000" height="1" fill="red"/>', 'viewBox="0 0 1000 1"'))


def test_ports_lie_within_the_symbol_and_apart() -> None:
    port = {"x": 50, "y": 20, "side": "left", "kind": "fluid", "way": "in"}
    assert "40 by 40" in refusal(svg(BOX), ports={"in": port})
    port["x"] = 0
    assert "is at the place of in" in refusal(svg(BOX), ports={"in": port, "out": port})
    assert made(svg(BOX), ports={"in": port}).ports == {"in": Port(0, 20, "left", "fluid", "in")}
