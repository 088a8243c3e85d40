"""Which drawing counts when, and what is wrong with a drawing: pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from kernel.errors import BadRequest
from twin.models import Drawing, VersionInfo
from twin.resolve import resolve_tags
from twin.validation import Plant, check_drawing
from twin.versions import in_force, sensors_of, valid_at, within


@dataclass(frozen=True)
class Thing:
    tag: str
    kind: str = "continuous"


PLANT = Plant(
    assets={"a1": Thing("P-1")},
    sensors={"s1": Thing("FT-1"), "s2": Thing("P1-STS", "discrete"), "s3": Thing("NOTE", "text")},
)


def version(number: int, valid_from: int) -> VersionInfo:
    return VersionInfo(number, valid_from, "", "", 0)


def drawing(**more: Any) -> dict[str, Any]:
    return {"width": 800, "height": 600, **more}


def pump(id: str = "p", **more: Any) -> dict[str, Any]:
    return {"id": id, "symbol": "pump", "x": 0, "y": 0, **more}


def pipe(source: str, target: str, medium: str = "water", id: str = "w") -> dict[str, Any]:
    ends = [dict(zip(("placement", "port"), end.split("."), strict=True)) for end in (source, target)]
    return {"id": id, "source": ends[0], "target": ends[1], "medium": medium}


def faults_of(raw: Any) -> dict[str, str]:
    with pytest.raises(BadRequest) as caught:
        check_drawing(raw, PLANT)
    return {fault.field: fault.message for fault in caught.value.extra["errors"]}


def test_the_latest_version_already_valid_applies() -> None:
    versions = [version(1, 0), version(2, 500), version(3, 200)]
    assert [found.version if (found := valid_at(versions, at)) else None for at in (-1, 0, 199, 200, 499, 500)] == [
        None, 1, 1, 3, 3, 2,
    ]  # fmt: skip


def test_of_two_versions_with_the_same_time_the_newer_applies() -> None:
    found = valid_at([version(1, 100), version(2, 100)], 100)
    assert found is not None and found.version == 2


def test_a_range_has_the_version_before_it_and_those_that_start_in_it() -> None:
    versions = [version(1, 0), version(2, 100), version(3, 200)]
    assert [v.version for v in within(versions, 100, 200)] == [2]
    assert [v.version for v in in_force(versions, 150, 300)] == [2, 3]
    assert [v.version for v in in_force(versions, 100, 200)] == [2]


def test_a_valid_drawing_is_parsed() -> None:
    slots = {"run": {"sensor": "s2"}, "speed": {"sensor": "s1"}}
    checked = check_drawing(
        drawing(
            placements=[pump(asset="a1", slots=slots), {"id": "t", "symbol": "tank", "x": 200, "y": 0, "width": 90}],
            pipes=[pipe("p.out", "t.in_left")],
            tags=[{"id": "v", "sensor": "s1", "x": 5, "y": 5, "of": "p"}],
        ),
        PLANT,
    )
    assert isinstance(checked, Drawing)
    assert sensors_of(checked) == ["s2", "s1"]


def test_every_error_is_reported_with_its_location() -> None:
    faults = faults_of(
        drawing(
            colour="red",
            placements=[
                pump("p", asset="a9", slots={"run": {"sensor": "s9"}, "sped": {"sensor": "s1"}}),
                pump("q", symbol="pumpe"),
                pump("p"),
                {"id": "r", "symbol": "pump", "x": "left", "y": 0},
                pump("s", width=90),
                pump("u", slots={"run": {"sensor": "s3"}}),
            ],
            pipes=[
                pipe("p.out", "nowhere.in"),
                pipe("p.outlet", "u.in", id="w2"),
                pipe("p.out", "u.in", "steam", "w3"),
            ],
            tags=[{"id": "v", "sensor": "s9", "x": 5, "y": 5, "of": "z"}],
        )
    )
    assert faults.keys() == {
        "colour",
        "placements[0].asset",
        "placements[0].slots.run.sensor",
        "placements[0].slots.sped",
        "placements[1].symbol",
        "placements[2].id",
        "placements[3].x",
        "placements[4].width",
        "placements[5].slots.run.sensor",
        "pipes[0].target.placement",
        "pipes[1].source.port",
        "pipes[2].source.port",
        "pipes[2].target.port",
        "tags[0].sensor",
        "tags[0].of",
    }
    assert "did you mean “pump”?" in faults["placements[1].symbol"]
    assert "did you mean “speed”?" in faults["placements[0].slots.sped"]


def test_a_pipe_does_not_start_at_an_inlet() -> None:
    faults = faults_of(drawing(placements=[pump("p"), pump("q")], pipes=[pipe("p.in", "q.out")]))
    assert faults == {
        "pipes[0].source.port": "port “in” is an inlet",
        "pipes[0].target.port": "port “out” is an outlet",
    }


@pytest.mark.parametrize(
    "raw", [None, [], "drawing", {}, {"width": -1, "height": 10}, {"width": 1, "height": 1, "tags": 3}]
)
def test_an_invalid_drawing_is_rejected(raw: Any) -> None:
    assert faults_of(raw)


def test_tags_become_ids_and_unknown_ones_are_left_for_validation() -> None:
    resolved = resolve_tags(
        drawing(
            placements=[pump(asset="P-1", slots={"run": {"sensor": "P1-STS"}})],
            tags=[{"id": "v", "sensor": "FT-1", "x": 0, "y": 0}, {"id": "u", "sensor": "FT-404", "x": 0, "y": 0}],
        ),
        PLANT,
    )
    assert resolved["placements"][0]["asset"] == "a1"
    assert resolved["placements"][0]["slots"]["run"]["sensor"] == "s2"
    assert [tag["sensor"] for tag in resolved["tags"]] == ["s1", "FT-404"]


def test_only_a_link_leads_to_another_schematic_and_that_exists() -> None:
    plant = Plant(PLANT.assets, PLANT.sensors, schematics={"d1"})

    def errors_of(**placement: Any) -> dict[str, str]:
        with pytest.raises(BadRequest) as caught:
            check_drawing(drawing(placements=[{"id": "l", "x": 0, "y": 0, **placement}]), plant)
        return {error.field: error.message for error in caught.value.extra["errors"]}

    assert errors_of(symbol="link", link="d2") == {"placements[0].link": "there is no schematic d2"}
    assert "use the symbol “link”" in errors_of(symbol="pump", link="d1")["placements[0].link"]
    assert check_drawing(drawing(placements=[{"id": "l", "symbol": "off_page", "x": 0, "y": 0, "link": "d1"}]), plant)


def test_ports_of_a_class_take_each_of_its_media() -> None:
    parts = [pump("p"), {"id": "v", "symbol": "valve_globe_motor", "x": 90, "y": 0}]
    for medium in ("water", "oil", "product"):
        assert check_drawing(drawing(placements=parts, pipes=[pipe("p.out", "v.in", medium)]), PLANT)
    faults = faults_of(drawing(placements=parts, pipes=[pipe("p.out", "v.in", "compressed_air")]))
    assert faults == {"pipes[0].source.port": "port “out” takes liquid, not compressed_air"}
