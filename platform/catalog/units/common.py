"""Units that plants use, in our spelling, with other spellings of the same unit.

`pint` is the unit in pint, where some spellings mean something else (`g` is a gram, `TR` a tera-rankine, `cfm` a
length), so this table takes precedence.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class CommonUnit(Struct, frozen=True):
    unit: Annotated[str, Meta(description="As it is stored and shown")]
    name: str
    quantity: str
    pint: Annotated[str, Meta(description="The same for the pint library; empty where it has none")]
    also: Annotated[tuple[str, ...], Meta(description="Other spellings that are taken for it")] = ()


def _of(quantity: str, *rows: tuple[str, str, str, str]) -> tuple[CommonUnit, ...]:
    return tuple(CommonUnit(unit, name, quantity, pint, tuple(also.split())) for unit, name, pint, also in rows)


COMMON_UNITS: tuple[CommonUnit, ...] = (
    *_of(
        "temperature",
        ("°C", "degree Celsius", "degC", "degC deg_C DegC ℃ Celsius celsius ºC oC DEGC"),
        ("°F", "degree Fahrenheit", "degF", "degF deg_F DegF ℉ Fahrenheit fahrenheit ºF DEGF"),
        ("K", "kelvin", "kelvin", "kelvin Kelvin degK Δ°C ΔK delta_degC"),
    ),
    *_of(
        "volume flow",
        ("l/s", "litre per second", "l/s", "L/s lps LPS l/sec L/sec"),
        ("L/min", "litre per minute", "l/min", "l/min lpm LPM"),
        ("l/h", "litre per hour", "l/h", "L/h lph"),
        ("m³/h", "cubic metre per hour", "m**3/h", "m3/h m^3/h m3/hr m³/hr cmh CMH cbm/h"),
        ("m³/s", "cubic metre per second", "m**3/s", "m3/s m^3/s"),
        ("m³/min", "cubic metre per minute", "m**3/min", "m3/min m^3/min"),
        ("Nm³/h", "normal cubic metre per hour", "m**3/h", "Nm3/h Nm^3/h"),
        ("cfm", "cubic foot per minute", "ft**3/min", "CFM ft³/min ft3/min ft^3/min scfm SCFM"),
        ("gpm", "US gallon per minute", "gallon/min", "GPM gal/min USgpm"),
    ),
    *_of(
        "mass flow",
        ("kg/s", "kilogram per second", "kg/s", ""),
        ("kg/h", "kilogram per hour", "kg/h", "kg/hr"),
        ("t/h", "tonne per hour", "t/h", "t/hr tph TPH"),
    ),
    *_of(
        "power",
        ("W", "watt", "W", "watt Watt"),
        ("kW", "kilowatt", "kW", "kilowatt KW Kw kw"),
        ("MW", "megawatt", "MW", "megawatt"),
        ("TR", "ton of refrigeration", "refrigeration_ton", "RT USRT tonR TonR ton_refrigeration"),
        ("hp", "horsepower", "hp", "HP"),
        ("BTU/h", "British thermal unit per hour", "Btu/h", "Btu/h BTU/hr Btu/hr btu/h"),
        ("kVA", "kilovolt-ampere (apparent power)", "kVA", "KVA kva"),
        ("VA", "volt-ampere (apparent power)", "VA", "va"),
        ("kvar", "kilovar (reactive power)", "kVA", "kVAr kVAR KVAR kVar"),
    ),
    *_of(
        "energy",
        ("Wh", "watt-hour", "Wh", "wh"),
        ("kWh", "kilowatt-hour", "kWh", "kwh KWH KWh Kwh kW*h kW·h"),
        ("MWh", "megawatt-hour", "MWh", "MWH mwh"),
        ("J", "joule", "J", ""),
        ("kJ", "kilojoule", "kJ", "KJ"),
        ("MJ", "megajoule", "MJ", ""),
        ("GJ", "gigajoule", "GJ", ""),
        ("TRh", "ton-hour of refrigeration", "refrigeration_ton*h", "RTh TR-h TR·h"),
    ),
    *_of(
        "pressure",
        ("bar", "bar", "bar", "Bar BAR"),
        ("mbar", "millibar", "mbar", ""),
        ("barg", "bar above the atmosphere", "bar", "bar(g) bar_g barG Barg"),
        ("Pa", "pascal", "Pa", "PA"),
        ("hPa", "hectopascal", "hPa", ""),
        ("kPa", "kilopascal", "kPa", "KPa KPA kpa"),
        ("MPa", "megapascal", "MPa", "MPA"),
        ("psi", "pound per square inch", "psi", "PSI Psi"),
        ("psig", "pound per square inch above the atmosphere", "psi", "PSIG psi(g)"),
        ("mmHg", "millimetre of mercury", "mmHg", ""),
        ("mH₂O", "metre of water", "9806.65*Pa", "mH2O mWC mWS mwc"),
        ("inH₂O", "inch of water", "inH2O", "inH2O inwc inWC inwg in.wg inWG"),
    ),
    *_of(
        "ratio",
        ("%", "per cent", "percent", "percent Percent pct PCT"),
        ("%RH", "relative humidity", "percent", "%rh RH% %r.H. %rF RH %RelH"),
        ("ppm", "part per million", "ppm", "PPM"),
        ("ppb", "part per billion", "1e-9", "PPB"),
        ("kW/kW", "kilowatt per kilowatt", "kW/kW", "W/W COP"),
        ("kW/TR", "kilowatt per ton of refrigeration", "kW/refrigeration_ton", "kW/RT kW/ton kW/Ton"),
        ("g/kg", "gram per kilogram", "g/kg", ""),
        ("pH", "acidity", "", "PH ph"),
    ),
    *_of(
        "speed and frequency",
        ("rpm", "revolution per minute", "rpm", "RPM r/min rev/min 1/min min⁻¹ U/min"),
        ("Hz", "hertz", "Hz", "hz HZ Hertz hertz"),
        ("kHz", "kilohertz", "kHz", "khz KHz"),
        ("m/s", "metre per second", "m/s", "mps"),
        ("mm/s", "millimetre per second", "mm/s", ""),
        ("km/h", "kilometre per hour", "km/h", "kph kmh"),
    ),
    *_of(
        "acceleration",
        ("g", "standard gravity", "g_0", "g_0 gn"),
        ("m/s²", "metre per second squared", "m/s**2", "m/s2 m/s^2"),
    ),
    *_of(
        "electricity",
        ("A", "ampere", "A", "amp Amp ampere Ampere Amps amps"),
        ("mA", "milliampere", "mA", ""),
        ("kA", "kiloampere", "kA", ""),
        ("V", "volt", "V", "volt Volt volts Volts v"),
        ("mV", "millivolt", "mV", ""),
        ("kV", "kilovolt", "kV", "KV kv"),
        ("Ω", "ohm", "ohm", "ohm Ohm ohms Ohms"),
        ("µS/cm", "microsiemens per centimetre", "uS/cm", "uS/cm us/cm μS/cm"),
    ),
    *_of(
        "length and volume",
        ("m", "metre", "m", "meter metre"),
        ("mm", "millimetre", "mm", ""),
        ("µm", "micrometre", "um", "um micron μm"),
        ("cm", "centimetre", "cm", ""),
        ("m²", "square metre", "m**2", "m2 m^2 sqm"),
        ("m³", "cubic metre", "m**3", "m3 m^3 cbm"),
        ("l", "litre", "l", "L litre liter ltr"),
        ("ft", "foot", "ft", ""),
        ("gal", "US gallon", "gallon", "gallon gallons"),
    ),
    *_of(
        "mass and force",
        ("kg", "kilogram", "kg", "Kg KG"),
        ("t", "tonne", "t", "tonne tonnes"),
        ("lb", "pound", "lb", "lbs"),
        ("N", "newton", "N", "newton"),
        ("kN", "kilonewton", "kN", ""),
        ("Nm", "newton metre", "N*m", "N·m N*m N.m"),
    ),
    *_of(
        "time",
        ("s", "second", "s", "sec secs second seconds"),
        ("ms", "millisecond", "ms", "msec"),
        ("min", "minute", "min", "mins minute minutes"),
        ("h", "hour", "h", "hr hrs hour hours"),
        ("d", "day", "day", "day days"),
    ),
    *_of(
        "heat and light",
        ("kJ/kg", "kilojoule per kilogram (enthalpy)", "kJ/kg", ""),
        ("W/m²", "watt per square metre", "W/m**2", "W/m2 W/m^2"),
        ("lx", "lux", "lx", "lux Lux"),
    ),
    *_of(
        "other",
        ("mg/l", "milligram per litre", "mg/l", "mg/L"),
        ("mg/m³", "milligram per cubic metre", "mg/m**3", "mg/m3 mg/m^3"),
        ("µg/m³", "microgram per cubic metre", "ug/m**3", "ug/m3 ug/m^3 μg/m³ μg/m3"),
        ("NTU", "turbidity", "", "ntu"),
        ("dB", "decibel", "dB", "db DB"),
        ("dBA", "decibel, A-weighted", "dB", "dB(A)"),
        ("°", "degree of angle", "deg", "deg degree degrees º"),
    ),
)
