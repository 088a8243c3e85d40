"""A plant model as it is in the file: items with their places, and lines that connect them. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from twin.dexpi.xml_reader import BadDexpi, Element
from twin.placing import Point

_PLACED = (
    "Equipment",
    "PipingComponent",
    "PipeOffPageConnector",
    "ProcessInstrumentationFunction",
    "ProcessInstrument",
)
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,17})?|\.\d{1,17})([eE][+-]?\d{1,3})?")
MAX_NUMBER = 1e9
_UNITS_MM = {
    "mm": 1.0, "millimetre": 1.0, "millimeter": 1.0, "cm": 10.0, "centimetre": 10.0, "m": 1000.0, "metre": 1000.0,
    "meter": 1000.0, "in": 25.4, "inch": 25.4, "ft": 304.8, "foot": 304.8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


@dataclass(slots=True)
class Item:
    """Something that is placed. `turn`: counter-clockwise degrees; `nodes`: where lines may end, None if unsaid."""

    id: str
    element: str
    component_class: str
    tag: str
    name: str
    attributes: dict[str, str]
    at: Point | None
    box: Box | None
    turn: float
    mirrored: bool
    nodes: list[Point | None]
    flow_in: int
    flow_out: int
    parent: Item | None = None


@dataclass(frozen=True, slots=True)
class End:
    """`item`: the id in the file. `node`: its number there, 0 the item's middle; -1 if unsaid."""

    item: str
    node: int


@dataclass(slots=True)
class Line:
    """A piping network segment or an information flow: what it passes, in order, and the runs between."""

    id: str
    name: str
    fluid: str
    is_signal: bool
    source: End | None = None
    target: End | None = None
    parts: list[str | list[Point]] = field(default_factory=list)  # an item's id, or the corners of a run


@dataclass(slots=True)
class PlantModel:
    """Lengths in the file's unit, y upwards. `aliases`: of an id (a nozzle's, a function's) to the item that has it."""

    name: str
    unit_mm: float
    box: Box | None
    items: dict[str, Item] = field(default_factory=dict)
    aliases: dict[str, tuple[str, Point | None]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def parse_model(root: Element) -> PlantModel:
    """Raises BadDexpi."""
    information, drawing = root.first("PlantInformation"), root.first("Drawing")
    units = information.first("UnitsOfMeasure") if information else None
    unit = _UNITS_MM.get((units.get("Distance") if units else "").lower(), 1.0)
    box = (_box(drawing) if drawing else None) or _box(root)
    model = PlantModel((drawing.get("Name") if drawing else "") or "Imported", unit, box)
    for element in root.children:
        _add(model, element, None, "")
    return model


def _add(model: PlantModel, element: Element, parent: Item | None, fluid: str) -> None:
    if element.name in _PLACED:
        _add_item(model, element, parent, fluid)
    elif element.name == "PipingNetworkSystem":
        _add_all(model, element, parent, _attribute(element, "FluidCode") or fluid)
    elif element.name == "PipingNetworkSegment":
        model.lines.append(_segment(model, element, fluid))
    elif element.name == "InformationFlow":
        model.lines.append(_signal(element))
    elif element.name == "InstrumentationLoopFunction":
        _add_all(model, element, parent, fluid)
    elif parent is not None and (id := element.get("ID")):
        model.aliases[id] = parent.id, _nozzle_point(element)
        _add_all(model, element, parent, fluid)


def _add_item(model: PlantModel, element: Element, parent: Item | None, fluid: str) -> Item:
    item = _item(element.get("ID") or f"#{len(model.items)}", element, parent)
    if item.id in model.items:
        raise BadDexpi(f"has two elements with the ID {item.id[:60]}.")
    model.items[item.id] = item
    _add_all(model, element, item, fluid)
    return item


def _add_all(model: PlantModel, element: Element, parent: Item | None, fluid: str) -> None:
    for child in element.children:
        _add(model, child, parent, fluid)


def _item(id: str, element: Element, parent: Item | None) -> Item:
    points = element.first("ConnectionPoints")
    turn, mirrored = _orientation(element)
    attributes = dict(_attributes(element))
    return Item(
        id=id,
        element=element.name,
        component_class=element.get("ComponentClass"),
        tag=element.get("TagName") or attributes.get("TagName", ""),
        name=attributes.get("EquipmentDescription") or attributes.get("Description", ""),
        attributes=attributes,
        at=_location(element),
        box=_box(element),
        turn=turn,
        mirrored=mirrored,
        nodes=[_location(node) for node in points.all("Node")] if points else [],
        flow_in=_index(points, "FlowIn") if points else -1,
        flow_out=_index(points, "FlowOut") if points else -1,
        parent=parent,
    )


def _segment(model: PlantModel, element: Element, fluid: str) -> Line:
    name = element.get("TagName") or _attribute(element, "LineNumber") or _attribute(element, "SegmentNumber")
    line = Line(element.get("ID"), name, _attribute(element, "FluidCode") or fluid, is_signal=False)
    for child in element.children:
        if child.name == "Connection":
            line.source, line.target = _ends(child)
        elif child.name == "CenterLine":
            line.parts.append(_corners(child))
        elif child.name in _PLACED:
            line.parts.append(_add_item(model, child, None, fluid).id)
    return line


def _signal(element: Element) -> Line:
    line = Line(element.get("ID"), "", "", is_signal=True)
    for child in element.children:
        if child.name == "Connection":
            line.source, line.target = _ends(child)
        elif child.name == "CenterLine":
            line.parts.append(_corners(child))
        elif child.name == "Association" and (item := child.get("ItemID")):
            if child.get("Type").endswith("logical start"):
                line.source = End(item, -1)
            elif child.get("Type").endswith("logical end"):
                line.target = End(item, -1)
    return line


def _ends(element: Element) -> tuple[End | None, End | None]:
    source, target = element.get("FromID"), element.get("ToID")
    return (
        End(source, _index(element, "FromNode")) if source else None,
        End(target, _index(element, "ToNode")) if target else None,
    )


def _index(element: Element, attribute: str) -> int:
    text = element.get(attribute)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def _attributes(element: Element) -> Iterator[tuple[str, str]]:
    for group in element.all("GenericAttributes"):
        for attribute in group.all("GenericAttribute"):
            if value := attribute.get("Value"):
                yield attribute.get("Name").removesuffix("AssignmentClass"), value


def _attribute(element: Element, name: str) -> str:
    return dict(_attributes(element)).get(name, "")


def _nozzle_point(element: Element) -> Point | None:
    """Where the pipe meets it: its second node, its place, or the middle of its box."""
    points = element.first("ConnectionPoints")
    nodes = [_location(node) for node in points.all("Node")] if points else []
    box = _box(element)
    found = [*nodes[1:2], _location(element), box.centre if box else None]
    return next((point for point in found if point is not None), None)


def _location(element: Element) -> Point | None:
    position = element.first("Position")
    return _point(position.first("Location")) if position else None


def _orientation(element: Element) -> tuple[float, bool]:
    position = element.first("Position")
    reference = position.first("Reference") if position else None
    axis = position.first("Axis") if position else None
    along = _point(reference) or (1.0, 0.0)
    turn = math.degrees(math.atan2(along[1], along[0]))
    down = axis is not None and _number(axis, "Z", 1.0) < 0
    scale = element.first("Scale")
    return turn, down != (scale is not None and _number(scale, "X", 1.0) < 0)


def _box(element: Element) -> Box | None:
    extent = element.first("Extent")
    low = _point(extent.first("Min")) if extent else None
    high = _point(extent.first("Max")) if extent else None
    if low is None or high is None or high[0] < low[0] or high[1] < low[1]:
        return None
    return Box(low[0], low[1], high[0], high[1])


def _corners(element: Element) -> list[Point]:
    return [point for each in element.all("Coordinate") if (point := _point(each)) is not None]


def _point(element: Element | None) -> Point | None:
    if element is None or "X" not in element.attributes or "Y" not in element.attributes:
        return None
    return _number(element, "X", 0.0), _number(element, "Y", 0.0)


def _number(element: Element, attribute: str, default: float) -> float:
    text = element.get(attribute)
    if not text:
        return default
    if _NUMBER.fullmatch(text) is None or not abs(value := float(text)) <= MAX_NUMBER:
        raise BadDexpi(f"has the number “{text[:40]}” as {attribute} of <{element.name}>.")
    return value
