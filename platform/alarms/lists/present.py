"""The alarms as they are now, remembered by this process until one of them changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from alarms import states
from alarms.journal.replay import is_normal
from alarms.lists.listing import Listed
from kernel.tenancy import TenantConnection
from web.stores import alarms

MAX_ALARMS = 50_000  # of all tenants that are remembered
_remembered: OrderedDict[str, tuple[int, Sequence[Listed]]] = OrderedDict()
_guard = threading.Lock()


def alarms_now(tenant: TenantConnection) -> Sequence[Listed]:
    """All that are not normal, also those that are shelved, suppressed or out of service. While an on-delay is running
    an alarm is still normal.

    Each change has a number, so one look at that tells whether they are known.
    """
    number = alarms().number(tenant.prefix)
    with _guard:
        kept = _remembered.get(tenant.prefix)
        if kept is not None and kept[0] == number:
            _remembered.move_to_end(tenant.prefix)
            return kept[1]
    number, known = states.read_all(tenant)
    listed = [
        Listed(key, each.kept.state, each.kept.about, each.revision)
        for key, each in known.items()
        if each.kept is not None and not is_normal(each.kept.state)
    ]
    with _guard:
        _remembered[tenant.prefix] = number, listed
        _remembered.move_to_end(tenant.prefix)
        while len(_remembered) > 1 and sum(len(them) for _, them in _remembered.values()) > MAX_ALARMS:
            _remembered.popitem(last=False)
    return listed
