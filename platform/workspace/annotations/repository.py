"""Annotations in the document database, and a copy of each tenant's in memory: charts ask for them at every change."""

from __future__ import annotations

import threading
from collections import OrderedDict

from kernel.ids import ANNOTATION
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position
from web.collection import Collection
from workspace.annotations.models import MAX_ANNOTATIONS, Annotation

ANNOTATIONS: Collection[Annotation] = Collection("annotations", ANNOTATION, Annotation, "annotation", MAX_ANNOTATIONS)
MAX_KEPT = 20_000  # annotations in the memory of one process

_kept: OrderedDict[str, tuple[Position, list[Annotation]]] = OrderedDict()
_lock = threading.Lock()


def all_of(tenant: TenantConnection) -> list[Annotation]:
    """The one that starts last first. One round trip to Redis while nothing has changed."""
    position = ANNOTATIONS.log_of(tenant).position()
    with _lock:
        known = _kept.get(tenant.documents)
        if known is not None and known[0].epoch == position.epoch and known[0].number >= position.number:
            _kept.move_to_end(tenant.documents)
            return known[1]
    found = sorted(ANNOTATIONS.find(tenant), key=lambda each: (-each.start, each.id))
    with _lock:
        _kept[tenant.documents] = position, found
        _kept.move_to_end(tenant.documents)
        while len(_kept) > 1 and sum(len(each) for _, each in _kept.values()) > MAX_KEPT:
            _kept.popitem(last=False)
    return found
