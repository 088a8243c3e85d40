"""Expressions: what is understood, how units are checked, and what is computed, compared with plain Python."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.expressions.compute import compute
from catalog.expressions.expression import Arithmetic, InvalidExpression, Negative, Node, Number, Operand, operands
from catalog.expressions.parse import MAX_CHARS, parse
from catalog.expressions.quantities import quantity_of, result_unit

UNITS = {
    "T1": "°C", "T2": "°C", "TF": "°F", "Q": "m³/h", "P": "kPa", "B": "bar", "X": "", "C": "%", "W": "kW", "pH": "pH",
    "N": "dB", "E": "kWh", "h": "h",
    "PG": "barg", "PP": "psig", "S": "kVA", "R": "kvar", "QN": "Nm³/h", "RH": "%RH", "U": "V", "I": "A",
}  # fmt: skip
NAN = math.nan


def unit_of(text: str, wanted: str | None = None) -> str:
    root = parse(text)
    return result_unit(quantity_of(root, UNITS), wanted, [UNITS[name] for name in operands(root)])


def value(text: str, unit: str | None = None, **given: float) -> float:
    root, unit = parse(text), unit_of(text, unit)
    columns = {name: np.array([given[name]]) for name in operands(root)}
    return float(compute(root, columns, UNITS, unit)[0])


@pytest.mark.parametrize(
    ("text", "unit", "given", "expected"),
    [
        ("{T1}", "°C", {"T1": 20.1}, 20.1),
        ("{T1} - {T2}", "K", {"T1": 12.0, "T2": 7.5}, 4.5),
        ("{T1} - {TF}", "K", {"T1": 20.0, "TF": 68.0}, 0.0),
        ("({T1} + {T2}) / 2", "°C", {"T1": 10.0, "T2": 20.0}, 15.0),
        ("0.3 * {T1} + 0.7 * {T2}", "°C", {"T1": 10.0, "T2": 20.0}, 17.0),
        ("{T1} + 5 [K]", "°C", {"T1": 10.0}, 15.0),
        ("{P} + {B}", "kPa", {"P": 100.0, "B": 2.0}, 300.0),
        ("{C} * {P}", "kPa", {"C": 25.0, "P": 8.0}, 2.0),
        ("{E} / {h}", "W", {"E": 12.0, "h": 4.0}, 3000.0),
        ("min({T1}, {T2}, 30 [°C])", "°C", {"T1": 40.0, "T2": 35.0}, 30.0),
        ("max({X}, 1)", "", {"X": 0.0}, 1.0),
        ("abs({T1} - {T2})", "K", {"T1": 5.0, "T2": 7.0}, 2.0),
        ("sqrt({P} * {P})", "kPa", {"P": 9.0}, 9.0),
        ("log(exp({X}))", "", {"X": 2.5}, 2.5),
        ("log10({X})", "", {"X": 1000.0}, 3.0),
        ("-{X} ^ 2", "", {"X": 3.0}, -9.0),
        ("{X} ^ -2", "", {"X": 2.0}, 0.25),
        ("2 - 3 - {X}", "", {"X": 4.0}, -5.0),
        ("8 / 4 / {X}", "", {"X": 2.0}, 1.0),
        ("if({X} == 1, {T1}, {T2})", "°C", {"X": 1.0, "T1": 5.0, "T2": 6.0}, 5.0),
        ("if({T1} > 30 [°C] and not ({X} == 0 or {X} >= 3), 1, 0)", "", {"T1": 31.0, "X": 2.0}, 1.0),
        ("if({C} >= 50 [%], 1, 0)", "", {"C": 50.0}, 1.0),
        ("number({P}, [bar])", "", {"P": 250.0}, 2.5),
        ("quantity({X} * 2, [m])", "m", {"X": 3.0}, 6.0),
        ("{pH} - 7 [pH]", "pH", {"pH": 8.5}, 1.5),
        ("{T2} / ({T1} - {T2})", "", {"T1": 300 - 273.15, "T2": 290 - 273.15}, 29.0),
    ],
)
def test_values_and_units(text: str, unit: str, given: dict[str, float], expected: float) -> None:
    assert unit_of(text) == unit
    assert value(text, **given) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "wanted", "unit", "given", "expected"),
    [
        ("({PG} + {PP}) / 2", None, "barg", {"PG": 2.0, "PP": 14.503773773}, 1.5),
        ("{PG} - {PP}", None, "bar", {"PG": 2.0, "PP": 14.503773773}, 1.0),
        ("({PG} - {PP}) * {Q}", "kW", "kW", {"PG": 3.0, "PP": 14.503773773, "Q": 36.0}, 2.0),
        ("quantity(number({PG}, [barg]), [bar]) + 1 [bar] + {B}", None, "bar", {"PG": 2.0, "B": 3.0}, 6.0),
        ("if({PG} > 1 [barg], 1, 0)", None, "", {"PG": 2.0}, 1.0),
        ("sqrt({W} ^ 2 + {R} ^ 2)", "kVA", "kVA", {"W": 3.0, "R": 4.0}, 5.0),
        ("{S} * {X} + {W}", "kW", "kW", {"S": 10.0, "X": 0.8, "W": 1.0}, 9.0),
        ("{U} * {I}", "VA", "VA", {"U": 230.0, "I": 2.0}, 460.0),
        ("{S} * 2", None, "kVA", {"S": 2.0}, 4.0),
        ("1 - {RH}", "%RH", "%RH", {"RH": 40.0}, 60.0),
        ("max({PG}, 0 [barg])", None, "barg", {"PG": -0.5}, 0.0),
    ],
)
def test_units_that_the_catalog_does_not_convert_stay_apart(
    text: str, wanted: str | None, unit: str, given: dict[str, float], expected: float
) -> None:
    assert unit_of(text, wanted) == unit
    assert value(text, wanted, **given) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{PG} + {B}", None), ("{B} - {PG}", None), ("if({PG} > {P}, 1, 0)", None), ("max({PG}, {B})", None),
        ("{S} + {W}", None), ("{S} - {R}", None), ("{QN} + {Q}", None), ("if({RH} > 60 [%], 1, 0)", None),
        ("number({PG}, [bar])", None), ("number({S}, [kW])", None),
        ("{PG}", "bar"), ("{B}", "barg"), ("{S}", "kW"), ("{Q}", "Nm³/h"), ("{PG} - {PP}", "barg"),
    ],
)  # fmt: skip
def test_units_that_the_catalog_does_not_convert_are_not_mixed(text: str, wanted: str | None) -> None:
    with pytest.raises(InvalidExpression, match="do not convert into each other"):
        unit_of(text, wanted)


@pytest.mark.parametrize("text", ["{PG} * {Q}", "{Q} / {PG}", "{PG} / {PP}", "{PG} ^ 2", "sqrt({PG})", "{X} * {PG}"])
def test_gauge_pressures_are_not_multiplied(text: str) -> None:
    with pytest.raises(InvalidExpression, match="multiplies or divides a gauge pressure"):
        unit_of(text)


@pytest.mark.parametrize("text", ["{PG} + {PP}", "abs({PG})", "-{PG}"])
def test_only_means_and_differences_of_gauge_pressures_mean_anything(text: str) -> None:
    with pytest.raises(InvalidExpression, match="has no meaning"):
        unit_of(text)


def test_the_heat_of_water_is_in_the_wanted_unit() -> None:
    text = "{Q} * 998 [kg/m³] * 4.19 [kJ/kg/K] * ({T1} - {T2})"
    expected = 36 / 3600 * 998 * 4.19 * 5
    assert value(text, "kW", Q=36, T1=12, T2=7) == pytest.approx(expected)
    assert value(text, "TR", Q=36, T1=12, T2=7) == pytest.approx(expected / 3.516853, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("{X} / 0", {"X": 1.0}),
        ("1 [bar] / {P}", {"P": 0.0}),
        ("sqrt({X})", {"X": -1.0}),
        ("log({X})", {"X": 0.0}),
        ("exp({X})", {"X": 1e6}),
        ("{X} ^ -1", {"X": 0.0}),
        ("{X} + {C}", {"X": NAN, "C": 1.0}),
        ("min({X}, {C})", {"X": NAN, "C": 1.0}),
        ("if({X} > 1, 2, 3)", {"X": NAN}),
        ("if({X} > 1 or {C} > 0, 2, 3)", {"X": NAN, "C": 1.0}),
        ("if(not {X} > 1, 2, 3)", {"X": NAN}),
        ("1 / (1 / {X})", {"X": 0.0}),
    ],
)
def test_what_is_not_defined_is_a_gap(text: str, given: dict[str, float]) -> None:
    assert math.isnan(value(text, **given))


def test_a_branch_that_is_not_chosen_may_be_a_gap() -> None:
    assert value("if({X} == 0, 0, 1 / {X})", X=0.0) == 0.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "ends too early"),
        ("{X} +", "ends too early"),
        ("({X}", "ends too early"),
        ("T1 + 1", "not understood at character 4"),
        ("{X} ** 2", "not understood"),
        ("{X}; {X}", "not understood"),
        ("__import__('os')", "not understood"),
        ("{X}.real", "not understood"),
        ("lambda({X})", "unknown function, lambda"),
        ("minn({X}, 1)", "Did you mean"),
        ("min({X})", "takes 2 to 8 arguments, not 1"),
        ("if({X} > 1, 2)", "takes 3 arguments"),
        ("{X} ^ 9", "exponent 9"),
        ("{X} ^ 0", "exponent 0"),
        ("{X} ^ 0.5", "not understood"),
        ("{X} ^ {X}", "not understood"),
        ("1e999 * {X}", "too large"),
        ("1 + 2", "names no sensor"),
        ("{X} + 3 [parrots]", "unknown unit"),
        ("number({P})", "takes a value and a unit"),
        ("abs([bar])", "where a value belongs"),
        ("(" * 31 + "{X}" + ")" * 31, "nested more than 30"),
        ("-" * 500 + "{X}", "nested more than 30"),
        ("not " * 400 + "{X}", "nested more than 30"),
        ("{X}" + "+{X}" * 150, "has 301 parts"),
        ("+".join(f"{{S{k}}}" for k in range(13)), "names 13 sensors"),
        ("{X}" + " " * MAX_CHARS, "characters; at most 2,000"),
        ("{T1} + {P}", "[temperature]"),
        ("{T1} > 30", "Give numbers their unit"),
        ("if({T1} > 3 [K], 1, 0)", "a difference of temperatures"),
        ("{T1} + {T2}", "has no meaning"),
        ("{T1} * {X}", "has no meaning"),
        ("-{T1}", "has no meaning"),
        ("min({T1}, {T1} - {T2})", "a temperature and a difference"),
        ("exp({T1})", "of a plain number"),
        ("{X} > 1", "is a condition"),
        ("{X} + ({X} > 1)", "a condition where a number belongs"),
        ("if({X}, 1, 2)", "first takes a condition"),
        ("not {X}", "reverses a condition"),
        ("{X} and {X} > 1", "combines a condition"),
        ("{N} + 1", "cannot be calculated with"),
        ("quantity({P}, [m])", "plain number"),
        ("number({P}, [m])", "takes [length]"),
        ("number({T1} - {T2}, [°C])", "not a difference"),
        ("{Q} * {T1}", "name its unit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        units = {name: UNITS.get(name, "") for name in operands(parse(text))}
        result_unit(quantity_of(parse(text), units), None, [])
    assert message in refused.value.detail, refused.value.detail


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("{T1} - {T2}", "°C", "in K, not in °C"),
        ("{P}", "kW", "kW is"),
        ("{P}", "", "a plain number is"),
        ("{X}", "dB", "nothing can be calculated in dB"),
    ],
)
def test_a_unit_that_the_result_does_not_have_is_refused(text: str, unit: str, message: str) -> None:
    with pytest.raises(InvalidExpression, match=r"^unit: ") as refused:
        unit_of(text, unit)
    assert message in refused.value.detail


OPERATORS: dict[str, Any] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
NUMBERS = st.floats(-100, 100).map(lambda number: round(number, 2))
TREES = st.recursive(
    NUMBERS.map(abs).map(Number) | st.sampled_from(["X", "Y"]).map(Operand),
    lambda inner: (
        inner.map(Negative)
        | st.tuples(st.sampled_from(list(OPERATORS)), inner, inner).map(lambda parts: Arithmetic(*parts))
    ),
    max_leaves=12,
)


def text_of(node: Any) -> str:
    match node:
        case Number(number):
            return f"{number:.2f}"
        case Operand(name):
            return f"{{{name}}}"
        case Negative(of):
            return f"-({text_of(of)})"
    return f"({text_of(node.left)} {node.operator} {text_of(node.right)})"


def slow(node: Any, given: dict[str, float]) -> float:
    match node:
        case Number(number):
            return float(number)
        case Operand(name):
            return given[name]
        case Negative(of):
            return -slow(of, given)
    left, right = slow(node.left, given), slow(node.right, given)
    if math.isnan(left) or math.isnan(right) or (node.operator == "/" and right == 0):
        return NAN
    return float(OPERATORS[node.operator](left, right))


@given(tree=TREES, x=NUMBERS, y=NUMBERS)
def test_arithmetic_is_that_of_python(tree: Node, x: float, y: float) -> None:
    text = f"{{X}} * 0 + {text_of(tree)}"
    given = {"X": x, "Y": y}
    root, units = parse(text), {"X": "", "Y": ""}
    expected = slow(tree, given)
    [found] = compute(root, {name: np.array([given[name]]) for name in operands(root)}, units, "").tolist()
    if math.isfinite(expected):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    else:
        assert math.isnan(found)


@given(text=st.text(alphabet="{}[]()+-*/^<>=!.,0123456789eXTnotandrif °CkPa", max_size=200))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        root = parse(text)
        units = {name: UNITS.get(name, "") for name in operands(root)}
        unit = result_unit(quantity_of(root, units), None, [])
    except InvalidExpression:
        return
    columns = {name: np.array([0.0, 1.0, NAN]) for name in operands(root)}
    assert len(compute(root, columns, units, unit)) == 3
