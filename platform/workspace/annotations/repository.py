"""Annotations in the document database, and a copy of each tenant's in memory: charts ask for them at every change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from sys import getsizeof

from kernel.ids import ANNOTATION
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position
from web.collection import Collection
from workspace.annotations.models import MAX_ANNOTATIONS, Annotation

ANNOTATIONS: Collection[Annotation] = Collection("annotations", ANNOTATION, Annotation, "annotation", MAX_ANNOTATIONS)
MAX_KEPT, MAX_KEPT_BYTES = 20_000, 32 << 20  # annotations in the memory of one process
OBJECT_BYTES = 600  # of an annotation or a file of one, without its texts


@dataclass(frozen=True, slots=True)
class _Kept:
    position: Position
    annotations: list[Annotation]
    bytes: int


_kept: OrderedDict[str, _Kept] = OrderedDict()
_lock = threading.Lock()


def all_of(tenant: TenantConnection) -> list[Annotation]:
    """The one that starts last first. One round trip to Redis while nothing has changed."""
    position = ANNOTATIONS.log_of(tenant).position()
    with _lock:
        known = _kept.get(tenant.documents)
        if known is not None and known.position.epoch == position.epoch and known.position.number >= position.number:
            _kept.move_to_end(tenant.documents)
            return known.annotations
    found = sorted(ANNOTATIONS.find(tenant), key=lambda each: (-each.start, each.id))
    with _lock:
        _kept[tenant.documents] = _Kept(position, found, sum(map(_bytes_of, found)))
        _kept.move_to_end(tenant.documents)
        while len(_kept) > 1 and _is_full():
            _kept.popitem(last=False)
    return found


def _is_full() -> bool:
    kept = _kept.values()
    return sum(len(each.annotations) for each in kept) > MAX_KEPT or sum(each.bytes for each in kept) > MAX_KEPT_BYTES


def _bytes_of(annotation: Annotation) -> int:
    return getsizeof(annotation.text) + getsizeof(annotation.link) + OBJECT_BYTES * (1 + len(annotation.files))
