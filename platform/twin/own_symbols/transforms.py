"""`transform` of SVG as affine matrices. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from twin.paths import MAX_COORDINATE, Point

MAX_STEPS = 20
_STEP = re.compile(r"\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)[\s,]*")
_COUNTS = {"matrix": (6,), "translate": (1, 2), "scale": (1, 2), "rotate": (1, 3), "skewX": (1,), "skewY": (1,)}


@dataclass(frozen=True, slots=True)
class Affine:
    """x' = a x + c y + e; y' = b x + d y + f."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def __call__(self, point: Point) -> Point:
        x, y = point
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def __matmul__(self, first: Affine) -> Affine:
        """`first`, then this."""
        (a, b), (c, d), (e, f) = self((first.a, first.b)), self((first.c, first.d)), self((first.e, first.f))
        return Affine(a - self.e, b - self.f, c - self.e, d - self.f, e, f)


def parse_transform(text: str) -> Affine:
    """Raises ValueError, which says what is wrong."""
    result, at, steps = Affine(), 0, 0
    while at < len(text.rstrip()):
        found = _STEP.match(text, at)
        steps += 1
        if found is None or steps > MAX_STEPS:
            raise ValueError(f"“{text[:60]}” is not a transform of up to {MAX_STEPS} steps")
        result = result @ _step(found[1], found[2])
        at = found.end()
    return result


def parse_numbers(text: str, limit: int) -> list[float]:
    """Separated by blanks or commas. Raises ValueError."""
    parts = text.replace(",", " ").split(None, limit)
    if len(parts) > limit:
        raise ValueError(f"more than {limit} numbers")
    return [parse_number(part) for part in parts]


def parse_number(text: str) -> float:
    """Raises ValueError."""
    if re.fullmatch(r"[+-]?(\d{1,12}\.?\d{0,12}|\.\d{1,12})([eE][+-]?\d{1,3})?", text) is None:
        raise ValueError(f"“{text[:40]}” is not a number")
    value = float(text)
    if not abs(value) <= MAX_COORDINATE:
        raise ValueError(f"“{text[:40]}” is too large")
    return value


def _step(name: str, text: str) -> Affine:
    numbers = parse_numbers(text, 6)
    if len(numbers) not in _COUNTS[name]:
        raise ValueError(f"{name} takes {' or '.join(map(str, _COUNTS[name]))} numbers")
    if name == "matrix":
        return Affine(*numbers)
    if name == "translate":
        return Affine(e=numbers[0], f=(numbers[1:] or [0])[0])
    if name == "scale":
        return Affine(a=numbers[0], d=(numbers[1:] or numbers)[0])
    turn = math.radians(numbers[0])
    if name == "rotate":
        x, y = numbers[1:] or (0, 0)
        turned = Affine(math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn))
        return Affine(e=x, f=y) @ turned @ Affine(e=-x, f=-y)
    return Affine(c=math.tan(turn)) if name == "skewX" else Affine(b=math.tan(turn))
