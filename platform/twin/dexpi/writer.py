"""A drawing as Proteus XML, whose lengths are millimetres with y upwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kernel.text import plain_line
from kernel.times import iso
from twin.dexpi.classes import NEVER_WRITTEN, class_for, sort_of
from twin.dexpi.conversion import OWN_SYMBOL
from twin.dexpi.models import DexpiFile
from twin.dexpi.notes import Notes
from twin.dexpi.sheet import PX_PER_MM
from twin.models import Drawing, NewAsset, Pipe, PipeEnd, Placement
from twin.placing import Point, box_of, port_at, turned
from twin.symbols import Symbol, library

SCHEMA_VERSION = "4.1.1"
_NO_LINES = ("electricity", "shaft")  # kinds of media that no piping network carries


class DexpiWriter:
    """`tags`: of assets, by id."""

    def __init__(self, drawing: Drawing, symbols: Mapping[str, Symbol], tags: Mapping[str, str]) -> None:
        self._drawing, self._symbols, self._tags = drawing, symbols, tags
        self._notes = Notes()
        self._placements = {each.id: each for each in drawing.placements if self._is_written(each)}
        self._ids = {id: f"item-{number}" for number, id in enumerate(self._placements, 1)}
        self._inside: set[str] = set()  # piping components that a segment has already
        self._ends = {end for pipe in drawing.pipes for end in (pipe.source, pipe.target)}

    def write(self, name: str, now: int) -> DexpiFile:
        root = Element("PlantModel")
        self._head(root, name, now)
        for placement in self._placements.values():
            if sort_of(placement.symbol) == "equipment":
                self._equipment(root, placement)
        for medium, pipes in self._by_medium().items():
            self._network(root, medium, pipes)
        self._loose_components(root)
        for placement in self._placements.values():
            if sort_of(placement.symbol) == "instruments":
                self._item(root, "ProcessInstrumentationFunction", placement)
        for number, pipe in enumerate(self._signals()):
            self._signal(root, number, pipe)
        for what, parts in (("texts", self._drawing.texts), ("values", self._drawing.tags)):
            if parts:
                self._notes.add(what, "DEXPI has no words for them", count=len(parts))
        indent(root, " ")
        return DexpiFile(tostring(root, "unicode", xml_declaration=True), self._notes.all())

    def _is_written(self, placement: Placement) -> bool:
        symbol = self._symbols[placement.symbol]
        if symbol.group in NEVER_WRITTEN:
            self._notes.add(symbol.title, "it is no part of the plant", placement.label or placement.id)
        return symbol.group not in NEVER_WRITTEN

    def _head(self, root: Element, name: str, now: int) -> None:
        date, _, time = iso(now).partition("T")
        information = SubElement(root, "PlantInformation", {
            "SchemaVersion": SCHEMA_VERSION, "OriginatingSystem": "Plantrace", "Date": date, "Time": time,
            "Is3D": "no", "Units": "Metre", "Discipline": "PID",
        })  # fmt: skip
        SubElement(information, "UnitsOfMeasure", {"Distance": "mm"})
        _extent(root, (0, 0, self._drawing.width, self._drawing.height), self._drawing.height)
        sheet = SubElement(root, "Drawing", {"Name": plain_line(name, 80), "Type": "PID"})
        _extent(sheet, (0, 0, self._drawing.width, self._drawing.height), self._drawing.height)

    def _by_medium(self) -> dict[str, list[Pipe]]:
        found: dict[str, list[Pipe]] = {}
        for pipe in self._drawing.pipes:
            kind = library().media[pipe.medium].kind
            if not self._has_both_ends(pipe) or kind == "signal":
                continue
            if kind in _NO_LINES:
                self._notes.add(library().media[pipe.medium].title, "it is no pipe", pipe.name or pipe.id)
            else:
                found.setdefault(pipe.medium, []).append(pipe)
        return found

    def _signals(self) -> Iterable[Pipe]:
        pipes = (pipe for pipe in self._drawing.pipes if self._has_both_ends(pipe))
        return (pipe for pipe in pipes if library().media[pipe.medium].kind == "signal")

    def _has_both_ends(self, pipe: Pipe) -> bool:
        return pipe.source.placement in self._placements and pipe.target.placement in self._placements

    def _equipment(self, root: Element, placement: Placement) -> None:
        element = self._item(root, "Equipment", placement)
        symbol = self._symbols[placement.symbol]
        for number, name in enumerate(symbol.ports, 1):
            if PipeEnd(placement.id, name) not in self._ends:
                continue
            nozzle = SubElement(element, "Nozzle", {
                "ID": self._nozzle(placement.id, number), "ComponentClass": "Nozzle", "TagName": f"N{number}",
            })  # fmt: skip
            point = port_at(placement, symbol, symbol.ports[name])
            _position(nozzle, point, self._drawing.height)
            _nodes(nozzle, [point, point], self._drawing.height, {})

    def _item(self, parent: Element, name: str, placement: Placement) -> Element:
        symbol, height = self._symbols[placement.symbol], self._drawing.height
        tag = plain_line(self._tag(placement), 200)
        element = SubElement(parent, name, {
            "ID": self._ids[placement.id],
            "ComponentClass": class_for(placement.symbol),
            **({"TagName": tag} if tag else {}),
        })  # fmt: skip
        left, top, wide, high = box_of(placement, symbol)
        _extent(element, (left, top, wide, high), height)
        _position(element, (left + wide / 2, top + high / 2), height, placement.rotate, placement.flip)
        _attributes(element, "PlantraceAttributes", {OWN_SYMBOL: placement.symbol})
        return element

    def _tag(self, placement: Placement) -> str:
        if placement.asset is not None and placement.asset in self._tags:
            return self._tags[placement.asset]
        return placement.new_asset.tag if isinstance(placement.new_asset, NewAsset) else placement.label or ""

    def _network(self, root: Element, medium: str, pipes: list[Pipe]) -> None:
        system = SubElement(root, "PipingNetworkSystem", {
            "ID": f"system-{medium}", "ComponentClass": "PipingNetworkSystem",
        })  # fmt: skip
        _attributes(system, "DexpiAttributes", {"FluidCodeAssignmentClass": medium})
        for number, pipe in enumerate(pipes):
            segment = SubElement(system, "PipingNetworkSegment", {
                "ID": f"segment-{medium}-{number}", "ComponentClass": "PipingNetworkSegment",
                **({"TagName": name} if (name := plain_line(pipe.name or "", 200)) else {}),
            })  # fmt: skip
            self._component(segment, pipe.source.placement)
            self._line(segment, pipe)
            self._component(segment, pipe.target.placement)
            SubElement(segment, "Connection", {**self._end("From", pipe.source), **self._end("To", pipe.target)})

    def _component(self, segment: Element, id: str) -> None:
        """In the first segment that reaches it."""
        placement = self._placements[id]
        if sort_of(placement.symbol) != "piping" or id in self._inside:
            return
        self._inside.add(id)
        symbol, height = self._symbols[placement.symbol], self._drawing.height
        name = "PipeOffPageConnector" if placement.symbol == "off_page" else "PipingComponent"
        element = self._item(segment, name, placement)
        points = [port_at(placement, symbol, port) for port in symbol.ports.values()]
        ways = {f"Flow{port.way.title()}": str(number) for number, port in reversed(
            list(enumerate(symbol.ports.values(), 1))
        ) if port.way != "any" and port.kind != "signal"}  # fmt: skip
        left, top, wide, high = box_of(placement, symbol)
        _nodes(element, [(left + wide / 2, top + high / 2), *points], height, ways)

    def _loose_components(self, root: Element) -> None:
        loose = [id for id, each in self._placements.items() if sort_of(each.symbol) == "piping"]
        if loose := [id for id in loose if id not in self._inside]:
            system = SubElement(root, "PipingNetworkSystem", {
                "ID": "system-loose", "ComponentClass": "PipingNetworkSystem",
            })  # fmt: skip
            for number, id in enumerate(loose):
                segment = SubElement(system, "PipingNetworkSegment", {
                    "ID": f"segment-loose-{number}", "ComponentClass": "PipingNetworkSegment",
                })  # fmt: skip
                self._component(segment, id)

    def _line(self, parent: Element, pipe: Pipe) -> None:
        line = SubElement(parent, "CenterLine")
        for x, y in (self._port(pipe.source), *pipe.via, self._port(pipe.target)):
            SubElement(line, "Coordinate", _coordinates((x, y), self._drawing.height))

    def _signal(self, root: Element, number: int, pipe: Pipe) -> None:
        flow = SubElement(root, "InformationFlow", {"ID": f"signal-{number}", "ComponentClass": "SignalLineFunction"})
        self._line(flow, pipe)
        for word, end in (("start", pipe.source), ("end", pipe.target)):
            SubElement(flow, "Association", {"Type": f"has logical {word}", "ItemID": self._ids[end.placement]})

    def _end(self, word: str, end: PipeEnd) -> dict[str, str]:
        placement = self._placements[end.placement]
        number = list(self._symbols[placement.symbol].ports).index(end.port) + 1
        if sort_of(placement.symbol) == "equipment":
            return {f"{word}ID": self._nozzle(end.placement, number), f"{word}Node": "1"}
        return {f"{word}ID": self._ids[end.placement], f"{word}Node": str(number)}

    def _nozzle(self, id: str, number: int) -> str:
        return f"{self._ids[id]}-nozzle-{number}"

    def _port(self, end: PipeEnd) -> Point:
        placement = self._placements[end.placement]
        symbol = self._symbols[placement.symbol]
        return port_at(placement, symbol, symbol.ports[end.port])


def _extent(parent: Element, box: tuple[float, float, float, float], height: float) -> None:
    left, top, wide, high = box
    extent = SubElement(parent, "Extent")
    SubElement(extent, "Min", _coordinates((left, top + high), height))
    SubElement(extent, "Max", _coordinates((left + wide, top), height))


def _position(parent: Element, at: Point, height: float, rotate: int = 0, flip: bool = False) -> None:
    position = SubElement(parent, "Position")
    SubElement(position, "Location", _coordinates(at, height))
    SubElement(position, "Axis", {"X": "0", "Y": "0", "Z": "-1" if flip else "1"})
    x, y = turned((1, 0), rotate)
    SubElement(position, "Reference", {"X": f"{x:g}", "Y": f"{-y:g}", "Z": "0"})


def _nodes(parent: Element, points: list[Point], height: float, ways: dict[str, str]) -> None:
    element = SubElement(parent, "ConnectionPoints", {"NumPoints": str(len(points)), **ways})
    for point in points:
        _position(SubElement(element, "Node"), point, height)


def _attributes(parent: Element, set: str, values: dict[str, str]) -> None:
    group = SubElement(parent, "GenericAttributes", {"Number": str(len(values)), "Set": set})
    for name, value in values.items():
        SubElement(group, "GenericAttribute", {"Name": name, "Value": value, "Format": "string"})


def _coordinates(point: Point, height: float) -> dict[str, str]:
    x, y = point[0] / PX_PER_MM, (height - point[1]) / PX_PER_MM
    return {"X": f"{x + 0:.6g}", "Y": f"{y + 0:.6g}", "Z": "0"}
