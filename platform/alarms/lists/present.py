"""The alarms as they are now, remembered by this process until one of them changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from alarms import states
from alarms.journal.replay import is_normal
from alarms.lists.listing import Listed
from kernel.tenancy import TenantConnection
from stores.redis.alarms import StoredState
from web.stores import alarms

MAX_ALARMS = 50_000  # of all tenants that are remembered


class _Read(NamedTuple):
    """An alarm as it was decoded; `listed` None: it is normal. `payload`: the hash of what was stored."""

    revision: int
    payload: int
    listed: Listed | None


class Present(NamedTuple):
    """`listed`: all that are not normal. `raised`: when alarms were raised in the last day, and at which site."""

    listed: Sequence[Listed]
    raised: Sequence[tuple[int, str]]


class _Remembered(NamedTuple):
    number: int
    read: Mapping[str, _Read]
    present: Present


_remembered: OrderedDict[str, _Remembered] = OrderedDict()
_guard = threading.Lock()


def alarms_now(tenant: TenantConnection) -> Present:
    """Those that are shelved, suppressed or out of service are not normal either. While an on-delay is running an alarm
    still is.

    Each change has a number, so one look at that tells whether they are known. Of others only those that have changed
    are decoded, and the rest are the same objects as before.
    """
    number = alarms().number(tenant.prefix)
    with _guard:
        kept = _remembered.get(tenant.prefix)
        if kept is not None and kept.number == number:
            _remembered.move_to_end(tenant.prefix)
            return kept.present
    number, stored = alarms().all_states(tenant.prefix)
    before = kept.read if kept is not None else {}
    read = {key: _read(key, each, before.get(key)) for key, each in stored.items()}
    listed = [each.listed for each in read.values() if each.listed is not None]
    present = Present(listed, alarms().raised(tenant.prefix))
    with _guard:
        _remembered[tenant.prefix] = _Remembered(number, read, present)
        _remembered.move_to_end(tenant.prefix)
        while len(_remembered) > 1 and sum(len(each.read) for each in _remembered.values()) > MAX_ALARMS:
            _remembered.popitem(last=False)
    return present


def _read(key: str, stored: StoredState, before: _Read | None) -> _Read:
    payload = hash(stored.payload)
    if before is not None and before.revision == stored.revision and before.payload == payload:
        return before
    kept = states.known_of(stored).kept
    if kept is None or is_normal(kept.state):
        return _Read(stored.revision, payload, None)
    return _Read(stored.revision, payload, Listed(key, kept.state, kept.about, stored.revision))
