"""Proteus XML as a tree of the elements that a drawing is made of, read within limits and without entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from kernel.errors import BadRequest

MAX_XML_CHARS = 8_000_000
MAX_ELEMENTS, MAX_DEPTH, MAX_VALUE_CHARS = 400_000, 60, 500
_GEOMETRY = ("Extent", "Min", "Max", "Position", "Location", "Axis", "Reference", "Scale", "CenterLine", "Coordinate")
_STRUCTURE = (
    "PlantModel", "PlantInformation", "UnitsOfMeasure", "Drawing", "Equipment", "Nozzle", "PipingNetworkSystem",
    "PipingNetworkSegment", "PipingComponent", "PipeOffPageConnector", "ProcessInstrumentationFunction",
    "ProcessSignalGeneratingFunction", "ActuatingFunction", "ActuatingSystem", "ProcessInstrument",
    "InstrumentationLoopFunction", "InformationFlow", "Connection", "ConnectionPoints", "Node", "Association",
    "GenericAttributes", "GenericAttribute",
)  # fmt: skip
_KEPT = frozenset((*_GEOMETRY, *_STRUCTURE))
_UNREPORTED = frozenset({"Presentation", "PersistentID", "History", "CrossPageConnection", "Component"})


class BadDexpi(BadRequest):
    """`xml` is not a plant model that can be read; what to change."""

    slug, title = "invalid-dexpi", "The file cannot be read as DEXPI"

    def __init__(self, why: str) -> None:
        super().__init__(f"xml: {why}", errors=[{"field": "xml", "message": why}])


@dataclass(slots=True)
class Element:
    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Element]:
        return (child for child in self.children if child.name in names)

    def first(self, name: str) -> Element | None:
        return next(self.all(name), None)

    def get(self, attribute: str) -> str:
        return self.attributes.get(attribute, "").strip()[:MAX_VALUE_CHARS]


def read_xml(text: str) -> tuple[Element, Counter[str]]:
    """The model, and how often elements came that are no part of it, by name. Raises BadDexpi."""
    if len(text) > MAX_XML_CHARS:
        raise BadDexpi(f"has {len(text):,} characters; at most {MAX_XML_CHARS:,} are allowed. Export fewer sheets.")
    tree = _Tree()
    parser = DefusedXMLParser(target=tree, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(_without_declaration(text))
        root: Element | None = parser.close()
    except DefusedXmlException:
        raise BadDexpi("has a document type or entities; export it without them.") from None
    except (ParseError, ValueError) as error:
        raise BadDexpi(f"is not well-formed XML: {str(error)[:200]}.") from None
    if root is None:
        raise BadDexpi("must have <PlantModel> as its outermost element (Proteus XML, as DEXPI tools export it).")
    return root, tree.skipped


def _without_declaration(text: str) -> str:
    """The text is decoded already, so what the declaration says of its encoding is wrong now."""
    text = text.removeprefix("\ufeff").lstrip()
    if not text.startswith("<?xml"):
        return text
    return text.partition("?>")[2]


class _Tree:
    """What the parser reports, element by element."""

    def __init__(self) -> None:
        self.skipped: Counter[str] = Counter()
        self._root: Element | None = None
        self._open: list[Element] = []
        self._inside = 0  # how deep inside of a skipped element
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) + self._inside >= MAX_DEPTH:
            raise BadDexpi(f"has more than {MAX_ELEMENTS:,} elements, or {MAX_DEPTH} inside of one another.")
        name = tag.rpartition("}")[2]
        if not self._open and name != "PlantModel" and not self._inside:
            raise BadDexpi(f"has <{name[:40]}> as its outermost element; <PlantModel> is expected (Proteus XML).")
        if self._inside or name not in _KEPT:
            if not self._inside and name not in _UNREPORTED:
                self.skipped[name[:80]] += 1
            self._inside += 1
            return
        element = Element(name, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def end(self, tag: str) -> None:
        if self._inside:
            self._inside -= 1
        else:
            self._open.pop()

    def data(self, text: str) -> None:
        pass

    def close(self) -> Element | None:
        return self._root
