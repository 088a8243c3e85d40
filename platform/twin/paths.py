"""Path data of SVG: read into absolute lines and cubic curves, moved, written again. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
MAX_COMMANDS = 2_000
MAX_COORDINATE = 1e6
_TOKEN = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)|([\s,]+)")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_ARC_FLAGS = (3, 4)  # of an arc's numbers; they may stand without a separator: `a1 1 0 01 5 5`
_MAX_ARC_PIECE = math.pi / 2


class InvalidPath(ValueError):
    """The data is no path; what is wrong, for people."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`M`, `L`, `C` or `Z`, with absolute points: none, the end, or two controls and the end."""

    command: str
    points: tuple[Point, ...] = ()


def parse_path(d: str) -> list[Segment]:
    """The segments of path data. Raises InvalidPath."""
    reader = _Reader()
    for command, numbers in _commands(d):
        reader.take(command, numbers)
        if len(reader.segments) > MAX_COMMANDS:
            raise InvalidPath(f"more than {MAX_COMMANDS:,} commands")
    return reader.segments


def moved(segments: Sequence[Segment], move: Callable[[Point], Point]) -> list[Segment]:
    """Exact for affine moves."""
    return [Segment(each.command, tuple(move(point) for point in each.points)) for each in segments]


def write_path(segments: Sequence[Segment]) -> str:
    return "".join(each.command + " ".join(f"{written(x)} {written(y)}" for x, y in each.points) for each in segments)


def written(value: float) -> str:
    return f"{round(value, 2):g}" if abs(value) < 1e5 else str(round(value))


def points_along(segments: Sequence[Segment], pieces: int = 16) -> Iterator[list[Point]]:
    """Polylines, one for each subpath; curves in `pieces` lines."""
    line: list[Point] = []
    for each in segments:
        if each.command == "M":
            if len(line) > 1:
                yield line
            line = [each.points[0]]
        elif each.command == "Z":
            yield [*line, line[0]]
            line = [line[0]]
        elif each.command == "L":
            line.append(each.points[0])
        else:
            start = line[-1]
            line += [_on_curve(start, each.points, k / pieces) for k in range(1, pieces + 1)]
    if len(line) > 1:
        yield line


def _on_curve(start: Point, points: tuple[Point, ...], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    corners = (start, *points)
    return (
        sum(weight * x for weight, (x, _) in zip(weights, corners, strict=True)),
        sum(weight * y for weight, (_, y) in zip(weights, corners, strict=True)),
    )


def _commands(d: str) -> Iterator[tuple[str, list[float]]]:
    command, numbers, at = "", list[float](), 0
    while at < len(d):
        if command.upper() == "A" and len(numbers) % 7 in _ARC_FLAGS and d[at] in "01":
            numbers.append(float(d[at]))
            at += 1
            continue
        found = _TOKEN.match(d, at)
        if found is None:
            raise InvalidPath(f"unexpected “{d[at]}” at character {at + 1}")
        at = found.end()
        if found[1]:
            if command:
                yield from _split(command, numbers)
            command, numbers = found[1], []
        elif found[2]:
            numbers.append(_bounded(float(found[2])))
    if command:
        yield from _split(command, numbers)
    elif numbers:
        raise InvalidPath("it starts with a number instead of a command")


def _bounded(value: float) -> float:
    if not abs(value) <= MAX_COORDINATE:
        raise InvalidPath(f"coordinates go up to {MAX_COORDINATE:,.0f}")
    return value


def _split(command: str, numbers: list[float]) -> Iterator[tuple[str, list[float]]]:
    """Repeated arguments as commands of their own; after the first pair, a move's are lines."""
    count = _ARGUMENTS[command.upper()]
    if (count == 0) != (not numbers) or (count and len(numbers) % count):
        raise InvalidPath(f"“{command}” takes {count} numbers, not {len(numbers)}")
    if count == 0:
        yield command, []
    for start in range(0, len(numbers), count or 1):
        yield command, numbers[start : start + count]
        command = {"M": "L", "m": "l"}.get(command, command)


class _Reader:
    """Follows the pen."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._at: Point = (0.0, 0.0)
        self._begin: Point = (0.0, 0.0)
        self._control: tuple[str, Point] = ("", (0.0, 0.0))  # of the last curve: its family, its second control

    def take(self, command: str, numbers: list[float]) -> None:
        name = command.upper()
        if not self.segments and name != "M":
            raise InvalidPath("it must begin with a move (M)")
        if self.segments and self.segments[-1].command == "Z" and name != "M":
            self.segments.append(Segment("M", (self._begin,)))
        x0, y0 = self._at if command.islower() else (0.0, 0.0)
        if name in "HV":
            x, y = self._at
            self._line((x0 + numbers[0], y) if name == "H" else (x, y0 + numbers[0]))
        elif name == "A":
            rx, ry, turn, large, sweep, x, y = numbers
            self._arc(abs(rx), abs(ry), turn, bool(large), bool(sweep), (x0 + x, y0 + y))
        else:
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            self._take_points(name, [(_bounded(x0 + x), _bounded(y0 + y)) for x, y in pairs])

    def _take_points(self, name: str, points: list[Point]) -> None:
        if name == "M":
            self._begin = points[0]
            self._add("M", points[0])
        elif name == "L":
            self._line(points[0])
        elif name == "Z":
            self._add("Z")
            self._at = self._begin
        elif name == "C":
            self._curve(*points)
        elif name == "S":
            self._curve(self._reflected("C"), *points)
        elif name == "Q":
            self._quadratic(*points)
        else:
            self._quadratic(self._reflected("Q"), points[0])

    def _add(self, command: str, *points: Point) -> None:
        self.segments.append(Segment(command, points))
        self._control = ("", (0.0, 0.0))
        if points:
            self._at = points[-1]

    def _line(self, end: Point) -> None:
        self._add("L", end)

    def _curve(self, first: Point, second: Point, end: Point) -> None:
        self._add("C", first, second, end)
        self._control = ("C", second)

    def _quadratic(self, control: Point, end: Point) -> None:
        start = self._at
        self._add("C", _between(start, control, 2 / 3), _between(end, control, 2 / 3), end)
        self._control = ("Q", control)

    def _reflected(self, family: str) -> Point:
        kind, (x, y) = self._control
        return (2 * self._at[0] - x, 2 * self._at[1] - y) if kind == family else self._at

    def _arc(self, rx: float, ry: float, turn: float, large: bool, sweep: bool, end: Point) -> None:
        if rx == 0 or ry == 0 or self._at == end:
            self._line(end)
            return
        for first, second, corner in _arc_curves(self._at, rx, ry, math.radians(turn), large, sweep, end):
            self._curve(first, second, corner)
        self._control = ("", end)


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _arc_curves(
    start: Point, rx: float, ry: float, turn: float, large: bool, sweep: bool, end: Point
) -> Iterator[tuple[Point, Point, Point]]:
    """SVG 2, appendix B.2.4: from end points to centre; then each piece of at most a quarter as a cubic curve."""
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x1, y1 = cos * dx + sin * dy, -sin * dx + cos * dy
    scale = math.sqrt(max(1.0, (x1 / rx) ** 2 + (y1 / ry) ** 2))
    rx, ry = rx * scale, ry * scale
    under = (x1 / rx) ** 2 + (y1 / ry) ** 2
    if not 0 < under < math.inf:
        raise InvalidPath("an arc's radii or the distance of its ends are too close to 0")
    factor = math.sqrt(max(0.0, (1 - under) / under)) * (-1 if large == sweep else 1)
    cx1, cy1 = factor * rx * y1 / ry, -factor * ry * x1 / rx
    cx, cy = cos * cx1 - sin * cy1 + (start[0] + end[0]) / 2, sin * cx1 + cos * cy1 + (start[1] + end[1]) / 2
    begin = math.atan2((y1 - cy1) / ry, (x1 - cx1) / rx)
    extent = (math.atan2((-y1 - cy1) / ry, (-x1 - cx1) / rx) - begin) % math.tau
    if not sweep:
        extent -= math.tau
    pieces = max(1, math.ceil(abs(extent) / _MAX_ARC_PIECE - 1e-9))
    step = extent / pieces
    k = 4 / 3 * math.tan(step / 4)

    def at(x: float, y: float) -> Point:
        return cx + cos * rx * x - sin * ry * y, cy + sin * rx * x + cos * ry * y

    for piece in range(pieces):
        a, b = begin + piece * step, begin + (piece + 1) * step
        first = at(math.cos(a) - k * math.sin(a), math.sin(a) + k * math.cos(a))
        second = at(math.cos(b) + k * math.sin(b), math.sin(b) - k * math.cos(b))
        yield first, second, end if piece == pieces - 1 else at(math.cos(b), math.sin(b))
