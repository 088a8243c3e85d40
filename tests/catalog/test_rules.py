"""Rules for fields."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import rules
from catalog.units import COMMON_UNITS, canonical, quantity_of
from catalog.units.check import registry
from catalog.zones import check_zone, zones
from kernel.suggest import did_you_mean


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("degC", "°C"), ("°C", "°C"), ("deg C", "°C"), ("℃", "°C"), ("l/s", "l/s"), ("L/s", "l/s"), ("L/min", "L/min"),
        ("lpm", "L/min"), ("m3/h", "m³/h"), ("m^3/h", "m³/h"), ("m³/h", "m³/h"), ("kW", "kW"), ("KW", "kW"),
        ("kWh", "kWh"), ("%", "%"), ("percent", "%"), ("%RH", "%RH"), ("bar", "bar"), ("Pa", "Pa"), ("rpm", "rpm"),
        ("Hz", "Hz"), ("A", "A"), ("V", "V"), ("g", "g"), ("kW/kW", "kW/kW"), ("", ""), ("-", ""), ("  ", ""),
        ("kg/m^3", "kg/m^3"), ("W/(m²·K)", "W/(m²·K)"), ("1/h", "1/h"),
    ],
)  # fmt: skip
def test_a_unit_is_stored_in_one_spelling(typed: str, stored: str) -> None:
    assert canonical(typed) == stored


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("kWhh", "“kWh”"),
        ("degx", "“°”"),
        ("m3/hour", "“m³/h”"),
        ("C", "“°C”"),
        ("furlongz", "/api/v1/units"),
        ("psii", "“psi”"),
    ],
)
def test_an_unknown_unit_suggests_near_ones(typed: str, suggested: str) -> None:
    with pytest.raises(ValueError, match="not a unit we know") as error:
        canonical(typed)
    assert suggested in str(error.value)


def test_g_is_an_acceleration_and_a_ton_of_refrigeration_a_power() -> None:
    assert quantity_of("g") == "acceleration"
    assert quantity_of("TR") == "power"
    assert quantity_of("kg/m**3") == "[mass] / [length] ** 3"
    assert quantity_of("") == ""


@pytest.mark.parametrize("unit", [unit for unit in COMMON_UNITS if unit.pint], ids=lambda unit: unit.unit)
def test_every_common_unit_is_known_to_pint(unit: object) -> None:
    registry().parse_units(unit.pint) if unit.pint.startswith("deg") else registry().parse_expression(unit.pint)  # type: ignore[attr-defined]


def test_no_spelling_means_two_units() -> None:
    spellings = [spelling for unit in COMMON_UNITS for spelling in {unit.unit, *unit.also}]
    assert sorted({s for s in spellings if spellings.count(s) > 1}) == []


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_any_text_is_a_unit_or_a_clear_error_and_a_stored_unit_stays_itself(text: str) -> None:
    try:
        stored = canonical(text)
    except ValueError as error:
        assert "not a unit we know" in str(error)
    else:
        assert canonical(stored) == stored


def test_towers_of_powers_are_refused_at_once() -> None:
    for text in ("m**9**9**9**9", "m**(9**(9**9))", "(m**9)**(9**9)"):
        with pytest.raises(ValueError):
            canonical(text)


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("Dubai", "Asia/Dubai"),
        ("new york", "America/New_York"),
        ("Asia/Dubay", "Asia/Dubai"),
        ("GMT+4", "Etc/GMT-4"),
        ("", "UTC"),
    ],
)
def test_a_wrong_time_zone_suggests_the_right_one(typed: str, suggested: str) -> None:
    with pytest.raises(ValueError, match="time zone") as error:
        check_zone(typed)
    assert suggested in str(error.value)


@given(st.sampled_from(sorted(zones())))
@settings(max_examples=30)
def test_every_iana_zone_is_one(zone: str) -> None:
    assert check_zone(zone) == zone


@given(st.text(max_size=100))
def test_a_slug_derived_from_a_name_is_valid_or_empty(name: str) -> None:
    slug = rules.slug_of(name)
    assert slug == "" or rules.slug(slug) == slug


@pytest.mark.parametrize("text", ["", "Upper", "-a", "a-", "a" * 64, "p234567abcd"])
def test_an_invalid_slug_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        rules.slug(text)


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x00", "x" * 101, "s234567abcd"])
def test_an_invalid_tag_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        rules.tag(text)


@pytest.mark.parametrize("text", ["TT-101", "S-7 AHU/SA,T=1", "Vorlauf °C", "温度"])
def test_plants_tags_are_tags(text: str) -> None:
    assert rules.tag(f" {text} ") == text


def test_invalid_ranges_states_intervals_and_properties_are_explained() -> None:
    wrong: list[tuple[rules.Rule, object]] = [
        (rules.value_range, (5.0, 1.0)),
        (rules.value_range, (1.0, 1.0)),
        (rules.states, {"on": "On"}),
        (rules.states, {"1": ""}),
        (rules.interval, 0.0),
        (rules.interval, -5.0),
        (rules.interval, 1e9),
        (rules.properties, {"a.b": 1}),
        (rules.properties, {"$a": 1}),
        (rules.properties, {"": 1}),
        (rules.properties, {"a": 2**60}),
        (rules.properties, {"a": "x" * 2000}),
    ]
    for rule, value in wrong:
        with pytest.raises(ValueError):
            rule(value)
    assert rules.states({"10": "B ", "2": "A"}) == {"2": "A", "10": "B"}
    assert rules.value_range(None) is None


def test_suggestions_read_as_a_sentence() -> None:
    assert did_you_mean("pmup", ["pump", "valve"]) == " Did you mean “pump”?"
    assert did_you_mean("TT-10", ["TT-1", "TT-100"]) == " Did you mean “TT-100” or “TT-1”?"
    assert did_you_mean("zzz", ["pump"]) == ""
