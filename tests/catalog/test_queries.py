"""Queries: filters, search, pages, and what feeds what."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog import operations
from kernel.tenancy import TenantConnection
from tests.catalog.conftest import created, send

Plant = dict[str, dict[str, Any]]


def tags(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [document["tag"] for document in response.json()["results"]]


@pytest.fixture
def many(tenant: TenantConnection, plant: Plant) -> None:
    operations.bulk_upsert(
        tenant, "sensors", [{"site": "harbour", "tag": f"TT-{n}", "name": "Supply"} for n in range(25)]
    )


def test_tags_are_listed_as_people_sort_them(engineer: Client, many: None) -> None:
    listed = tags(engineer.get("/api/v1/sensors?q=supply"))
    assert listed == [f"TT-{n}" for n in range(25)]


def test_pages_stay_consistent_while_documents_are_added_and_deleted(engineer: Client, many: None) -> None:
    first = engineer.get("/api/v1/sensors?q=tt&limit=10").json()
    assert (len(first["results"]), first["count"]) == (10, 25)
    engineer.delete(f"/api/v1/sensors/{first['results'][9]['id']}")
    created(engineer, "/api/v1/sensors", site="harbour", tag="TT-0A")
    second = engineer.get(first["next"]).json()
    third = engineer.get(second["next"]).json()
    assert [sensor["tag"] for sensor in (*second["results"], *third["results"])] == [f"TT-{n}" for n in range(10, 25)]
    assert third["next"] is None


def test_filters_combine(engineer: Client, plant: Plant) -> None:
    created(engineer, "/api/v1/sites", name="Other", timezone="UTC")
    created(engineer, "/api/v1/sensors", site="other", tag="FT-1", unit="L/min")
    created(engineer, "/api/v1/sensors", site="harbour", tag="STS", kind="discrete")
    assert tags(engineer.get("/api/v1/sensors?site=harbour")) == ["FT-101", "PT-101", "STS"]
    assert tags(engineer.get(f"/api/v1/sensors?site={plant['site']['id']}&kind=discrete")) == ["STS"]
    assert tags(engineer.get("/api/v1/sensors?unit=L/min")) == ["FT-101", "FT-1"]
    assert tags(engineer.get("/api/v1/sensors?unit=lpm")) == ["FT-101", "FT-1"]
    assert tags(engineer.get("/api/v1/sensors?site=harbour&asset=PUMP")) == ["PT-101"]
    assert tags(engineer.get(f"/api/v1/sensors?asset={plant['V2']['id']}")) == ["FT-101"]
    assert tags(engineer.get("/api/v1/sensors?site=harbour&area=Plant%20room&q=pressure")) == ["PT-101"]
    assert tags(engineer.get("/api/v1/assets?type=valve")) == ["V1", "V2"]
    assert engineer.get("/api/v1/connections?site=harbour&asset=PUMP").json()["count"] == 2


def test_an_area_contains_what_is_in_nested_areas(engineer: Client, plant: Plant) -> None:
    created(engineer, "/api/v1/areas", site="harbour", name="Corner", parent="Plant room")
    created(engineer, "/api/v1/assets", site="harbour", tag="CT-1", area="Corner")
    assert "CT-1" in tags(engineer.get("/api/v1/assets?site=harbour&area=Plant room"))
    assert tags(engineer.get("/api/v1/assets?site=harbour&area=Corner")) == ["CT-1"]


def test_a_search_matches_all_words_in_any_field(engineer: Client, plant: Plant) -> None:
    assert tags(engineer.get("/api/v1/sensors?q=101 pump")) == ["PT-101"]
    assert tags(engineer.get("/api/v1/sensors?q=PRESSURE")) == ["PT-101"]
    assert tags(engineer.get("/api/v1/sensors?q=nothing")) == []
    assert tags(engineer.get("/api/v1/assets?q=tank")) == ["TANK"]


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("?sit=harbour", 400, "Did you mean site=?"),
        ("?colour=red", 400, "Known parameters: area, asset"),
        ("?kind=discret", 400, "“discrete”"),
        ("?unit=lpmm", 400, "“L/min”"),
        ("?site=harbor", 404, "“harbour”"),
        ("?site=harbour&asset=PUMPS", 404, "PUMPS"),
        ("?limit=0", 400, "1 to 1000"),
        ("?limit=5000", 400, "1 to 1000"),
        ("?limit=x", 400, "1 to 1000"),
    ],
)
def test_an_invalid_filter_is_reported_instead_of_ignored(
    engineer: Client, plant: Plant, query: str, status: int, word: str
) -> None:
    response = engineer.get("/api/v1/sensors" + query)
    assert response.status_code == status
    assert word in response.json()["detail"]


def reached(client: Client, asset: str, direction: str, query: str = "") -> list[tuple[str, int]]:
    results = client.get(f"/api/v1/assets/{asset}/{direction}{query}").json()["results"]
    return [(result["asset"]["tag"], result["distance"]) for result in results]


def test_upstream_and_downstream_follow_connections_around_a_loop_once(engineer: Client, plant: Plant) -> None:
    pump = plant["PUMP"]["id"]
    assert reached(engineer, pump, "downstream") == [("V2", 1), ("TANK", 2), ("V1", 3)]
    assert reached(engineer, pump, "upstream") == [("V1", 1), ("TANK", 2), ("V2", 3)]
    assert reached(engineer, pump, "upstream", "?depth=1") == [("V1", 1)]


def test_a_medium_is_followed_alone(engineer: Client, plant: Plant) -> None:
    created(engineer, "/api/v1/assets", site="harbour", tag="MOTOR")
    created(engineer, "/api/v1/connections", site="harbour", source="MOTOR", target="PUMP", medium="shaft")
    pump = plant["PUMP"]["id"]
    assert reached(engineer, pump, "upstream", "?medium=shaft") == [("MOTOR", 1)]
    assert ("MOTOR", 1) in reached(engineer, pump, "upstream")
    assert engineer.get(f"/api/v1/assets/{pump}/upstream?depth=x").status_code == 400


def test_the_usual_units_are_listed_and_searched(engineer: Client) -> None:
    found = engineer.get("/api/v1/units?q=flow litre").json()["results"]
    assert [unit["unit"] for unit in found if unit["quantity"] == "volume flow"] == ["l/s", "L/min", "l/h"]
    assert len(engineer.get("/api/v1/units").json()["results"]) > 50


def test_a_url_with_an_invalid_id_is_reported(engineer: Client, plant: Plant) -> None:
    for path in ("sensors/snotthere11", "sites/nowhere", "jobs/x", "assets/xx/upstream"):
        response = engineer.get(f"/api/v1/{path}")
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
        assert "There is no" in response.json()["detail"]
    assert send(engineer, "DELETE", "/api/v1/sensors/snotthere11").status_code == 404
