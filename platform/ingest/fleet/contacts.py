"""Signs of life: from heartbeats, and from the events that devices send."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingest.fleet.registry import Device, register
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from stores.redis.devices import Changed, Sign
from web import stream
from web.stores import devices

log = logging.getLogger(__name__)

RESOLUTION_MS = 5_000  # of when devices were heard by their events
MAX_NOTED = 50_000  # devices in one process
MAX_ANNOUNCED = 50  # by their ids; for more the whole list is read again


class Heard(NamedTuple):
    """A device that sent events: their newest time, and the firmware of the newest one that names it, `reported`."""

    device: str
    t: int
    firmware: str
    reported: int = 0

    def joined(self, t: int, firmware: str) -> Heard:
        """With one more event."""
        newer = bool(firmware) and t >= self.reported
        return Heard(self.device, max(t, self.t), firmware if newer else self.firmware, t if newer else self.reported)


_noted: OrderedDict[tuple[str, str], tuple[int, str]] = OrderedDict()
_lock = threading.Lock()


def note(tenant: TenantConnection, signs: Sequence[Sign], now: int) -> None:
    """Raises Unavailable."""
    announce(tenant, devices().note(tenant.prefix, signs, now))


def announce(tenant: TenantConnection, changed: Sequence[Changed]) -> None:
    if len(changed) > MAX_ANNOUNCED:
        stream.publish(tenant, stream.DEVICES)
        return
    for each in changed:
        stream.publish(tenant, stream.DEVICES, id=each.device, state=each.state)


def note_events(tenant: TenantConnection, heard: Iterable[Heard], now: int, sender: str = "") -> None:
    """Register the devices of events, and note when they were heard: when the event happened, as it may be of an old
    log that somebody else sends; now for the device `sender`, whose own token sent it. Raises nothing: the events are
    stored.
    """
    newest: dict[str, Heard] = {}
    for each in heard:
        known = newest.get(each.device) or Heard(each.device, each.t, "")
        newest[each.device] = known.joined(each.t, each.firmware)
    due = [each for each in newest.values() if _is_due(tenant, each, now if sender else min(each.t, now))]
    if not due:
        return
    try:
        registry = register(tenant, [each.device for each in due], "event", now)
        signs = [
            Sign(
                device.id,
                now if device.id == sender else min(each.t, now),
                firmware=each.firmware,
                reported=min(each.reported, now),
                set_ms=_set_interval(device),
            )
            for each in due
            if (device := registry.by_name.get(each.device)) is not None
        ]
        note(tenant, signs, now)
    except PlantraceError as error:
        log.warning("%ssigns of life are not noted: %s", tenant.prefix, error.detail)
        return
    _remember(tenant, due, now if sender else None, now)


def sign_of(
    device: Device, now: int, firmware: str = "", configuration: str = "", interval_s: float | None = None
) -> Sign:
    """Of a heartbeat. An interval that was set by hand wins."""
    declared = round(interval_s * 1_000) if interval_s is not None else None
    return Sign(device.id, now, declared, firmware, configuration, now, _set_interval(device))


def interval_sign(device: Device) -> Sign:
    """No sign of life, but the interval that was set by hand, or is no longer."""
    return Sign(device.id, set_ms=_set_interval(device))


def _set_interval(device: Device) -> int:
    """0 if none is set."""
    return round(device.interval_s * 1_000) if device.interval_s is not None else 0


def _is_due(tenant: TenantConnection, heard: Heard, at: int) -> bool:
    with _lock:
        noted = _noted.get((tenant.id, heard.device))
    if noted is None or at >= noted[0] + RESOLUTION_MS:
        return True
    return heard.firmware not in ("", noted[1]) and heard.reported >= noted[0]


def _remember(tenant: TenantConnection, noted: Sequence[Heard], at: int | None, now: int) -> None:
    with _lock:
        for each in noted:
            key = (tenant.id, each.device)
            firmware = each.firmware or (_noted[key][1] if key in _noted else "")
            _noted[key] = (at if at is not None else min(each.t, now), firmware)
            _noted.move_to_end(key)
        while len(_noted) > MAX_NOTED:
            _noted.popitem(last=False)
