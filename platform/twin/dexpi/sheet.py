"""From the file's sheet to the drawing's: y downwards, pixels, and a little room around. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.dexpi.plant_model import Box, PlantModel
from twin.placing import Point

PX_PER_MM = 4.0  # a valve of 8 mm is about as wide as ours
MARGIN = 40
_MAX_SIDE, _MIN_SIDE = 20_000.0, 200.0


@dataclass(frozen=True, slots=True)
class Sheet:
    left: float
    top: float
    scale: float
    width: float
    height: float

    def __call__(self, point: Point) -> Point:
        return round((point[0] - self.left) * self.scale), round((self.top - point[1]) * self.scale)


def sheet_of(model: PlantModel) -> Sheet:
    """The file's own box, enlarged to what is placed outside of it."""
    points = list(_points(model))
    if model.box:
        points += [(model.box.left, model.box.bottom), (model.box.right, model.box.top)]
    if not points:
        return Sheet(0, 0, 1, 1200, 800)
    scale = model.unit_mm * PX_PER_MM
    xs, ys = [x for x, _ in points], [y for _, y in points]
    side = max(max(xs) - min(xs), max(ys) - min(ys))
    if side * scale > _MAX_SIDE:
        scale = _MAX_SIDE / side
    room = 0 if model.box else MARGIN
    box = Box(min(xs) - room / scale, min(ys) - room / scale, max(xs) + room / scale, max(ys) + room / scale)
    width, height = (max(_MIN_SIDE, round(length * scale)) for length in (box.width, box.height))
    return Sheet(box.left, box.top, scale, width, height)


def _points(model: PlantModel) -> Iterator[Point]:
    for item in model.items.values():
        if item.at:
            yield item.at
        if item.box:
            yield item.box.left, item.box.bottom
            yield item.box.right, item.box.top
