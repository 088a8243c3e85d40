"""Drawings from and to DEXPI. Nothing is stored: a drawing from a file becomes a draft like any other."""

from __future__ import annotations

from typing import Any

from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from twin.conversions import converting
from twin.dexpi.conversion import Site, make_drawing
from twin.dexpi.models import DexpiDrawing, DexpiFile
from twin.dexpi.plant_model import parse_model
from twin.dexpi.writer import DexpiWriter
from twin.dexpi.xml_reader import read_xml
from twin.names import checked_name, site_of
from twin.own_symbols.operations import Symbols
from twin.validation import check_draft


def read(tenant: TenantConnection, site: str, xml: str) -> DexpiDrawing:
    """NotFound: no such site. Raises BadDexpi, ConversionsBusy."""
    snapshot = snapshot_of(tenant)
    site_id = site_of(snapshot, site)
    assets = {asset.tag: asset.id for asset in snapshot.assets.values() if asset.site == site_id}
    sensors = [sensor for sensor in snapshot.sensors.values() if sensor.site == site_id]
    plant = Site(assets, {sensor.tag: sensor.id for sensor in sensors}, {sensor.id: sensor.kind for sensor in sensors})
    with converting(tenant):
        root, skipped = read_xml(xml)
        return make_drawing(parse_model(root), skipped, plant)


def write(tenant: TenantConnection, site: str, name: str, drawing: Any, now: int) -> DexpiFile:
    """NotFound: no such site. BadRequest: it cannot be drawn."""
    snapshot = snapshot_of(tenant)
    site_id = site_of(snapshot, site)
    symbols = Symbols(tenant)
    checked = check_draft(drawing, symbols)
    tags = {asset.id: asset.tag for asset in snapshot.assets.values() if asset.site == site_id}
    return DexpiWriter(checked, symbols, tags).write(checked_name(name), now)
