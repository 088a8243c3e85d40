"""Validation of drawings: reports all errors, each with its location."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from catalog.rules import RULES
from kernel.errors import BadRequest
from kernel.suggest import closest, limit_searches
from kernel.text import CONTROL
from twin.models import (
    MAX_PARTS,
    MAX_SIZE,
    Background,
    Drawing,
    DrawingError,
    Pipe,
    PipeEnd,
    Placement,
    Tag,
    Text,
)
from twin.symbols import Port, Symbol, accepts, library

MAX_ERRORS = 200
MAX_SUGGESTIONS = 100  # per drawing: each one searches all its placements
T = TypeVar("T", Placement, Pipe, Tag, Text)


class SensorLike(Protocol):
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plant:
    """What a drawing of one site may refer to: assets, sensors, schematics and scans by id, symbols by name."""

    assets: Mapping[str, object]
    sensors: Mapping[str, SensorLike]
    schematics: Container[str] = ()
    scans: Container[str] = ()
    symbols: Mapping[str, Symbol] = field(default_factory=lambda: library().symbols)


def check_drawing(raw: Any, plant: Plant) -> Drawing:
    """Parse and validate a drawing. Raises BadRequest with all errors as `errors: [{field, message}]`."""
    errors: list[DrawingError] = []
    drawing = parse_drawing(raw, errors)
    with limit_searches(MAX_SUGGESTIONS):
        errors += _errors_in(drawing, plant)
    if errors:
        raise invalid_drawing(errors)
    return drawing


def check_draft(raw: Any, symbols: Mapping[str, Symbol]) -> Drawing:
    """Parse a drawing that somebody is still working on. Only what cannot be drawn is refused, as `check_drawing` does:
    malformed parts, equal ids, unknown symbols, and pipes and tags at what the drawing does not have.
    """
    errors: list[DrawingError] = []
    drawing = parse_drawing(raw, errors)
    with limit_searches(MAX_SUGGESTIONS):
        errors += _not_drawable(drawing, symbols)
    if errors:
        raise invalid_drawing(errors)
    return drawing


def invalid_drawing(errors: Sequence[DrawingError]) -> BadRequest:
    first, more = errors[0], len(errors) - 1
    rest = f" ({more} more in `errors`)" if more else ""
    return BadRequest(
        f"The drawing is not valid at {first.field}: {first.message}{rest}",
        slug="invalid-drawing",
        errors=list(errors[:MAX_ERRORS]),
    )


def parse_drawing(raw: Any, errors: list[DrawingError]) -> Drawing:
    """Parse part by part, so that one malformed part does not hide errors in others. Malformed parts are left out."""
    if not isinstance(raw, dict):
        raise invalid_drawing(
            [DrawingError("drawing", "an object is expected, with width, height, placements, pipes, tags, texts")]
        )
    unknown = sorted(str(name) for name in raw.keys() - set(Drawing.__struct_fields__))
    errors += [DrawingError(name, "unknown member") for name in unknown]
    return Drawing(
        width=_size(raw, "width", errors),
        height=_size(raw, "height", errors),
        placements=_parts(raw, "placements", Placement, errors),
        pipes=_parts(raw, "pipes", Pipe, errors),
        tags=_parts(raw, "tags", Tag, errors),
        texts=_parts(raw, "texts", Text, errors),
        background=_background(raw, errors),
    )


def _size(raw: dict[str, Any], name: str, errors: list[DrawingError]) -> float:
    value = raw.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= MAX_SIZE:
        return value
    errors.append(DrawingError(name, f"a number above 0 and up to {MAX_SIZE} is expected"))
    return 0


def _background(raw: dict[str, Any], errors: list[DrawingError]) -> Background | UnsetType:
    if "background" not in raw:
        return UNSET
    try:
        found = msgspec.convert(raw["background"], Background)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        errors.append(DrawingError(f"background{path.rstrip('`')}", message))
        return UNSET
    if not (found.scan and 0 < found.width <= MAX_SIZE and 0 < found.height <= MAX_SIZE):
        errors.append(DrawingError("background", f"a scan, and sides above 0 and up to {MAX_SIZE} are expected"))
    return found


def _parts(raw: dict[str, Any], name: str, kind: type[T], errors: list[DrawingError]) -> list[T]:
    items = raw.get(name, [])
    if not isinstance(items, list) or len(items) > MAX_PARTS:
        errors.append(DrawingError(name, f"a list of at most {MAX_PARTS} is expected"))
        return []
    parts: list[T] = []
    for index, item in enumerate(items):
        try:
            part = msgspec.convert(item, kind)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$")
            errors.append(DrawingError(f"{name}[{index}]{path.rstrip('`')}", message))
            part = _placeholder(kind)  # keeps the indexes of the parts after it
        else:
            if not part.id:
                errors.append(DrawingError(f"{name}[{index}].id", "must not be empty"))
        parts.append(part)
    return parts


def _placeholder(kind: type[T]) -> T:
    """Stands in for a part that could not be parsed; `_errors_in` skips parts without an id."""
    empty: dict[str, Any] = {"id": "", "symbol": "", "x": 0, "y": 0, "medium": "water", "sensor": "", "text": ""}
    end = {"placement": "", "port": ""}
    fields = {name: empty.get(name, end) for name in kind.__struct_fields__ if name in {*empty, "source", "target"}}
    return msgspec.convert(fields, kind)


def _errors_in(drawing: Drawing, plant: Plant) -> list[DrawingError]:
    placements = {placement.id: placement for placement in drawing.placements if placement.id}
    errors = [*_duplicate_ids(drawing), *_unreadable(drawing)]
    if isinstance(drawing.background, Background) and drawing.background.scan not in plant.scans:
        errors.append(DrawingError("background.scan", f"there is no scan {drawing.background.scan[:40]}"))
    for index, placement in enumerate(drawing.placements):
        errors += _placement(f"placements[{index}]", placement, plant) if placement.id else ()
    for index, pipe in enumerate(drawing.pipes):
        errors += _pipe(f"pipes[{index}]", pipe, placements, plant) if pipe.id else ()
    for index, tag in enumerate(drawing.tags):
        errors += _tag(f"tags[{index}]", tag, placements, plant) if tag.id else ()
    return errors


def _not_drawable(drawing: Drawing, symbols: Mapping[str, Symbol]) -> Iterable[DrawingError]:
    placements = {placement.id: placement for placement in drawing.placements if placement.id}
    yield from _duplicate_ids(drawing)
    yield from _unreadable(drawing)
    yield from (DrawingError(where, "must not be empty") for where in _empty_names(drawing))
    for index, placement in enumerate(drawing.placements):
        if placement.id and placement.symbol not in symbols:
            yield _unknown_symbol(f"placements[{index}]", placement, symbols)
    for index, pipe in enumerate(drawing.pipes):
        for name, end in (("source", pipe.source), ("target", pipe.target)) if pipe.id else ():
            found = _port(f"pipes[{index}].{name}", end, placements, symbols)
            yield from (each for each in found if isinstance(each, DrawingError))
    for index, tag in enumerate(drawing.tags):
        if tag.id and tag.of is not None and tag.of not in placements:
            yield _nothing_there(f"tags[{index}]", tag.of, placements)


def _empty_names(drawing: Drawing) -> Iterable[str]:
    """Where a drawing refers to an asset, a schematic or a sensor without naming it."""
    for index, placement in enumerate(drawing.placements):
        where, new = f"placements[{index}]", placement.new_asset
        yield from (f"{where}.{name}" for name in ("asset", "link") if getattr(placement, name) == "")
        if not isinstance(new, UnsetType):
            yield from (f"{where}.new_asset.{name}" for name in ("tag", "name") if getattr(new, name) == "")
        yield from (f"{where}.slots.{slot}.sensor" for slot, binding in placement.slots.items() if not binding.sensor)
    yield from (f"tags[{index}].sensor" for index, tag in enumerate(drawing.tags) if tag.id and not tag.sensor)


def _unreadable(drawing: Drawing) -> Iterable[DrawingError]:
    """Words with characters that are not seen, or that reorder the others."""
    for list_name in ("placements", "pipes", "tags", "texts"):
        for index, part in enumerate(getattr(drawing, list_name)):
            for member in ("label", "name", "text", "layer"):
                words = getattr(part, member, None)
                if isinstance(words, str) and CONTROL.search(words):
                    why = "holds a control character, or one that changes the direction of text"
                    yield DrawingError(f"{list_name}[{index}].{member}", why)


def _duplicate_ids(drawing: Drawing) -> Iterable[DrawingError]:
    seen: dict[str, str] = {}
    for name in ("placements", "pipes", "tags", "texts"):
        for index, part in enumerate(getattr(drawing, name)):
            where = f"{name}[{index}].id"
            if part.id and part.id in seen:
                yield DrawingError(where, f"“{part.id}” is also the id of {seen[part.id]}")
            seen.setdefault(part.id, where.removesuffix(".id"))


def _placement(where: str, placement: Placement, plant: Plant) -> Iterable[DrawingError]:
    symbol = plant.symbols.get(placement.symbol)
    if symbol is None:
        yield _unknown_symbol(where, placement, plant.symbols)
    elif not symbol.resizable and (placement.width is not None or placement.height is not None):
        yield DrawingError(f"{where}.width", f"a {symbol.title.lower()} has one size; leave width and height out")
    if placement.asset is not None and placement.asset not in plant.assets:
        yield DrawingError(f"{where}.asset", f"there is no asset {placement.asset} at this site")
    if placement.link is not None:
        yield from _link(f"{where}.link", placement.link, symbol, plant)
    yield from _new_asset(f"{where}.new_asset", placement)
    for slot, binding in placement.slots.items():
        yield from _sensor(f"{where}.slots.{slot}.sensor", binding.sensor, plant)
        if symbol is not None:
            yield from _slot(f"{where}.slots.{slot}", slot, symbol, plant.sensors.get(binding.sensor))


def _new_asset(where: str, placement: Placement) -> Iterable[DrawingError]:
    if isinstance(new := placement.new_asset, UnsetType):
        return
    if placement.asset is not None:
        yield DrawingError(where, "the placement has an asset already; leave out one of the two")
    for name, value in msgspec.structs.asdict(new).items():
        try:
            if not isinstance(value, UnsetType):
                RULES["assets"][name](value)
        except ValueError as error:
            yield DrawingError(f"{where}.{name}", str(error))


def _link(where: str, link: str, symbol: Symbol | None, plant: Plant) -> Iterable[DrawingError]:
    if symbol is not None and not symbol.links:
        yield DrawingError(where, f"a {symbol.title.lower()} has no link; use the symbol “link” or “off_page”")
    elif link not in plant.schematics:
        yield DrawingError(where, f"there is no schematic {link}")


def _slot(where: str, name: str, symbol: Symbol, sensor: SensorLike | None) -> Iterable[DrawingError]:
    slot = symbol.slots.get(name)
    if slot is None:
        yield DrawingError(where, _unknown(f"slot of a {symbol.title.lower()}", name, symbol.slots))
    elif sensor is not None and sensor.kind not in slot.kinds:
        yield DrawingError(
            f"{where}.sensor", f"this slot takes a {' or '.join(slot.kinds)} sensor, not a {sensor.kind} one"
        )


def _sensor(where: str, sensor: str, plant: Plant) -> Iterable[DrawingError]:
    if sensor not in plant.sensors:
        yield DrawingError(where, f"there is no sensor {sensor} at this site")


def _pipe(where: str, pipe: Pipe, placements: Mapping[str, Placement], plant: Plant) -> Iterable[DrawingError]:
    kind = library().media[pipe.medium].kind
    for name, end, wrong_way in (("source", pipe.source, "in"), ("target", pipe.target, "out")):
        port = None
        for found in _port(f"{where}.{name}", end, placements, plant.symbols):
            if isinstance(found, DrawingError):
                yield found
            else:
                port = found
        if port is not None and not accepts(port.kind, kind):
            yield DrawingError(f"{where}.{name}.port", f"port “{end.port}” takes {port.kind}, not {pipe.medium}")
        if port is not None and port.way == wrong_way:
            yield DrawingError(
                f"{where}.{name}.port", f"port “{end.port}” is an {'inlet' if wrong_way == 'in' else 'outlet'}"
            )
    if pipe.source == pipe.target:
        yield DrawingError(where, "both ends are the same port")


def _port(
    where: str, end: PipeEnd, placements: Mapping[str, Placement], symbols: Mapping[str, Symbol]
) -> Iterable[Port | DrawingError]:
    placement = placements.get(end.placement)
    if placement is None:
        yield DrawingError(f"{where}.placement", _unknown("placement", end.placement, placements))
        return
    symbol = symbols.get(placement.symbol)
    if symbol is None:
        return  # reported at the placement
    port = symbol.ports.get(end.port)
    yield port or DrawingError(f"{where}.port", _unknown(f"port of a {symbol.title.lower()}", end.port, symbol.ports))


def _tag(where: str, tag: Tag, placements: Mapping[str, Placement], plant: Plant) -> Iterable[DrawingError]:
    yield from _sensor(f"{where}.sensor", tag.sensor, plant)
    if tag.of is not None and tag.of not in placements:
        yield _nothing_there(where, tag.of, placements)


def _unknown_symbol(where: str, placement: Placement, symbols: Mapping[str, Symbol]) -> DrawingError:
    return DrawingError(f"{where}.symbol", _unknown("symbol", placement.symbol, symbols))


def _nothing_there(where: str, of: str, placements: Mapping[str, Placement]) -> DrawingError:
    return DrawingError(f"{where}.of", _unknown("placement", of, placements))


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    found = closest(name, known, 1)
    hint = f"did you mean “{found[0]}”?" if found else f"known: {', '.join(sorted(islice(known, 30))) or 'none'}"
    return f"unknown {what} “{name[:100]}”; {hint}"
