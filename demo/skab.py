"""The SKAB test bed as a site: TANK > V1 > PUMP > FT > V2 > TANK, PT at the riser, and INVERTER > MOTOR > PUMP."""

from __future__ import annotations

from demo.specs import AreaSpec, AssetSpec, ConnectionSpec, SensorSpec, SiteSpec

_BED, _LABEL = "Test bed", ("Normal", "Marked")

ASSETS = (
    AssetSpec("LOOP", "Water circulation loop", "loop", _BED),
    AssetSpec("TANK", "Water tank", "tank", _BED, "LOOP"),
    AssetSpec("V1", "Inlet valve", "valve", _BED, "LOOP", {"action": "solenoid"}),
    AssetSpec("PUMP", "Circulation pump", "pump", _BED, "LOOP"),
    AssetSpec("PT", "Riser pressure", "instrument", _BED, "LOOP"),
    AssetSpec("FT", "Flow sensor", "instrument", _BED, "LOOP"),
    AssetSpec("V2", "Outlet valve", "valve", _BED, "LOOP", {"action": "solenoid"}),
    AssetSpec("INVERTER", "Frequency inverter", "inverter", _BED, "LOOP"),
    AssetSpec("MOTOR", "Pump motor", "motor", _BED, "LOOP"),
)

SENSORS = (
    SensorSpec("PT-101", "PT", "Pressure", "bar", range=(-1, 5), interval_s=1),
    SensorSpec("FT-101", "FT", "Volume flow", "L/min", range=(0, 150), interval_s=1),
    SensorSpec("IT-101", "MOTOR", "Current", "A", range=(0, 5), interval_s=1),
    SensorSpec("ET-101", "MOTOR", "Voltage", "V", range=(0, 300), interval_s=1),
    SensorSpec("TT-101", "MOTOR", "Motor temperature", "°C", range=(0, 120), interval_s=1),
    SensorSpec("VT-101", "MOTOR", "Motor vibration", "g", range=(0, 1), interval_s=1, description="RMS"),
    SensorSpec("VT-102", "PUMP", "Pump vibration", "g", range=(0, 1), interval_s=1, description="RMS"),
    SensorSpec("TT-102", "TANK", "Water temperature", "°C", range=(0, 60), interval_s=1),
    SensorSpec("YA-101", "LOOP", "Labelled anomaly", kind="discrete", states=_LABEL, interval_s=1),
    SensorSpec("YA-102", "LOOP", "Labelled change point", kind="discrete", states=_LABEL, interval_s=1),
)

CONNECTIONS = (
    *(
        ConnectionSpec(source, target, "water")
        for source, target in (
            ("TANK", "V1"),
            ("V1", "PUMP"),
            ("PUMP", "FT"),
            ("FT", "V2"),
            ("V2", "TANK"),
        )
    ),
    ConnectionSpec("PUMP", "PT", "signal"),
    ConnectionSpec("INVERTER", "MOTOR", "electricity"),
    ConnectionSpec("MOTOR", "PUMP", "shaft"),
)

SKAB = SiteSpec("skab", "SKAB test bed", "UTC", (AreaSpec(_BED),), ASSETS, SENSORS, CONNECTIONS)
