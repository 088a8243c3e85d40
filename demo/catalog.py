"""Harbour Tower's chilled-water plant: areas, assets, sensors and what feeds what.

Tags follow one rule: the asset's tag without its dash, then the quantity. PWR power, STS state, T temperature,
F flow, DP differential pressure, SPD speed, POS position, CMD command, SP set point.
"""

from __future__ import annotations

from collections.abc import Iterator

from demo.specs import AreaSpec, AssetSpec, ConnectionSpec, SensorSpec, SiteSpec

SEED = 1  # of the plant that the demo shows
RUNNING = ("Stopped", "Running", "Tripped")
FAN = ("Stopped", "Running")
VALVE = ("Closed", "Open")

PLANT, ROOF, FLOORS = "Central plant", "Roof", "Tower floors"
AHUS = ("East offices", "West offices", "Podium shops", "Lobby and core")

AREAS = (AreaSpec(PLANT), AreaSpec(ROOF), AreaSpec(FLOORS))


def _assets() -> Iterator[AssetSpec]:
    yield AssetSpec("PLANT", "Chilled-water plant", "plant", PLANT, properties={"installed_kw": 3500})
    yield AssetSpec("OA", "Weather station", "weather_station", ROOF)
    for n in (1, 2):
        yield AssetSpec(
            f"CH-{n}",
            f"Chiller {n}",
            "chiller",
            PLANT,
            "PLANT",
            {"capacity_kw": 1750, "design_cop": 5.5, "compressor": "centrifugal, variable speed"},
        )
        yield AssetSpec(f"IV-{n}", f"Isolation valve of chiller {n}", "valve", PLANT, f"CH-{n}", {"action": "on/off"})
    for n in (1, 2, 3):
        yield AssetSpec(
            f"CHP-{n}",
            f"Chilled-water pump {n}",
            "pump",
            PLANT,
            "PLANT",
            {"design_flow_l_s": 64, "design_head_m": 28, "motor_kw": 37, "drive": "variable speed"},
        )
    for n in (1, 2):
        yield AssetSpec(
            f"CWP-{n}",
            f"Condenser-water pump {n}",
            "pump",
            PLANT,
            "PLANT",
            {"design_flow_l_s": 86, "design_head_m": 22, "motor_kw": 30, "drive": "constant speed"},
        )
        yield AssetSpec(
            f"CT-{n}",
            f"Cooling tower {n}",
            "cooling_tower",
            ROOF,
            "PLANT",
            {"design_heat_kw": 2100, "design_approach_k": 4, "fan_kw": 15},
        )
    yield AssetSpec("CHWS", "Chilled-water supply header", "header", PLANT, "PLANT", {"medium": "chilled water"})
    yield AssetSpec("CHWR", "Chilled-water return header", "header", PLANT, "PLANT", {"medium": "chilled water"})
    yield AssetSpec("CWS", "Condenser-water supply header", "header", PLANT, "PLANT", {"medium": "condenser water"})
    yield AssetSpec("CWR", "Condenser-water return header", "header", PLANT, "PLANT", {"medium": "condenser water"})
    yield AssetSpec("BV-1", "Bypass valve", "valve", PLANT, "PLANT", {"action": "modulating", "size": "DN 100"})
    for n, serves in enumerate(AHUS, start=1):
        yield AssetSpec(f"AHU-{n}", f"Air handler {n}", "air_handler", FLOORS, None, {"serves": serves})


def _chiller(n: int) -> Iterator[SensorSpec]:
    tag, asset = f"CH{n}", f"CH-{n}"
    yield SensorSpec(f"{tag}-STS", asset, "State", kind="discrete", states=RUNNING)
    yield SensorSpec(f"{tag}-PWR", asset, "Power", "kW", range=(0, 500))
    yield SensorSpec(f"{tag}-CHWS", asset, "Chilled water out", "°C", range=(0, 40))
    yield SensorSpec(f"{tag}-CHWR", asset, "Chilled water in", "°C", range=(0, 40))
    yield SensorSpec(f"{tag}-F", asset, "Evaporator flow", "l/s", range=(0, 120))
    yield SensorSpec(f"{tag}-CWR", asset, "Condenser water out", "°C", range=(0, 60))
    yield SensorSpec(
        f"{tag}-APP",
        asset,
        "Condenser approach",
        "K",
        range=(-1, 12),
        description="Refrigerant's condensing temperature above the leaving condenser water",
    )
    yield SensorSpec(f"IV{n}-STS", f"IV-{n}", "State", kind="discrete", states=VALVE)


def _machines() -> Iterator[SensorSpec]:
    for n in (1, 2, 3):
        yield SensorSpec(f"CHP{n}-STS", f"CHP-{n}", "State", kind="discrete", states=RUNNING)
        yield SensorSpec(f"CHP{n}-SPD", f"CHP-{n}", "Speed", "%", range=(0, 100))
        yield SensorSpec(f"CHP{n}-PWR", f"CHP-{n}", "Power", "kW", range=(0, 45))
    for n in (1, 2):
        yield SensorSpec(f"CWP{n}-STS", f"CWP-{n}", "State", kind="discrete", states=RUNNING)
        yield SensorSpec(f"CWP{n}-PWR", f"CWP-{n}", "Power", "kW", range=(0, 40))
    for n in (1, 2):
        yield SensorSpec(f"CT{n}-STS", f"CT-{n}", "Fan", kind="discrete", states=FAN)
        yield SensorSpec(f"CT{n}-SPD", f"CT-{n}", "Fan speed", "%", range=(0, 100))
        yield SensorSpec(f"CT{n}-PWR", f"CT-{n}", "Fan power", "kW", range=(0, 20))
        yield SensorSpec(f"CT{n}-T", f"CT-{n}", "Water out", "°C", range=(0, 60))


def _water() -> Iterator[SensorSpec]:
    yield SensorSpec("CHWS-T", "CHWS", "Chilled-water supply", "°C", range=(0, 40))
    yield SensorSpec("CHWS-SP", "CHWS", "Chilled-water supply set point", "°C", range=(4, 15))
    yield SensorSpec("CHWS-F", "CHWS", "Chilled-water flow", "l/s", range=(0, 250))
    yield SensorSpec("CHWS-DP", "CHWS", "Header differential pressure", "bar", range=(0, 6))
    yield SensorSpec("CHWR-T", "CHWR", "Chilled-water return", "°C", range=(0, 40))
    yield SensorSpec("CWS-T", "CWS", "Condenser-water supply", "°C", range=(0, 60))
    yield SensorSpec("CWS-F", "CWS", "Condenser-water flow", "l/s", range=(0, 250))
    yield SensorSpec("CWR-T", "CWR", "Condenser-water return", "°C", range=(0, 60))
    yield SensorSpec("BV1-POS", "BV-1", "Position", "%", range=(0, 100))


def _air_handler(n: int) -> Iterator[SensorSpec]:
    tag, asset = f"AHU{n}", f"AHU-{n}"
    yield SensorSpec(f"{tag}-SAT", asset, "Supply air", "°C", range=(0, 40))
    yield SensorSpec(f"{tag}-CMD", asset, "Coil valve command", "%", range=(0, 100))
    yield SensorSpec(f"{tag}-POS", asset, "Coil valve position", "%", range=(0, 100))
    yield SensorSpec(f"{tag}-SPD", asset, "Fan speed", "%", range=(0, 100))


def _plant() -> Iterator[SensorSpec]:
    yield SensorSpec("OA-T", "OA", "Outside air", "°C", range=(-10, 60))
    yield SensorSpec("OA-RH", "OA", "Outside humidity", "%", range=(0, 100))
    yield SensorSpec("OA-WB", "OA", "Outside wet bulb", "°C", range=(-10, 40))
    yield SensorSpec(
        "PLANT-LOAD",
        "PLANT",
        "Cooling load",
        "kW",
        range=(0, 4500),
        description="From header flow, supply and return temperature",
    )
    yield SensorSpec("PLANT-PWR", "PLANT", "Plant power", "kW", range=(0, 1200))
    yield SensorSpec(
        "PLANT-EFF",
        "PLANT",
        "Plant efficiency",
        "kW/kW",
        range=(0, 1),
        description="Electric power of the whole plant for each kW of cooling; smaller is better",
    )
    yield SensorSpec(
        "PLANT-ENE",
        "PLANT",
        "Energy this month",
        "kWh",
        "counter",
        range=(0, 1_000_000),
        description="The plant's electricity meter; starts from zero on the first of each month",
    )


def _sensors() -> Iterator[SensorSpec]:
    yield from _plant()
    for n in (1, 2):
        yield from _chiller(n)
    yield from _machines()
    yield from _water()
    for n in (1, 2, 3, 4):
        yield from _air_handler(n)


def _connections() -> Iterator[ConnectionSpec]:
    chilled, condenser = "chilled water", "condenser water"
    for n in (1, 2, 3):
        yield ConnectionSpec("CHWR", f"CHP-{n}", chilled)
        for chiller in (1, 2):
            yield ConnectionSpec(f"CHP-{n}", f"IV-{chiller}", chilled)
    for n in (1, 2):
        yield ConnectionSpec(f"IV-{n}", f"CH-{n}", chilled)
        yield ConnectionSpec(f"CH-{n}", "CHWS", chilled)
        yield ConnectionSpec("CWS", f"CWP-{n}", condenser)
        yield ConnectionSpec(f"CWP-{n}", f"CH-{n}", condenser)
        yield ConnectionSpec(f"CH-{n}", "CWR", condenser)
        yield ConnectionSpec("CWR", f"CT-{n}", condenser)
        yield ConnectionSpec(f"CT-{n}", "CWS", condenser)
    for n in (1, 2, 3, 4):
        yield ConnectionSpec("CHWS", f"AHU-{n}", chilled)
        yield ConnectionSpec(f"AHU-{n}", "CHWR", chilled)
    yield ConnectionSpec("CHWS", "BV-1", chilled)
    yield ConnectionSpec("BV-1", "CHWR", chilled)


HARBOUR = SiteSpec(
    slug="harbour",
    name="Harbour Tower",
    timezone="Asia/Dubai",
    areas=AREAS,
    assets=tuple(_assets()),
    sensors=tuple(_sensors()),
    connections=tuple(_connections()),
)
