"""Dead letters that were kept because no rule matched them, replayed once one does."""

from __future__ import annotations

import time

from ingest.dead_letters import operations as dead_letters
from ingest.dead_letters.models import letter_of
from ingest.mapping_admin.models import Replayed
from kernel.errors import NotFound, TooManyRequests, Unavailable
from kernel.tenancy import TenantConnection

PAGE_SIZE = 100
MAX_LETTERS, MAX_S = 20_000, 10.0  # of one call


def replay_matching(tenant: TenantConnection, now_ns: int) -> Replayed:
    """Newest first. A kill in between leaves the rest as it is, and it can be called again."""
    deadline = time.monotonic() + MAX_S
    letters = points = left = looked = 0
    before = ""
    while looked < MAX_LETTERS and time.monotonic() < deadline:
        page = dead_letters.letters().page(tenant.prefix, PAGE_SIZE, before)
        if not page:
            return Replayed(letters, points, left, more=False)
        looked, before = looked + len(page), page[-1].id
        ids = [kept.id for kept in page if (letter := letter_of(kept)).unmatched and not letter.cut]
        if not ids:
            continue
        try:
            done = dead_letters.replay_many(tenant, ids, now_ns)
        except NotFound:
            continue  # somebody else has replayed or removed them
        except (TooManyRequests, Unavailable):
            break
        letters, points, left = letters + done.letters, points + done.points, left + len(done.refused)
    return Replayed(letters, points, left, more=True)
