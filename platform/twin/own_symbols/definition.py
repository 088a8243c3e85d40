"""A version's definition, made of what was sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kernel.errors import BadRequest
from twin.own_symbols.geometry import Drawn, placeholders_of, rebuild
from twin.own_symbols.models import SymbolContent
from twin.own_symbols.svg_reader import BadSvg, read_svg
from twin.symbols import Passage, Port, Slot, Symbol, accepts, library

_MEASURED, _ANY = ["discrete", "continuous"], ["continuous", "discrete", "counter", "text"]
_MACHINE = {"run": Slot("Running", _MEASURED, "state"), "speed": Slot("Speed", ["continuous"], "speed")}
_STATES: dict[str, tuple[dict[str, Slot], list[str]]] = {
    "none": ({}, []),
    "running": (_MACHINE, ["stopped", "fault"]),
    "position": ({"position": Slot("Position", _MEASURED, "state")}, ["closed"]),
}
_NO_FLOW = ("signal", "electricity", "shaft")


class InvalidSymbol(BadRequest):
    """`errors`: all of them, by field."""

    slug, title = "invalid-symbol", "The symbol is not valid"


def make_definition(content: SymbolContent, before: Symbol | None) -> Symbol:
    """Raises BadSvg, InvalidSymbol."""
    drawn = _drawn(content, before)
    errors = list(_errors(content, drawn))
    if errors:
        where, message = errors[0]
        raise InvalidSymbol(f"{where}: {message}", errors=[{"field": at, "message": what} for at, what in errors])
    slots, blocked = _STATES[content.states]
    return Symbol(
        title=content.name.strip(),
        group=content.group.strip(),
        standard="none",
        words=content.words,
        width=drawn.width,
        height=drawn.height,
        resizable=content.resizable,
        states=content.states,
        passes=content.passes,
        shape=drawn.shape,
        ports=content.ports,
        slots={**slots, **_slots_by_shape(drawn)},
        passages=list(_passages(content.ports, blocked)),
    )


def _drawn(content: SymbolContent, before: Symbol | None) -> Drawn:
    if content.svg is not None:
        return rebuild(read_svg(content.svg), content.width)
    if before is None:
        raise BadSvg("is missing: send the symbol's drawing.")
    if content.width is not None and content.width != before.width:
        raise InvalidSymbol(
            "width: send `svg` too: another width is another shape.",
            errors=[{"field": "width", "message": "send `svg` too: another width is another shape."}],
        )
    return Drawn(before.width, before.height, before.shape)


def _slots_by_shape(drawn: Drawn) -> dict[str, Slot]:
    slots = {"value": Slot("Value", _ANY, "value" if "value" in placeholders_of(drawn.shape) else "none")}
    if any(part.role == "liquid" for part in drawn.shape):
        slots["level"] = Slot("Level", ["continuous"], "level")
    return slots


def _passages(ports: dict[str, Port], blocked: list[str]) -> Iterator[Passage]:
    """From each inlet to each outlet of a medium that flows: the air of a heat exchanger stays apart from its water."""
    for source, into in ports.items():
        for target, out in ports.items():
            if source != target and into.way != "out" and out.way != "in" and _flowing(into) & _flowing(out):
                yield Passage(source, target, blocked)


def _flowing(port: Port) -> set[str]:
    """The kinds of media that flow through a port."""
    kinds = {medium.kind for medium in library().media.values()}
    return {kind for kind in kinds if kind not in _NO_FLOW and accepts(port.kind, kind)}


def _errors(content: SymbolContent, drawn: Drawn) -> Iterator[tuple[str, str]]:
    if not content.name.strip() or re.search(r"[\x00-\x1f]", content.name):
        yield "name", "must have a letter or digit, and no control characters."
    places: dict[tuple[Any, ...], str] = {}
    for name, port in content.ports.items():
        if not (0 <= port.x <= drawn.width and 0 <= port.y <= drawn.height):
            yield f"ports.{name}", f"must lie within the symbol: {drawn.width:g} by {drawn.height:g}."
        place = (port.x, port.y, port.kind)
        if place in places:
            yield f"ports.{name}", f"is at the place of {places[place]} and of its kind."
        places.setdefault(place, name)
    known = {"label", "letters", "number", "value", "value:tag"}
    for unknown in sorted(placeholders_of(drawn.shape) - known)[:10]:
        yield "svg", f"the text {{{unknown}}} is not a placeholder; use one of {', '.join(sorted(known))}."
