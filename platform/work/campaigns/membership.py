"""Which devices a campaign has, and how far each is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from catalog.snapshot import Snapshot
from work.campaigns.models import (
    MAX_DEVICES,
    MAX_REPLACED,
    MAX_REPLACED_BYTES,
    CampaignCounts,
    CampaignDevice,
    DeviceQuery,
)
from work.cases.models import Case
from work.patterns import matcher
from work.seams import DeviceRecord


def fits(query: DeviceQuery, device: DeviceRecord, snapshot: Snapshot) -> bool:
    asset = snapshot.assets.get(device.asset or "")
    if query.asset_types and (asset is None or asset.type not in query.asset_types):
        return False
    if query.site is not None and (asset is None or asset.site != query.site):
        return False
    if query.names and not any(matcher(each)(device.name) for each in query.names):
        return False
    if query.firmware and not any(matcher(each)(device.firmware) for each in query.firmware):
        return False
    return not (query.not_firmware and any(matcher(each)(device.firmware) for each in query.not_firmware))


def compared(
    known: Iterable[CampaignDevice], fitting: Sequence[DeviceRecord], cases: Mapping[str, Case], now: int
) -> tuple[list[CampaignDevice], bool]:
    """By name, and whether more fit than there may be. `cases`: the newest of the campaign by device.

    Those that fit join, pending ones that fit no more leave, and a case that is done makes its device done, which only
    a person takes back.
    """
    found: dict[str, CampaignDevice] = {}
    by_id = {device.id: device for device in fitting}
    for each in known:
        case = cases.get(each.device)
        found[each.device] = _progressed(each, by_id.get(each.device), case, now)
    new = [device for device in fitting if device.id not in found]
    room = max(0, MAX_DEVICES - len(found))
    for device in new[:room]:
        found[device.id] = CampaignDevice(
            device=device.id, name=device.name, asset=device.asset, firmware=device.firmware, progress="pending",
            joined=now, changed=now, by="", note="", case=None,
        )  # fmt: skip
    return sorted(found.values(), key=place_of), len(new) > room


def replaced(before: Iterable[CampaignDevice], after: Iterable[CampaignDevice]) -> list[CampaignDevice]:
    """What is another in `after`, in order of time. A case that was opened follows from the cases."""
    new = {each.device: each for each in after}
    was = [each for each in before if replace(new.get(each.device, each), case=None) != replace(each, case=None)]
    return sorted(was, key=lambda each: each.changed)


def bounded(devices: Sequence[CampaignDevice]) -> Sequence[CampaignDevice]:
    """The last of them, as many as are kept."""
    kept, size = devices[-MAX_REPLACED:], 0
    for count, each in enumerate(reversed(kept)):
        size += len(msgspec.json.encode(each, enc_hook=int))
        if size > MAX_REPLACED_BYTES:
            return kept[len(kept) - count :]
    return kept


def as_of(
    present: Iterable[CampaignDevice], past: Iterable[CampaignDevice], cases: Mapping[str, Case], at: int
) -> list[CampaignDevice]:
    """Those that had joined, as they were at `at`, by name. `past`: in order of time; `cases`: the newest of then. Of
    what is not known any more they were pending since they joined.
    """
    found: dict[str, CampaignDevice] = {}
    for each in (*past, *present):
        if each.changed <= at:
            found[each.device] = each
        elif each.joined <= at and each.device not in found:
            found[each.device] = replace(each, progress="pending", changed=each.joined, by="", note="")
    cased = [replace(each, case=case.id if (case := cases.get(each.device)) else None) for each in found.values()]
    return sorted(cased, key=place_of)


def counts_of(devices: Iterable[CampaignDevice]) -> CampaignCounts:
    counts = {"pending": 0, "done": 0, "skipped": 0, "left": 0}
    for each in devices:
        counts[each.progress] += 1
    return CampaignCounts(**counts)


def place_of(device: CampaignDevice) -> tuple[str, str]:
    return device.name.casefold(), device.device


def _progressed(known: CampaignDevice, device: DeviceRecord | None, case: Case | None, now: int) -> CampaignDevice:
    each = known if case is None or known.case == case.id else replace(known, case=case.id)
    if each.progress in ("done", "skipped"):
        return each
    if case is not None and case.state == "done" and (case.ended or 0) >= each.changed:
        return replace(each, progress="done", changed=case.ended or now, by=case.changed_by)
    if device is None and each.progress == "pending":
        return replace(each, progress="left", changed=now, by="")
    if device is not None and each.progress == "left":
        return replace(each, progress="pending", changed=now, by="", name=device.name, firmware=device.firmware)
    return each
