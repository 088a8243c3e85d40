"""An uploaded SVG as a tree of what is allowed in it: bounded before and while it is parsed, without entities.

Nothing of the file is kept as it came: `geometry` makes our own primitives of the elements and attributes here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from kernel.errors import BadRequest

MAX_SVG_CHARS = 200_000
MAX_ELEMENTS, MAX_DEPTH = 1_000, 20
SVG = "http://www.w3.org/2000/svg"
SHAPES = ("path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "text")
_GROUPS = ("svg", "g", *SHAPES, "tspan")
_IGNORED = ("title", "desc", "metadata", "defs")  # with all they contain
_GEOMETRY = (
    "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points",
    "viewBox", "transform", "data-role",
)  # fmt: skip
_PAINT = ("fill", "stroke", "stroke-dasharray", "display", "visibility")
_LINKS = ("href", "src")


class BadSvg(BadRequest):
    """`svg` cannot become a symbol; what to change in it."""

    slug, title = "invalid-svg", "The SVG cannot become a symbol"

    def __init__(self, why: str) -> None:
        super().__init__(f"svg: {why}", errors=[{"field": "svg", "message": why}])


@dataclass(slots=True)
class Node:
    name: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""


def read_svg(text: str) -> Node:
    """Raises BadSvg."""
    if len(text) > MAX_SVG_CHARS:
        raise BadSvg(f"has {len(text):,} characters; at most {MAX_SVG_CHARS:,} are allowed. Simplify its paths.")
    target = _Tree()
    parser = DefusedXMLParser(target=target, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        root: Node | None = parser.close()
    except DefusedXmlException:
        raise BadSvg("has a document type or entities; save it as plain SVG, without them.") from None
    except (ParseError, ValueError) as error:
        raise BadSvg(f"is not well-formed XML: {str(error)[:200]}.") from None
    if root is None or root.name != "svg":
        raise BadSvg("must have <svg> as its outermost element.")
    return root


class _Tree:
    """What the parser reports, element by element."""

    def __init__(self) -> None:
        self._root: Node | None = None
        self._open: list[Node] = []
        self._skipped = 0  # how deep inside of an ignored element
        self._count = 0
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        self._depth += 1
        if self._count > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise BadSvg(f"has more than {MAX_ELEMENTS:,} elements, or {MAX_DEPTH} inside of one another.")
        namespace, _, name = tag.rpartition("}")
        if self._skipped or namespace not in ("", "{" + SVG) or name in _IGNORED:
            self._skipped += 1
            return
        if name not in _GROUPS:
            raise BadSvg(f"has <{name[:40]}>; only {', '.join(_GROUPS)} are allowed.")
        node = Node(name, _allowed(name, attributes))
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
            return
        closed = self._open.pop()
        if closed.name == "tspan" and self._open:
            self._open[-1].text += closed.text

    def data(self, text: str) -> None:
        if not self._skipped and self._open and self._open[-1].name in ("text", "tspan"):
            self._open[-1].text += text

    def close(self) -> Node | None:
        return self._root


def _allowed(element: str, attributes: dict[str, str]) -> dict[str, str]:
    """Geometry and paint; a script or a reference is refused instead of left out, so that its sender learns of it."""
    kept: dict[str, str] = {}
    for tag, value in attributes.items():
        name = tag.rpartition("}")[2]
        if name.lower().startswith("on") or name in _LINKS:
            raise BadSvg(f"has the attribute {name[:40]} on <{element}>; scripts and references are not allowed.")
        if name in _GEOMETRY or name in _PAINT:
            kept[name] = value
    return kept | dict(_declarations(attributes.get("style", "")))


def _declarations(style: str) -> list[tuple[str, str]]:
    found = re.findall(r"(?:^|;)\s*([a-z-]{1,40})\s*:\s*([^;]{0,100})", style)
    return [(name, value.strip()) for name, value in found if name in _PAINT]
