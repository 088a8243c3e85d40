"""Bodies with drawings and symbols; see `examples`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.contracts.http.known import DRAWING, NOW, PLANT_MODEL, PNG, SVG, Body, mark

if TYPE_CHECKING:
    from tests.contracts.http.examples import Examples


def _drawings(known: Mapping[str, str]) -> list[Body]:
    """One with empty lists of parts, one with parts of every kind, and ones with what excludes some of that."""
    tank = {"symbol": "tank", "x": 10, "y": 10, "width": 80, "height": 80, "rotate": 0, "label_at": "bottom"}
    bound = {"asset": known["assets"], "label": "Tank", "slots": {"level": {"sensor": known["sensors"], "above": 1}}}
    link = {"id": "l", "symbol": "link", "x": 0, "y": 0, "link": known["schematics"]}
    kept = {"group": "g", "layer": "Water"}
    ends = {"source": {"placement": "a", "port": "out_right"}, "target": {"placement": "b", "port": "in_left"}}
    parts = {
        "placements": [{**tank, **bound, **kept, "id": "a"}, {**tank, "id": "b", "x": 200}],
        "pipes": [{"id": "p", **kept, **ends, "medium": "water", "via": [[100, 50]], "name": "Feed"}],
        "tags": [{
            "id": "t", "sensor": known["sensors"], "x": 1, "y": 1, "label": "Level", "of": "a", "anchor": "left",
            **kept,
        }],
        "texts": [{"id": "w", "x": 1, "y": 1, "text": "Hall", "size": "normal", **kept}],
    }  # fmt: skip
    new = {**tank, "id": "n", "new_asset": {"tag": mark("TK"), "name": "Tank", "type": "tank"}}
    others = [{**DRAWING, "placements": [placement]} for placement in (link, new)]
    scan = {"scan": known["scans"], "x": 0, "y": 0, "width": 400, "height": 300, "opacity": 0.5}
    return [{**DRAWING, **{name: [] for name in parts}}, {**DRAWING, **parts, "background": scan}, *others]


def _new_schematics(of: Examples) -> list[Body]:
    rest = {"site": of.gate.known["sites"], "valid_from": NOW, "note": "First"}
    return [{**rest, "name": mark("Loop"), "drawing": drawing} for drawing in _drawings(of.gate.known)]


def _new_versions(of: Examples) -> list[Body]:
    rest = {"revision": 1, "valid_from": NOW, "note": "Second"}
    return [{**rest, "name": mark("Loop"), "drawing": drawing} for drawing in _drawings(of.gate.known)]


def _new_drafts(of: Examples) -> list[Body]:
    return [{"site": of.gate.known["sites"], "name": mark("Loop"), "drawing": d} for d in _drawings(of.gate.known)]


def _drafts(of: Examples) -> list[Body]:
    """Of the draft as it is now: each of them changes its revision."""
    path = f"/api/v1/schematics/{of.gate.known['schematics']}"
    drafts = of.must("GET", f"{path}/drafts")["results"]
    mine = next((draft for draft in drafts if draft["mine"]), None) or of.must(
        "PUT", f"{path}/draft", json={"drawing": DRAWING}
    )
    rest = {"revision": mine["revision"], "base": 1, "name": mark("Loop")}
    return [{**rest, "drawing": drawing} for drawing in _drawings(of.gate.known)]


def _publications(of: Examples) -> list[Body]:
    """Made from the version that is the newest now."""
    versions = of.must("GET", f"/api/v1/schematics/{of.gate.known['schematics']}")["versions"]
    rest = {"base": len(versions), "revision": 1, "valid_from": NOW, "note": "Second", "name": mark("Loop")}
    return [{**rest, "drawing": drawing} for drawing in _drawings(of.gate.known)]


def _templates(of: Examples) -> list[Body]:
    return [{"name": mark("Skid"), "asset": "P-1", "drawing": drawing} for drawing in _drawings(of.gate.known)]


def _symbol() -> Body:
    port = {"x": 0, "y": 20, "side": "left", "kind": "fluid", "way": "in"}
    shown = {"states": "running", "passes": True, "resizable": False, "width": 40, "ports": {"in": port}}
    return {"name": mark("Symbol"), "group": "Presses", "words": ["press"], "svg": SVG, "note": "First", **shown}


DRAWING_BODIES: dict[str, Callable[[Examples], list[Any]]] = {
    "POST /api/v1/schematics": _new_schematics,
    "PUT /api/v1/schematics/{id}": _new_versions,
    "POST /api/v1/schematics/drafts": _new_drafts,
    "PUT /api/v1/schematics/{id}/draft": _drafts,
    "POST /api/v1/schematics/{id}/preview": lambda of: [
        {"drawing": drawing, "valid_from": NOW} for drawing in _drawings(of.gate.known)
    ],
    "POST /api/v1/schematics/{id}/publish": _publications,
    "POST /api/v1/schematics/scans": lambda of: [{"name": mark("Scan"), "image": PNG}],
    "POST /api/v1/schematics/dexpi/import": lambda of: [{"site": of.gate.known["sites"], "xml": PLANT_MODEL}],
    "POST /api/v1/schematics/dexpi/export": lambda of: [
        {"site": of.gate.known["sites"], "name": "Loop", "drawing": drawing} for drawing in _drawings(of.gate.known)
    ],
    "POST /api/v1/schematic-templates": lambda of: _templates(of),
    "PUT /api/v1/schematic-templates/{id}": lambda of: [{**each, "revision": 1} for each in _templates(of)],
    "POST /api/v1/symbols": lambda of: [_symbol()],
    "PUT /api/v1/symbols/{id}": lambda of: [{**_symbol(), "revision": 1}],
}
