"""A plant model as a drawing. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from catalog.bounds import MAX_NAME
from catalog.rules import RULES
from kernel.text import plain_line
from twin.dexpi.chains import Chains, flows
from twin.dexpi.classes import sort_of, symbol_for
from twin.dexpi.lines import PipeDrawer
from twin.dexpi.models import DexpiDrawing, Taken
from twin.dexpi.notes import Notes
from twin.dexpi.orientation import flow_by_nodes, orient
from twin.dexpi.plant_model import Item, PlantModel
from twin.dexpi.port_choice import Placed
from twin.dexpi.sheet import Sheet, sheet_of
from twin.dexpi.xml_reader import BadDexpi
from twin.models import MAX_PARTS, Binding, Drawing, NewAsset, Placement
from twin.placing import Point
from twin.symbols import Symbol, library

OWN_SYMBOL = "PlantraceSymbol"  # the attribute that says which of our symbols it was
_MIN_SIDE = 20.0
_LYING = 1.3  # a vessel that much wider than high is a horizontal one
_LOCATIONS = {
    "Central": "instrument_panel", "ControlPanel": "instrument_panel", "Panel": "instrument_panel",
    "LocalPanel": "instrument_local", "SharedDisplay": "instrument_shared",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """Ids of a site's assets and sensors by tag, and the kinds of its sensors by id."""

    assets: Mapping[str, str]
    sensors: Mapping[str, str]
    kinds: Mapping[str, str]


def make_drawing(model: PlantModel, skipped: Counter[str], site: Site) -> DexpiDrawing:
    """Raises BadDexpi if there is nothing to draw, or too much."""
    notes, replaced, sheet = Notes(), Notes(), sheet_of(model)
    named = {item.id: name for item in model.items.values() if (name := _symbol(item, notes, replaced)) is not None}
    chains = list(Chains(model, set(named)).all())
    through = flows(chains)
    placed = {}
    for number, (id, name) in enumerate(named.items()):
        item = model.items[id]
        flow = flow_by_nodes(item) or through.get(id)
        placed[id] = _place(f"{name}{number}", item, name, flow, sheet, site)
    drawn = PipeDrawer(model, placed, sheet, notes).draw(chains)
    placements = [each.placement for each in placed.values()] + [each.placement for each in drawn.junctions]
    if not placements:
        raise BadDexpi("has nothing that can be drawn: no equipment, piping component or instrument with a place.")
    if max(len(placements), len(drawn.pipes)) > MAX_PARTS:
        raise BadDexpi(f"has more than {MAX_PARTS:,} symbols or pipes; export fewer sheets at a time.")
    for name, count in skipped.items():
        notes.add(f"<{name}>", "graphics, labels and data sheets are not taken", count=count)
    sorts = Counter(sort_of(each.placement.symbol) for each in placed.values())
    signals = sum(pipe.medium == "signal" for pipe in drawn.pipes)
    return DexpiDrawing(
        name=plain_line(model.name, 80) or "Imported",
        drawing=Drawing(sheet.width, sheet.height, placements, drawn.pipes),
        taken=Taken(sorts["equipment"], sorts["piping"], sorts["instruments"], len(drawn.pipes) - signals, signals),
        replaced=replaced.all(),
        left_out=notes.all(),
    )


def _symbol(item: Item, notes: Notes, replaced: Notes) -> str | None:
    example = item.tag or item.id
    if item.at is None and item.box is None:
        notes.add(item.component_class or item.element, "it has no place on the drawing", example)
        return None
    if (own := item.attributes.get(OWN_SYMBOL)) in library().symbols:
        return own
    found = symbol_for(item.component_class) or (
        symbol_for("ProcessInstrumentationFunction") if item.element.startswith("ProcessInstrument") else None
    )
    if found is None:
        if item.element != "PipingComponent":  # lines lead through it
            why = "it is part of other equipment" if item.parent else "there is no symbol for its class"
            notes.add(item.component_class or item.element, why, example)
        else:
            replaced.add(
                item.component_class or item.element, "there is no symbol for its class: drawn as pipe", example
            )
        return None
    if not found.exact:
        title = library().symbols[found.symbol].title.lower()
        replaced.add(item.component_class, f"an unknown class: drawn as {title}", example)
    if found.symbol == "instrument":
        return _LOCATIONS.get(item.attributes.get("Location", ""), "instrument")
    if found.symbol == "vessel" and item.box and item.box.width > _LYING * item.box.height:
        return "vessel_horizontal"
    return found.symbol


def _place(id: str, item: Item, name: str, flow: Point | None, sheet: Sheet, site: Site) -> Placed:
    symbol = library().symbols[name]
    x, y = sheet(_centre(item))
    rotate, flip = orient(item, symbol, flow)
    width, height = _size(item, symbol, rotate, sheet)
    label, sized = _label(item), symbol.resizable and item.box is not None
    asset, new_asset = _asset(item, name, site)
    placement = Placement(
        id=id,
        symbol=name,
        x=round(x - width / 2, 1),
        y=round(y - height / 2, 1),
        width=width if sized else None,
        height=height if sized else None,
        rotate=rotate,
        flip=flip,
        asset=asset,
        new_asset=new_asset,
        label=label or None,
        slots=_slots(label, symbol, site),
    )
    return Placed(placement, symbol)


def _size(item: Item, symbol: Symbol, rotate: int, sheet: Sheet) -> tuple[float, float]:
    """Before turning: the item's own if the symbol can have it."""
    if not symbol.resizable or item.box is None:
        return symbol.width, symbol.height
    across, down = (max(_MIN_SIDE, round(side * sheet.scale)) for side in (item.box.width, item.box.height))
    return (down, across) if rotate % 180 else (across, down)


def _centre(item: Item) -> Point:
    if item.box is not None:
        return item.box.centre
    assert item.at is not None  # else it has no symbol
    return item.at


def _label(item: Item) -> str:
    said = item.attributes
    letters = said.get("ProcessInstrumentationFunctionCategory", "") + said.get("ProcessInstrumentationFunctions", "")
    number = said.get("ProcessInstrumentationFunctionNumber", "")
    return plain_line(item.tag or f"{letters} {number}".strip() or said.get("PipingComponentName", ""), 200)


def _slots(label: str, symbol: Symbol, site: Site) -> dict[str, Binding]:
    """An instrument shows the sensor of its tag."""
    slot, sensor = symbol.slots.get("value"), site.sensors.get(label) or site.sensors.get(label.replace(" ", "-"))
    if symbol.group != "instruments" or slot is None or sensor is None or site.kinds[sensor] not in slot.kinds:
        return {}
    return {"value": Binding(sensor)}


def _asset(item: Item, symbol: str, site: Site) -> tuple[str | None, NewAsset | UnsetType]:
    """The site's asset of its tag; for equipment without one an asset that publishing creates."""
    tag = plain_line(item.tag, 500)
    if (asset := site.assets.get(tag)) is not None:
        return asset, UNSET
    if not tag or sort_of(symbol) != "equipment" or tag in site.sensors:
        return None, UNSET
    try:
        RULES["assets"]["tag"](tag)
    except ValueError:
        return None, UNSET  # it stays the label
    return None, NewAsset(tag, name=plain_line(item.name, MAX_NAME) or UNSET)
