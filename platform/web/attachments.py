"""Long texts of events and files of annotations: objects below their tenant's root, in one store and one limit.

An object is stored before what refers to it, and removed after that. Meanwhile it is noted, so that `sweep` finds what
a killed process left. What is restored or was never noted is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from web.stores import attachment_notes, attachments, documents

LEFT_S = 3_600.0  # longer than any request that stores one
LOCK = "attachments"

log = logging.getLogger(__name__)

Decide = Callable[[Mapping[str, float]], Mapping[str, bool]]


@dataclass(frozen=True, slots=True)
class AttachmentKind:
    """What is noted and removed is an object's key below the root or, in a `folder` of its own, that."""

    name: str
    folder: bool = False

    def put(self, tenant: TenantConnection, contents: Mapping[str, bytes]) -> bool:
        """Store objects by their keys; `settle` them once they are referred to. False if there is no room for all.

        Raises Unavailable, also if there is no store.
        """
        if (blobs := attachments()) is None:
            raise Unavailable("There is no store of attachments.")
        total = sum(map(len, contents.values()))
        limit, items = tenant.limits.event_attachment_bytes, self._items(contents)
        if not attachment_notes().reserve(tenant.prefix, self.name, items, total, limit):
            return False
        unused = total
        try:
            for key, data in contents.items():
                if blobs.put(f"{root_of(tenant)}/{key}", data):
                    unused -= len(data)
        finally:
            if unused:
                attachment_notes().release(tenant.prefix, unused)
        return True

    def settle(self, tenant: TenantConnection, keys: Collection[str]) -> None:
        """They are referred to. If Redis does not answer, a sweep finds that out."""
        try:
            attachment_notes().settle(tenant.prefix, self.name, self._items(keys))
        except Unavailable as error:
            log.warning("%s: notes of attachments stay for now: %s", tenant.slug, error.detail)

    def note(self, tenant: TenantConnection, keys: Collection[str]) -> None:
        """What refers to them is about to go."""
        attachment_notes().note(tenant.prefix, self.name, self._items(keys))

    def remove(self, tenant: TenantConnection, sizes: Mapping[str, int]) -> None:
        """Ensure that those that were noted are gone; their bytes by key. Without a store, as in a tenant's own pod, a
        sweep elsewhere does that.
        """
        if (blobs := attachments()) is None:
            return
        for item in self._items(sizes):
            blobs.remove(f"{root_of(tenant)}/{item}")
        attachment_notes().release(tenant.prefix, sum(sizes.values()))
        self.settle(tenant, sizes)

    def sweep(self, tenant: TenantConnection, decide: Decide, age_s: float = LEFT_S) -> int:
        """Remove what was left so long ago and is not referred to; how many.

        `decide` gets what was noted, with the times (s), and says of which it knows whether something refers to them.
        """
        left = attachment_notes().left(tenant.prefix, self.name, age_s)
        if not left or (blobs := attachments()) is None:
            return 0
        known = decide(left)
        attachment_notes().settle(tenant.prefix, self.name, [item for item, used in known.items() if used])
        removed = 0
        for item in [item for item, used in known.items() if not used]:
            with documents(tenant).exclusive(LOCK) as lock:
                if attachment_notes().claim(tenant.prefix, self.name, item, age_s):
                    lock.check()
                    blobs.remove(f"{root_of(tenant)}/{item}")
                    attachment_notes().settle(tenant.prefix, self.name, [item])
                    removed += 1
        if removed:
            recount(tenant)
            log.info("%s: removed %d attachments (%s) that nothing refers to", tenant.slug, removed, self.name)
        return removed

    def _items(self, keys: Collection[str]) -> list[str]:
        return list(dict.fromkeys(key.partition("/")[0] if self.folder else key for key in keys))


def root_of(tenant: TenantConnection) -> str:
    """Attachments stay with a kept disk, as documents do."""
    return tenant.disk or tenant.id


def recount(tenant: TenantConnection) -> None:
    """Give back the room that a killed process had reserved, and that of what was deleted."""
    if (blobs := attachments()) is not None:
        attachment_notes().set_attached(tenant.prefix, blobs.size(root_of(tenant)))
