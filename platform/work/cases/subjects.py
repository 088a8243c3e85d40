"""What a case is about: an asset, a sensor, a device or an alarm of the tenant."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Asset
from catalog.snapshot import Snapshot
from kernel.tenancy import TenantConnection
from work.cases.models import Case, CaseAlarm, CaseContent
from work.fields import Person, PlantObject, wrong
from work.seams import DeviceRecord, seams


@dataclass(frozen=True, slots=True)
class Subject:
    site: str
    asset: PlantObject | None
    asset_type: str
    sensor: PlantObject | None
    device: PlantObject | None
    alarm: CaseAlarm | None


def subject_of(tenant: TenantConnection, snapshot: Snapshot, content: CaseContent, before: Case | None) -> Subject:
    """Raises BadRequest. What it was about before may be gone, and stays with the names of then."""
    sensor = _sensor(snapshot, content.sensor, before)
    device, record = _device(tenant, content.device, before)
    alarm, asset_id, site = content.alarm, content.asset, ""
    if alarm is not None and (before is None or before.alarm is None or before.alarm.key != alarm.key):
        about = seams().alarms.find(tenant, alarm.key)
        if about is None:
            raise wrong("alarm.key", f"There is no alarm {alarm.key[:100]}.")
        site, asset_id = about.site, asset_id or about.asset or None
        if sensor is None and about.sensor in snapshot.sensors:
            sensor = _named_sensor(snapshot, about.sensor)
    if asset_id is None and sensor is not None and sensor.id in snapshot.sensors:
        asset_id = snapshot.sensors[sensor.id].asset
    if asset_id is None and record is not None:
        asset_id = record.asset
    asset, type_, its_site = _asset(snapshot, asset_id, before)
    if sensor is not None and sensor.id in snapshot.sensors:
        its_site = its_site or snapshot.sensors[sensor.id].site
    if asset is None and sensor is None and device is None and alarm is None:
        raise wrong("asset", "Say what the case is about: an asset, a sensor, a device or an alarm.")
    return Subject(its_site or site or (before.site if before else ""), asset, type_, sensor, device, alarm)


def plant_object(asset: Asset) -> PlantObject:
    return PlantObject(id=asset.id, tag=asset.tag, name=asset.name)


def assigned_to(tenant: TenantConnection, id: str | None, before: Person | None) -> Person | None:
    """Raises BadRequest. Who was assigned before may be so although they are no longer active."""
    if id is None:
        return None
    if before is not None and before.id == id:
        return before
    found = seams().people.find(tenant, id)
    if found is None:
        raise wrong("assigned", f"There is no active member {id[:40]}.")
    return found


def _asset(snapshot: Snapshot, id: str | None, before: Case | None) -> tuple[PlantObject | None, str, str]:
    """Its names, type and site."""
    if id is None:
        return None, "", ""
    if (asset := snapshot.assets.get(id)) is not None:
        return plant_object(asset), asset.type, asset.site
    if before is not None and before.asset is not None and before.asset.id == id:
        return before.asset, before.asset_type, before.site
    raise wrong("asset", f"There is no asset {id[:40]}.")


def _sensor(snapshot: Snapshot, id: str | None, before: Case | None) -> PlantObject | None:
    if id is None:
        return None
    if id in snapshot.sensors:
        return _named_sensor(snapshot, id)
    if before is not None and before.sensor is not None and before.sensor.id == id:
        return before.sensor
    raise wrong("sensor", f"There is no sensor {id[:40]}.")


def _named_sensor(snapshot: Snapshot, id: str) -> PlantObject:
    sensor = snapshot.sensors[id]
    return PlantObject(id=id, tag=sensor.tag, name=sensor.name)


def _device(
    tenant: TenantConnection, id: str | None, before: Case | None
) -> tuple[PlantObject | None, DeviceRecord | None]:
    if id is None:
        return None, None
    if (record := seams().fleet.find(tenant, id)) is not None:
        return PlantObject(id=id, name=record.name), record
    if before is not None and before.device is not None and before.device.id == id:
        return before.device, None
    raise wrong("device", f"There is no device {id[:40]}.")
