"""Which sensor a name means: by patterns, by several columns, and in which site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.operations import bulk_upsert
from ingest.imports import ImportReport, load_mapping, run
from ingest.imports.mapping.name_patterns import MAX_NAME_CHARS, NamePattern, NameRules
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at


@pytest.mark.parametrize(
    ("pattern", "name", "parts"),
    [
        ("VAV-{n}_{p}.csv", "VAV-10_DPR-O.csv", {"n": "10", "p": "DPR-O"}),
        ("VAV-{n}_{p}.csv", "VAV-10_A_B.csv", {"n": "10", "p": "A_B"}),
        ("VAV-{n}_{p}.csv", "VAV-_P.csv", None),
        ("VAV-{n}_{p}.csv", "VAV-10_.csv", None),
        ("VAV-{n}_{p}.csv", "VAV-10_P.csv.gz", None),
        ("{p}.csv*", "TT.csv.gz", {"p": "TT"}),
        ("*/{p}.csv", "a/b.csv", {"p": "b"}),
        ("{p}", "all of it", {"p": "all of it"}),
        ("a{p}a", "a", None),
        ("a{p}a", "aaa", {"p": "a"}),
        ("[{p}]", "[x]", {"p": "x"}),
        ("{1}", "{1}", {}),
        ("plain", "plain", {}),
        ("plain", "other", None),
    ],
)
def test_patterns(pattern: str, name: str, parts: dict[str, str] | None) -> None:
    assert NamePattern(pattern).read(name) == parts


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("{site: a, names: {'{a}{b}': '{a}'}}", "needs something between two parts"),
        ("{site: a, names: {'{a}-{a}': '{a}'}}", "names a part twice"),
        ("{site: a, names: {'{a}': '{b}'}}", "has {b}, which '{a}' has not; its parts are {a}"),
        ("{site: a, files: {'{n}.csv': '{m}'}}", "has {m}, which '{n}.csv' has not; its parts are {n}"),
        ("{site: a, files: {'{n}.csv': {sensor: {sensor: '{m}'}}}}", "has {m}, which '{n}.csv' has not"),
        (f"{{site: a, names: {{'{'x' * 300}': a}}}}", "is longer than 200 characters"),
        (f"{{site: a, names: {{'{{x}}': '{'{x}' * 67}'}}}}", "is longer than 200 characters"),
        ("{site: a, sites: {x: y}}", "`sites` needs `site_column`"),
    ],
)
def test_rules_that_cannot_be_meant(mapping: str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        load_mapping(mapping)
    assert why in refused.value.detail


def test_the_first_matching_pattern_determines_a_name() -> None:
    rules = {"VAV-{n}_{p}": "VAV-{n}.{p}", "*": "rest"}
    assert NameRules(rules).rename("VAV-3_ZN-T") == "VAV-3.ZN-T"
    assert NameRules(rules).rename("AHU") == "rest"
    assert NameRules({}).rename("AHU") is None
    assert NameRules({"{n}_x": "{n}", "A{n}": "a", "AB{n}": "ab", "*": "b"}).rename("ABC") == "a", "in their order"
    assert NameRules({"{n}": "{n}"}).rename("x" * (MAX_NAME_CHARS + 1)) is None


def test_a_file_whose_names_fit_nothing_of_very_many_rules_is_refused() -> None:
    rules = NameRules({f"{{n}}-{k}": "{n}" for k in range(1_000)})
    with pytest.raises(BadRequest, match="more than 2,000,000 times"):
        for k in range(100_000):
            rules.rename(f"TT-{k}x")
    rules = NameRules({f"AHU-{k}.{{n}}": "{n}" for k in range(1_000)})
    assert all(rules.rename(f"AHU-{k % 1_000}.T{k}") == f"T{k}" for k in range(100_000)), "each tries its own"


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(files: dict[str, str], mapping: str) -> ImportReport:
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        paths = [tmp_path / name for name in files]
        return run(plant.tenant, paths, load_mapping(mapping.replace("{", f"{{site: {plant.slug}, ", 1)))

    return make


FIRST, SECOND = at("2024-05-01"), at("2024-05-02")


def test_sensors_by_a_pattern_of_file_names(plant: Plant, load: Callable[..., ImportReport]) -> None:
    files = {"TT_101.csv": "t,v\n2024-05-01,1\n", "TT_102.csv": "t,v\n2024-05-01,2\n"}
    load(files, "{files: {'{k}_{n}.csv': '{k}-{n}'}}")
    assert plant.stored("TT-101") == {FIRST: (1.0, 0)} and plant.stored("TT-102") == {FIRST: (2.0, 0)}


def test_boxes_of_a_building(acme: TenantConnection, plant_of: Callable[..., Plant], shared_data: Path) -> None:
    files = sorted((shared_data / "bas" / "vav").glob("VAV-*_ZN-T.csv"))
    plant = plant_of(acme, [{"tag": f"VAV-{n}.ZN-T", "name": "Zone"} for n in (1, 2, 10)], timezone="America/Chicago")
    report = run(
        plant.tenant,
        files,
        load_mapping(f'{{site: {plant.slug}, files: {{"VAV-{{n}}_{{p}}.csv": "VAV-{{n}}.{{p}}"}}}}'),
    )
    assert len(files) == 3
    assert [sensor.tag for sensor in report.sensors] == ["VAV-1.ZN-T", "VAV-10.ZN-T", "VAV-2.ZN-T"]
    assert all(len(plant.stored(tag)) > 100 for tag in ("VAV-1.ZN-T", "VAV-2.ZN-T", "VAV-10.ZN-T"))


def test_headers_by_a_pattern_beside_those_that_are_named(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load(
        {"a.csv": "t,TT 101 °C,Return,else\n2024-05-01,1,2,3\n"},
        "{columns: {Return: TT-102}, names: {'{k} {n} °C': '{k}-{n}'}}",
    )
    assert plant.stored("TT-101") == {FIRST: (1.0, 0)} and plant.stored("TT-102") == {FIRST: (2.0, 0)}
    assert report.files[0].unmapped == ["else"]


def test_a_name_in_several_columns(plant: Plant, load: Callable[..., ImportReport]) -> None:
    content = "t,equipment,point,v\n2024-05-01,P-1, run,Running\n2024-05-01,TT,101,5\n2024-05-01,TT,999,5\n"
    report = load(
        {"a.csv": content},
        "{layout: long, sensor_column: [equipment, point], value_column: v, names: {'TT.{n}': 'TT-{n}'}}",
    )
    assert plant.stored("P-1.run") == {FIRST: (1.0, 0)} and plant.stored("TT-101") == {FIRST: (5.0, 0)}
    assert report.files[0].unmapped == ["TT.999"]


@pytest.fixture
def other(plant: Plant, acme: TenantConnection, plant_of: Callable[..., Plant]) -> Plant:
    return plant_of(acme, timezone="America/New_York")


def test_rows_of_several_sites_each_on_its_own_clock(
    plant: Plant, other: Plant, load: Callable[..., ImportReport]
) -> None:
    content = (
        f"t,plant,point,v\n2024-05-01 12:00,{plant.slug},TT-101,1\n2024-05-01 12:00,North,TT-101,2\n"
        "2024-05-01 13:00,,TT-101,3\n2024-05-01 12:00,Atlantis,TT-101,4\n2024-05-01 12:00,North,Ghost,4\n"
    )
    report = load(
        {"a.csv": content},
        f"{{layout: long, sensor_column: point, value_column: v, site_column: plant, sites: {{North: {other.slug}}}}}",
    )
    assert plant.stored("TT-101") == {at("2024-05-01T12:00"): (1.0, 0), at("2024-05-01T13:00"): (3.0, 0)}
    assert other.stored("TT-101") == {at("2024-05-01T16:00"): (2.0, 0)}
    assert [(problem.line, problem.column, problem.text) for problem in report.problems] == [(5, "plant", "Atlantis")]
    assert report.files[0].unmapped == [f"Ghost ({other.slug})"]


def test_wide_rows_of_several_sites(plant: Plant, other: Plant, load: Callable[..., ImportReport]) -> None:
    content = f"t,site,TT-101,Far\n2024-05-01,{plant.slug},1,2\n2024-05-02,{other.slug},3,4\n"
    bulk_upsert(other.tenant, "sensors", [{"site": other.slug, "tag": "Far", "name": "Only there"}])
    load({"a.csv": content}, "{site_column: site, time: {zone: UTC}}")
    assert plant.stored("TT-101") == {FIRST: (1.0, 0)}
    assert other.stored("TT-101") == {SECOND: (3.0, 0)} and other.stored("Far") == {SECOND: (4.0, 0)}
