"""Drawings from and to DEXPI."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import Client

from kernel.tenancy import TenantConnection
from tests.twin.conftest import Plant
from twin.dexpi import classes
from twin.dexpi.conversion import Site, make_drawing
from twin.dexpi.models import DexpiDrawing
from twin.dexpi.plant_model import parse_model
from twin.dexpi.writer import DexpiWriter
from twin.dexpi.xml_reader import MAX_DEPTH, MAX_ELEMENTS, MAX_XML_CHARS, BadDexpi, read_xml
from twin.models import Drawing, Pipe, Placement
from twin.placing import port_at
from twin.symbols import library
from twin.validation import Plant as Known
from twin.validation import check_drawing

FILE = (Path(__file__).with_name("dexpi") / "feed_water.xml").read_text()
BASE = "/api/v1/schematics/dexpi"
NOW = 1_773_481_320_000
SITE = Site({"T4750": "a1"}, {"FT-1": "s1"}, {"s1": "continuous"})
ClientFor = Callable[..., Client]


class Sensor:
    kind = "continuous"


def read(xml: str = FILE, site: Site = SITE) -> DexpiDrawing:
    root, skipped = read_xml(xml)
    return make_drawing(parse_model(root), skipped, site)


def by_label(drawing: Drawing) -> dict[str | None, Placement]:
    return {placement.label: placement for placement in drawing.placements}


def ends(drawing: Drawing) -> list[tuple[str, str]]:
    names = {placement.id: placement.label or placement.symbol for placement in drawing.placements}
    return [
        (f"{names[pipe.source.placement]}.{pipe.source.port}", f"{names[pipe.target.placement]}.{pipe.target.port}")
        for pipe in drawing.pipes
    ]


def test_equipment_is_placed_by_class_in_its_size_and_stands_for_assets() -> None:
    found = read()
    placed = by_label(found.drawing)
    assert found.name == "Feed water" and (found.drawing.width, found.drawing.height) == (1680, 1188)
    tank = placed["T4750"]
    assert (tank.symbol, tank.x, tank.y, tank.width, tank.height) == ("tank", 160, 428, 160, 160)
    assert tank.asset == "a1", "the site has an asset of that tag"
    pump = placed["P-1"]
    assert pump.symbol == "pump" and (pump.x + 20, pump.y + 20) == (504, 604), "its middle is where it was"
    assert msgspec.to_builtins(pump.new_asset) == {"tag": "P-1"}
    assert placed["H1007"].symbol == "exchanger_shell_tube"
    assert found.taken == msgspec.structs.replace(found.taken, equipment=4, piping_components=3, instruments=2)


def test_lines_connect_nozzles_through_components_in_the_order_of_the_file() -> None:
    drawing = read().drawing
    assert ends(drawing) == [
        ("T4750.out_right", "P-1.in"),
        ("P-1.out", "V1.in"),
        ("V1.out", "junction.p"),
        ("junction.p", "H1007.tube_in"),
        ("junction.p", "PID-2.in"),
        ("FT 1.right", "FC.left"),
    ]
    assert [pipe.medium for pipe in drawing.pipes] == ["water"] * 5 + ["signal"]
    first = drawing.pipes[0]
    assert first.name == "47121-S1"
    assert [x for x, _ in first.via] == [400, 400] and first.via[1][1] == 604, "its corners, on the ports' axes"


def test_a_valve_is_turned_along_the_flow() -> None:
    assert by_label(read().drawing)["V1"].rotate == 270, "upwards"
    down = FILE.replace('FlowIn="1" FlowOut="2"', 'FlowIn="2" FlowOut="1"')
    valve = by_label(read(down).drawing)["V1"]
    symbol = library().symbols[valve.symbol]
    (_, into), (_, out) = (port_at(valve, symbol, symbol.ports[name]) for name in ("in", "out"))
    assert into < out, "downwards"


def test_an_instrument_shows_the_sensor_of_its_tag_by_its_place() -> None:
    placed = by_label(read().drawing)["FT 1"]
    assert placed.symbol == "instrument_panel" and placed.slots["value"].sensor == "s1"


def test_the_report_says_what_was_not_taken_as_it_is() -> None:
    found = read()
    replaced = {note.what: note for note in found.replaced}
    assert replaced["SubmersiblePump"].examples == ["P4712"] and "pump" in replaced["SubmersiblePump"].why
    assert "drawn as pipe" in replaced["PipeFlange"].why
    left_out = {note.what: note for note in found.left_out}
    assert left_out["Weigher"].why == "there is no symbol for its class"
    assert left_out["Chamber"].why == "it is part of other equipment"
    assert left_out["Connection"].examples == ["N9"], "its end is not in the file"
    assert left_out["<Label>"].count == 1 and left_out["<PropertyBreak>"].count == 1


def test_what_is_read_can_be_published() -> None:
    sensors = {"s1": Sensor()}
    raw = msgspec.to_builtins(read().drawing)
    check_drawing(raw, Known({"a1": object()}, sensors))


def test_every_class_has_a_symbol_and_every_symbol_a_class() -> None:
    symbols = library().symbols
    file = classes._file()
    known = (file.equipment, file.piping, file.instruments, file.similar)
    assert {name for table in known for name in table.values()} <= symbols.keys()
    for name, symbol in symbols.items():
        if symbol.group in classes.NEVER_WRITTEN:
            continue
        assert re.fullmatch(r"[A-Z]\w+", classes.class_for(name)), name
    assert classes.class_for("valve_ball_motor") == "BallValve" and classes.class_for("pump") == "CentrifugalPump"


PLACED = [
    {"id": "t", "symbol": "tank", "x": 100, "y": 100, "width": 160, "height": 120, "label": "T-1"},
    {"id": "p", "symbol": "pump", "x": 350, "y": 300, "new_asset": {"tag": "P-1"}, "label": "P-1"},
    {"id": "v", "symbol": "valve_ball_motor", "x": 450, "y": 290, "label": "V-1"},
    {"id": "w", "symbol": "valve_control", "x": 605, "y": 400, "rotate": 90, "flip": True, "label": "V-2"},
    {"id": "e", "symbol": "exchanger_plate", "x": 600, "y": 300, "label": "E-1"},
    {"id": "j", "symbol": "junction", "x": 520, "y": 320},
    {"id": "i", "symbol": "instrument", "x": 440, "y": 200, "label": "FT-1"},
]
PIPES = [
    ("t", "out_right", "p", "in", "water", [[300, 196], [300, 320]]),
    ("p", "out", "v", "in", "water", []),
    ("v", "out", "j", "p", "water", []),
    ("j", "p", "e", "hot_in", "water", []),
    ("i", "bottom", "v", "signal", "signal", []),
]


def drawn() -> Drawing:
    pipes = [
        {
            "id": f"pipe{number}",
            "source": {"placement": source, "port": out},
            "target": {"placement": target, "port": into},
            "medium": medium,
            "via": via,
        }
        for number, (source, out, target, into, medium, via) in enumerate(PIPES)
    ]
    return msgspec.convert({"width": 1000, "height": 600, "placements": PLACED, "pipes": pipes}, Drawing)


def test_our_own_file_comes_back_as_it_was() -> None:
    drawing = drawn()
    file = DexpiWriter(drawing, library().symbols, {}).write("Loop", NOW)
    again = read(file.xml, Site({}, {}, {}))
    assert file.left_out == [] and again.replaced == [] and again.left_out == []

    def place(placement: Placement) -> tuple[Any, ...]:
        size = placement.width and float(placement.width), placement.height and float(placement.height)
        return (
            placement.symbol,
            float(placement.x),
            float(placement.y),
            size,
            placement.rotate,
            placement.flip,
            placement.label,
        )

    def pipe(each: Pipe) -> tuple[Any, ...]:
        return each.medium, each.source.port, each.target.port, [(float(x), float(y)) for x, y in each.via]

    assert sorted(map(str, map(place, again.drawing.placements))) == sorted(map(str, map(place, drawing.placements)))
    assert sorted(map(str, map(pipe, again.drawing.pipes))) == sorted(map(str, map(pipe, drawing.pipes)))


def test_an_export_says_what_it_leaves_out_and_escapes_labels() -> None:
    more = [
        {"id": "g", "symbol": "tile_gauge", "x": 0, "y": 0},
        {"id": "h", "symbol": "heat_exchanger", "x": 0, "y": 0, "label": 'A "<&>\x07\u202e'},
    ]
    drawing = msgspec.convert(
        {"width": 100, "height": 100, "placements": more, "texts": [{"id": "x", "x": 0, "y": 0, "text": "Hall"}]},
        Drawing,
    )
    file = DexpiWriter(drawing, library().symbols, {}).write("Loop", NOW)
    assert {note.what for note in file.left_out} == {library().symbols["tile_gauge"].title, "texts"}
    assert by_label(read(file.xml).drawing).keys() == {'A "<&>'}


BOMB = '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><PlantModel>&b;</PlantModel>'
EXTERNAL = '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><PlantModel>&a;</PlantModel>'
REMOTE = '<!DOCTYPE PlantModel SYSTEM "http://example.com/x.dtd"><PlantModel/>'
TANK = '<Equipment ID="{}" ComponentClass="Tank"><Position><Location X="{}" Y="1"/></Position></Equipment>'


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (BOMB, "document type"),
        (EXTERNAL, "document type"),
        (REMOTE, "document type"),
        ("", "well-formed"),
        ("<PlantModel>", "well-formed"),
        ("no xml", "well-formed"),
        ("<svg/>", "outermost"),
        ("<PlantModel/>", "nothing that can be drawn"),
        ("<PlantModel>" + "<Equipment>" * MAX_DEPTH, "inside of one another"),
        ("<PlantModel>" + "<Label>" * MAX_DEPTH, "inside of one another"),
        ("<PlantModel>" + "<Label/>" * (MAX_ELEMENTS + 1), "elements"),
        (" " * (MAX_XML_CHARS + 1), "characters"),
        ("<PlantModel>" + TANK.format("a", "1e400") + "</PlantModel>", "number"),
        ("<PlantModel>" + TANK.format("a", "nan") + "</PlantModel>", "number"),
        ("<PlantModel>" + TANK.format("a", "9" * 400) + "</PlantModel>", "number"),
        ("<PlantModel>" + TANK.format("a", "1") * 2 + "</PlantModel>", "two elements"),
        ("<PlantModel>" + "".join(TANK.format(n, n) for n in range(5_001)) + "</PlantModel>", "more than"),
    ],
)
def test_a_file_that_is_hostile_or_wrong_is_refused_with_a_reason(xml: str, why: str) -> None:
    with pytest.raises(BadDexpi, match=why):
        read(xml)


def test_a_file_of_the_largest_size_is_read_in_linear_time() -> None:
    """All of it one line of runs and components that have no symbol."""
    run = '<CenterLine><Coordinate X="1" Y="1"/></CenterLine>'
    part = '<PipingComponent ComponentClass="Flange"/>'
    line = f"<PipingNetworkSegment>{(run + part) * 60_000}</PipingNetworkSegment>"
    xml = f"<PlantModel>{TANK.format('a', 1)}{line}</PlantModel>"
    assert len(xml) < MAX_XML_CHARS
    started = time.process_time()
    found = read(xml)
    assert found.left_out[0].count == 60_000 and len(found.left_out[0].examples) == 5
    assert time.process_time() - started < 20


def test_over_http_it_is_read_and_written(client_for: ClientFor, acme: TenantConnection, plant: Plant) -> None:
    client = client_for("engineer", acme)
    response = client.post(f"{BASE}/import", {"site": "works", "xml": FILE}, content_type="application/json")
    assert response.status_code == 200, response.content
    found = response.json()
    placed = {each["label"]: each for each in found["drawing"]["placements"]}
    assert placed["P-1"]["asset"] == plant.assets["P-1"]
    assert placed["FT 1"]["slots"] == {"value": {"sensor": plant.sensors["FT-1"], "above": None}}
    body = {"site": "works", "name": "Feed", "drawing": found["drawing"]}
    created = client.post("/api/v1/schematics", body, content_type="application/json")
    assert created.status_code == 201, created.content
    written = client.post(f"{BASE}/export", body, content_type="application/json")
    assert written.status_code == 200 and 'TagName="P-1"' in written.json()["xml"]


def test_a_viewer_may_export_and_not_import(client_for: ClientFor, acme: TenantConnection, plant: Plant) -> None:
    viewer = client_for("viewer", acme)
    body = {"site": "works", "name": "Feed", "drawing": {"width": 10, "height": 10}}
    assert viewer.post(f"{BASE}/export", body, content_type="application/json").status_code == 200
    denied = viewer.post(f"{BASE}/import", {"site": "works", "xml": FILE}, content_type="application/json")
    assert denied.status_code == 403


def test_a_hostile_file_over_http_is_a_400_with_its_field(
    client_for: ClientFor, acme: TenantConnection, plant: Plant
) -> None:
    body = {"site": "works", "xml": BOMB}
    response = client_for("engineer", acme).post(f"{BASE}/import", body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "xml" and "entities" in response.json()["detail"]


def test_another_tenants_site_is_unknown(client_for: ClientFor, rival: TenantConnection, plant: Plant) -> None:
    outsider = client_for("engineer", rival)
    for action, more in (("import", {"xml": FILE}), ("export", {"name": "a", "drawing": {"width": 9, "height": 9}})):
        response = outsider.post(f"{BASE}/{action}", {"site": plant.site, **more}, content_type="application/json")
        assert response.status_code == 404, action
