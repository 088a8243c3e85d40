"""Adds a demo site to a tenant's catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from demo.specs import AreaSpec, AssetSpec, ConnectionSpec, SensorSpec, SiteSpec
from kernel.tenancy import TenantConnection


@dataclass(frozen=True, slots=True)
class Installed:
    """The id of a site, and its sensors' ids by tag."""

    site: str
    sensors: Mapping[str, str]


def ensure_site(tenant: TenantConnection, spec: SiteSpec) -> tuple[Installed, bool]:
    """The site, and whether it is new. One that was installed completely keeps what people have changed since."""
    installed = installed_of(tenant, spec.slug)
    if installed and any(each.site == installed.site for each in snapshot_of(tenant).connections.values()):
        return installed, False
    return _install(tenant, spec), True


def _install(tenant: TenantConnection, spec: SiteSpec) -> Installed:
    """Connections come last: they mark the installation as complete."""
    site = {"slug": spec.slug, "name": spec.name, "timezone": spec.timezone}
    site_id = bulk_upsert(tenant, "sites", [site]).ids[spec.slug]
    bulk_upsert(tenant, "areas", [_area(spec.slug, area) for area in spec.areas])
    bulk_upsert(tenant, "assets", [_asset(spec.slug, asset) for asset in spec.assets])
    sensors = bulk_upsert(tenant, "sensors", [_sensor(spec.slug, sensor) for sensor in spec.sensors])
    bulk_upsert(tenant, "connections", [_connection(spec.slug, connection) for connection in spec.connections])
    return Installed(site_id, sensors.ids)


def installed_of(tenant: TenantConnection, slug: str) -> Installed | None:
    """The site as found in the catalog."""
    snapshot = snapshot_of(tenant)
    site = snapshot.site(slug)
    if site is None:
        return None
    return Installed(site.id, {sensor.tag: id for id, sensor in snapshot.sensors.items() if sensor.site == site.id})


def _area(site: str, area: AreaSpec) -> dict[str, Any]:
    return {"site": site, "name": area.name, "parent": area.parent}


def _asset(site: str, asset: AssetSpec) -> dict[str, Any]:
    return {
        "site": site,
        "tag": asset.tag,
        "name": asset.name,
        "type": asset.type,
        "area": asset.area,
        "parent": asset.parent,
        "properties": dict(asset.properties),
    }


def _sensor(site: str, sensor: SensorSpec) -> dict[str, Any]:
    return {
        "site": site,
        "tag": sensor.tag,
        "name": sensor.name,
        "asset": sensor.asset,
        "unit": sensor.unit,
        "kind": sensor.kind,
        "states": {str(number): name for number, name in enumerate(sensor.states)},
        "range": sensor.range,
        "interval_s": sensor.interval_s,
        "sampling": sensor.sampling,
        "description": sensor.description,
    }


def _connection(site: str, connection: ConnectionSpec) -> dict[str, Any]:
    return {"site": site, "source": connection.source, "target": connection.target, "medium": connection.medium}
