"""Statistics, the ladder, retention and deletion of a site's samples, over HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.test import Client

from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, TimeRange, iso
from tests.historian.plant import START, add_sensors, write
from tests.historian.test_ladder_late import KINDS, history, settle
from tests.historian.years import Truth
from web.stores import marks

ClientFor = Callable[..., Client]
NOW = START + 12 * DAY
WHOLE = TimeRange(START - 13 * DAY, NOW)
SPAN = {"start": WHOLE.start, "end": WHOLE.end}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for views in ("views", "retention_views"):
        monkeypatch.setattr(f"historian.http.{views}.now_ms", lambda: NOW)


@pytest.fixture
def truths(acme: TenantConnection) -> list[Truth]:
    found = [history(sensor) for sensor in add_sensors(acme, *KINDS)]
    for truth in found:
        truth.write(acme)
    settle(acme)
    return found


@pytest.fixture
def viewer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("viewer", acme)


@pytest.fixture
def admin(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("admin", acme)


def figures(client: Client, truth: Truth, **query: Any) -> Any:
    return client.get(f"/api/v1/sensors/{truth.sensor.id}/statistics", {**SPAN, **query})


def test_statistics_have_the_members_of_the_sensors_kind(viewer: Client, truths: list[Truth]) -> None:
    number, counter, state, text = (figures(viewer, truth).json() for truth in truths)
    inside = [truth.within(WHOLE) for truth in truths]
    assert (number["count"], number["bad"], number["complete"], number["rung"]) == (len(inside[0].t), 0, True, "2d")
    assert number["mean"] == pytest.approx(inside[0].v.mean())
    assert number["std"] == pytest.approx(inside[0].v.std())
    assert not {"increase", "states", "percentiles"} & number.keys()
    assert counter["increase"] > 0
    assert sum(state["states"].values()) == NOW - inside[2].t[0]
    assert text["states"].keys() == {"Idle", "Filling", "Heating"}
    assert (text["min"], text["mean"]) == (None, None)


def test_percentiles_are_keyed_as_requested(viewer: Client, truths: list[Truth]) -> None:
    found = figures(viewer, truths[0], percentiles="5,50,99.9").json()["percentiles"]
    values = truths[0].within(WHOLE).v
    assert found == pytest.approx({name: np.percentile(values, float(name)) for name in ("5", "50", "99.9")})
    empty = figures(viewer, truths[0], percentiles="5", start=START + 60 * DAY, end=START + 61 * DAY).json()
    assert (empty["count"], empty["min"], empty["percentiles"]) == (0, None, {})


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"percentiles": "-1"}, "bad-percentiles"),
    ({"percentiles": "101"}, "bad-percentiles"),
    ({"percentiles": "nan"}, "bad-percentiles"),
    ({"percentiles": "median"}, "bad-percentiles"),
    ({"percentiles": ",".join(map(str, range(21)))}, "bad-percentiles"),
    ({"start": ""}, "missing-parameter"),
    ({"start": NOW, "end": NOW}, "empty-range"),
    ({"end": "tomorrow"}, "not-a-time"),
]


@pytest.mark.parametrize(("query", "kind"), WRONG, ids=[f"{kind}-{query}" for query, kind in WRONG])
def test_a_mistake_is_reported(viewer: Client, acme: TenantConnection, query: dict[str, Any], kind: str) -> None:
    [sensor] = add_sensors(acme, {})
    response = viewer.get(f"/api/v1/sensors/{sensor.id}/statistics", {**SPAN, **query})
    assert (response.status_code, response.json()["type"]) == (400, f"/problems/{kind}"), response.json()


def test_texts_have_no_percentiles(viewer: Client, truths: list[Truth]) -> None:
    response = figures(viewer, truths[3], percentiles="50")
    assert (response.status_code, response.json()["type"]) == (400, "/problems/method-does-not-fit")


def test_another_tenants_sensor_and_site_are_not_there(
    client_for: ClientFor, rival: TenantConnection, truths: list[Truth]
) -> None:
    outsider, site = client_for("admin", rival), truths[0].sensor.site
    assert figures(outsider, truths[0]).status_code == 404
    assert outsider.get(f"/api/v1/sites/{site}/retention").status_code == 404
    body = {"raw_days": 30, "ladder_days": None}
    assert put(outsider, f"/api/v1/sites/{site}/retention", body).status_code == 404
    assert outsider.delete(f"/api/v1/sites/{site}/samples?confirm=x").status_code == 404


def test_the_ladder_reports_its_progress(viewer: Client, acme: TenantConnection, truths: list[Truth]) -> None:
    whole = viewer.get("/api/v1/ladder").json()
    assert whole["complete"] is True
    assert (whole["due"], whole["behind"], whole["behind_days"]) == (0, 0, 0.0)
    assert whole["sensors"] >= whole["ladders"] >= 4
    marks().mark(acme.prefix, {truths[0].sensor.id: [(START - 9 * DAY, START - 4 * DAY)]}, NOW - MINUTE)
    behind = viewer.get("/api/v1/ladder").json()
    assert (behind["complete"], behind["behind"], behind["behind_days"]) == (False, 1, 5.0)
    settle(acme)


def put(client: Client, path: str, body: Any) -> Any:
    return client.put(path, body, content_type="application/json")


def test_retention_is_read_by_all_and_set_by_admins(
    client_for: ClientFor, viewer: Client, admin: Client, acme: TenantConnection, truths: list[Truth]
) -> None:
    site = f"/api/v1/sites/{truths[0].sensor.site}/retention"
    body = {"raw_days": 400, "ladder_days": 4_000}
    for path in ("/api/v1/retention", site):
        for client in (viewer, client_for("engineer", acme)):
            assert put(client, path, body).status_code == 403
    assert viewer.get(site).json() == {"raw_days": None, "ladder_days": None, "own": False, "raw_from": None}
    assert put(admin, "/api/v1/retention", body).json() == {**body, "own": True, "raw_from": None}
    assert viewer.get(site).json() == {**body, "own": False, "raw_from": None}
    own = {"raw_days": 90, "ladder_days": None}
    assert put(admin, site, own).json() == {**own, "own": True, "raw_from": None}
    assert admin.delete(site).json() == {**body, "own": False, "raw_from": None}
    put(admin, "/api/v1/retention", {"raw_days": None, "ladder_days": None})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"raw_days": 1}, "bad-retention"),
        ({"raw_days": 36_501}, "bad-retention"),
        ({"raw_days": 30, "ladder_days": 29}, "bad-retention"),
        ({"ladder_days": 30}, "bad-retention"),
        ({"raw_days": 30.5}, "invalid-body"),
        ({"raw_days": "30"}, "invalid-body"),
        ({"days": 30}, "invalid-body"),
    ],
)
def test_an_invalid_retention_is_rejected(admin: Client, body: dict[str, Any], kind: str) -> None:
    response = put(admin, "/api/v1/retention", body)
    assert (response.status_code, response.json()["type"]) == (400, f"/problems/{kind}"), response.json()


def test_deleting_a_sites_samples_needs_confirmation(
    client_for: ClientFor, viewer: Client, admin: Client, acme: TenantConnection, truths: list[Truth]
) -> None:
    site = snapshot_of(acme).sites[truths[0].sensor.site]
    path = f"/api/v1/sites/{site.id}/samples"
    for client in (viewer, client_for("engineer", acme)):
        assert client.delete(f"{path}?confirm={site.slug}").status_code == 403
    refused = admin.delete(f"{path}?confirm=other")
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/not-confirmed")
    assert figures(viewer, truths[0]).json()["count"] > 0
    assert admin.delete(f"{path}?confirm={site.slug}").status_code == 204
    assert admin.delete(f"{path}?confirm={site.slug}").status_code == 204, "again, it does the rest"
    for truth in truths:
        assert figures(viewer, truth).json()["count"] == 0
    settle(acme)
    for truth in truths:
        assert figures(viewer, truth).json()["count"] == 0
        assert snapshot_of(acme).sensors[truth.sensor.id] == truth.sensor, "its description stays"


def table(response: Any) -> pa.Table:
    assert response["Content-Type"] == "application/vnd.apache.arrow.stream"
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return pa.ipc.open_stream(io.BytesIO(content)).read_all()


def test_arrow_has_the_same_data_as_json(viewer: Client, truths: list[Truth]) -> None:
    for truth in truths:
        path = f"/api/v1/sensors/{truth.sensor.id}/samples"
        as_json = viewer.get(path, {**SPAN, "points": 80}).json()
        found = table(viewer.get(path, {**SPAN, "points": 80, "format": "arrow"}))
        value = "text" if truth.sensor.kind == "text" else "v"
        assert found.schema.names == ["sensor", "t", value]
        assert found["t"].type == pa.timestamp("ms", "UTC")
        assert found["t"].cast(pa.int64()).to_pylist() == as_json["t"]
        assert found[value].to_pylist() == as_json["v"]
        assert set(found["sensor"].to_pylist()) == {truth.sensor.id}


def test_an_arrow_band_has_its_three_columns(viewer: Client, truths: list[Truth]) -> None:
    query = {**SPAN, "points": 80, "method": "band"}
    path = f"/api/v1/sensors/{truths[0].sensor.id}/samples"
    as_json, found = viewer.get(path, query).json(), table(viewer.get(path, {**query, "format": "arrow"}))
    for name in ("min", "max", "mean"):
        assert found[name].to_pylist() == as_json[name]


def test_arrow_of_many_sensors_is_one_table(viewer: Client, truths: list[Truth]) -> None:
    ids = [truth.sensor.id for truth in truths]
    body = {"sensors": ids, **SPAN, "points": 50}
    as_json = viewer.post("/api/v1/samples/query", body, content_type="application/json").json()
    answer = viewer.post("/api/v1/samples/query", {**body, "format": "arrow"}, content_type="application/json")
    found = table(answer)
    for sensor, view in zip(ids, as_json["results"], strict=True):
        rows = found.filter(pa.compute.equal(found["sensor"], sensor))
        assert rows["t"].cast(pa.int64()).to_pylist() == view["t"]
        both = zip(rows["v"].to_pylist(), rows["text"].to_pylist(), strict=True)
        assert [text if v is None else v for v, text in both] == view["v"]


def test_raw_arrow_is_every_sample_to_the_nanosecond(
    viewer: Client, acme: TenantConnection, truths: list[Truth]
) -> None:
    number, text = add_sensors(acme, {}, {"kind": "text"})
    base = START * 1_000_000
    write(acme, number, [(base + 7, 1.5), (base + 8, 2.5, 2)], unit_ns=1)
    write(acme, text, [(base + 9, "Idle", 1)], unit_ns=1)
    query = {"start": iso(START), "end": iso(START + DAY), "method": "raw", "format": "arrow"}
    found = table(viewer.get(f"/api/v1/sensors/{number.id}/samples", query))
    assert found["t"].cast(pa.int64()).to_pylist() == [base + 7, base + 8]
    assert (found["v"].to_pylist(), found["quality"].to_pylist()) == ([1.5, 2.5], [0, 2])
    found = table(viewer.get(f"/api/v1/sensors/{text.id}/samples", query))
    assert (found["text"].to_pylist(), found["quality"].to_pylist()) == (["Idle"], [1])
    empty = table(viewer.get(f"/api/v1/sensors/{text.id}/samples", {**query, "start": START + 5, "end": START + 6}))
    assert empty.num_rows == 0
    whole = table(viewer.get(f"/api/v1/sensors/{truths[0].sensor.id}/samples", {**query, **SPAN}))
    assert whole["v"].to_pylist() == truths[0].within(WHOLE).v.tolist()
