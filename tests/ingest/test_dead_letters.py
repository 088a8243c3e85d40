"""Dead letters over HTTP: engineers read, correct, replay and remove them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client

from access.models import ApiToken, AuditEntry
from catalog import operations as catalog
from ingest.dead_letters.models import MAX_IDS
from ingest.letters import WRITER, Origin, encode_letter
from kernel.tenancy import TenantConnection
from stores.redis.dead_letters import Buried
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant, drain
from tests.ingest.test_units_with_history import change_unit
from tests.ingest.test_write import post
from web.stores import streams

T = 1_770_000_000_000_000_000
URL = "/api/v1/deadletters"


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Client:
    for kept in streams().dead_letters.page(acme.prefix, 1):
        streams().dead_letters.remove_until(acme.prefix, kept.id)
    return client_for("engineer", acme)


def letters(client: Client, query: str = "") -> list[dict[str, Any]]:
    """Newest first."""
    return list(client.get(f"{URL}{query}").json()["results"])


def bury(plant: Plant, origin: Origin, item: bytes) -> None:
    streams().append(plant.tenant, [], buried=Buried([encode_letter(origin, T, "why", item)]))


def replay(client: Client, id: str, item: str | None = None) -> Any:
    body = {} if item is None else {"data": {"item": item}}
    return client.post(f"{URL}/{id}/replay", **body, content_type="application/json")


def create_sensor(plant: Plant, tag: str, **fields: Any) -> None:
    catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": tag, "name": tag, **fields}])


def test_a_refused_line_is_listed_with_all_that_is_known_of_it(plant: Plant, engineer: Client) -> None:
    line = f"{plant.slug},sensor=TT-9 value=1 {T // 10**9}"
    post(engineer, f"{plant.slug},sensor=TT-101 value=1 {T // 10**9}\n{line}", "?precision=s")
    (letter,) = letters(engineer)
    assert letter == {
        "id": letter["id"],
        "received": letter["received"],
        "source": "influxdb",
        "source_id": "",
        "endpoint": "/write",
        "sender": "engineer.acme",
        "token": letter["token"],
        "address": "127.0.0.1",
        "options": {"precision": "s"},
        "position": 2,
        "reason": f"the site '{plant.slug}' has no sensor 'TT-9'",
        "item": line,
        "encoding": "utf-8",
        "cut": False,
        "replayable": True,
        "unmatched": True,
    }
    assert ApiToken.objects.get(id=letter["token"]).user.get_username() == letter["sender"]
    assert engineer.get(f"{URL}/{letter['id']}").json() == letter
    drain(plant.tenant)


def test_an_item_that_is_not_utf8_is_shown_as_base64(plant: Plant, engineer: Client) -> None:
    post(engineer, b"\xff,sensor=x value=1")
    (letter,) = letters(engineer)
    assert (letter["encoding"], base64.b64decode(letter["item"])) == ("base64", b"\xff,sensor=x value=1")


def test_the_list_is_paged_newest_first(plant: Plant, engineer: Client) -> None:
    post(engineer, "\n".join(f"x,sensor=s value={k}" for k in range(5)))
    first = engineer.get(f"{URL}?limit=2").json()
    second = engineer.get(first["next"]).json()
    third = engineer.get(second["next"]).json()
    found = [letter["position"] for page in (first, second, third) for letter in page["results"]]
    assert found == [5, 4, 3, 2, 1] and third["next"] is None
    assert first["counts"]["kept"] == 5
    wrong = engineer.get(f"{URL}?cursor=nonsense")
    assert (wrong.status_code, wrong.json()["type"]) == (400, "/problems/bad-cursor")


def test_a_letter_is_replayed_once_its_sensor_exists(plant: Plant, engineer: Client) -> None:
    post(engineer, f"{plant.slug},sensor=TT-900 value=6.5 {T // 10**9}", "?precision=s")
    (letter,) = letters(engineer)
    refused = replay(engineer, letter["id"])
    assert refused.status_code == 400 and "has no sensor 'TT-900'" in refused.json()["detail"]
    assert letters(engineer) == [letter], "it is what it was, and there is no second one"
    create_sensor(plant, "TT-900")
    assert replay(engineer, letter["id"]).json() == {"letters": 1, "points": 1, "refused": []}
    drain(plant.tenant)
    assert plant.stored("TT-900") == {T: (6.5, 0)}
    assert letters(engineer) == []
    assert replay(engineer, letter["id"]).status_code == 404


def test_a_line_without_a_time_is_of_when_it_came(plant: Plant, engineer: Client) -> None:
    post(engineer, f"{plant.slug},sensor=TT-900 value=1", "?precision=s")
    (letter,) = letters(engineer)
    create_sensor(plant, "TT-900")
    replay(engineer, letter["id"])
    drain(plant.tenant)
    (t,) = plant.stored("TT-900")
    assert t % 10**9 == 0 and 0 <= letter["received"] - t // 10**6 <= 1_500


def test_a_corrected_item_is_stored_in_its_place(plant: Plant, engineer: Client) -> None:
    post(engineer, f"{plant.slug},sensor=TT-1O1 value=1 {T // 10**6}", "?precision=ms")
    (letter,) = letters(engineer)
    wrong = replay(engineer, letter["id"], "still wrong")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "item")
    assert replay(engineer, letter["id"], "# nothing").status_code == 400
    right = replay(engineer, letter["id"], f"{plant.slug},sensor=TT-101 value=1 {T // 10**6}")
    assert right.status_code == 200, right.content
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (1.0, 0)}
    assert letters(engineer) == []


def test_many_are_replayed_and_those_still_wrong_stay(plant: Plant, engineer: Client) -> None:
    tags = ["TT-900", "TT-901", "TT-902"]
    post(engineer, "\n".join(f"{plant.slug},sensor={tag} value=1 {T}" for tag in tags))
    ids = [letter["id"] for letter in letters(engineer)]
    create_sensor(plant, "TT-900")
    create_sensor(plant, "TT-902")
    response = engineer.post(f"{URL}/replay", {"ids": [*ids, ids[0], "1-1"]}, content_type="application/json")
    assert response.status_code == 200, response.content
    assert (response.json()["letters"], response.json()["points"]) == (2, 2)
    assert [refused["id"] for refused in response.json()["refused"]] == [ids[1]]
    assert "TT-901" in response.json()["refused"][0]["reason"]
    drain(plant.tenant)
    assert plant.stored("TT-900") == plant.stored("TT-902") == {T: (1.0, 0)}
    assert [letter["id"] for letter in letters(engineer)] == [ids[1]]


def test_bounds_of_a_bulk_replay(engineer: Client) -> None:
    for ids in ([], ["1-1"] * (MAX_IDS + 1), [7]):
        response = engineer.post(f"{URL}/replay", {"ids": ids}, content_type="application/json")
        assert response.status_code == 400, ids
    none = engineer.post(f"{URL}/replay", {"ids": ["1-1"]}, content_type="application/json")
    assert none.status_code == 404


def test_what_influxdb_refused_is_replayed_in_stored_units(plant: Plant, engineer: Client) -> None:
    create_sensor(plant, "TT-900", unit="°C")
    post(engineer, f"{plant.slug},sensor=TT-900 value=10 {T - 1}")
    change_unit(plant, "TT-900", "°F")
    sensor = plant.sensor("TT-900")
    assert sensor.stored_as is not None
    bury(plant, Origin(WRITER), f"{plant.site},sensor={sensor.id} value=20.0,quality=1i {T}".encode())
    (letter,) = letters(engineer)
    assert letter["source"] == WRITER and letter["replayable"]
    assert replay(engineer, letter["id"]).status_code == 200
    drain(plant.tenant)
    assert plant.stored("TT-900") == {T - 1: (10.0, 0), T: (pytest.approx(20.0), 1)}


def test_a_cut_item_is_replayed_only_if_it_is_given(plant: Plant, engineer: Client) -> None:
    bury(plant, Origin("influxdb", options={"precision": "ns"}), b"x" * 70_000)
    (letter,) = letters(engineer)
    assert (letter["cut"], letter["replayable"]) == (True, False)
    assert replay(engineer, letter["id"]).status_code == 409
    assert replay(engineer, letter["id"], f"{plant.slug},sensor=TT-101 value=1 {T}").status_code == 200
    drain(plant.tenant)


def test_a_source_that_is_gone_and_a_damaged_letter_can_only_be_removed(plant: Plant, engineer: Client) -> None:
    bury(plant, Origin("mqtt"), b"x")
    streams().append(plant.tenant, [], buried=Buried([b"\xc1"]))
    for letter in letters(engineer):
        assert not letter["replayable"]
        assert replay(engineer, letter["id"]).status_code == 409
        assert replay(engineer, letter["id"], "x").status_code == 409
        assert engineer.delete(f"{URL}/{letter['id']}").status_code == 204
    assert letters(engineer) == []


def test_letters_are_removed_up_to_the_newest_that_was_seen(plant: Plant, engineer: Client) -> None:
    post(engineer, "a,sensor=s value=1\nb,sensor=s value=1")
    seen = letters(engineer)[0]["id"]
    post(engineer, "c,sensor=s value=1")
    assert engineer.delete(URL).status_code == 400
    assert engineer.delete(f"{URL}?until=1-1").status_code == 404
    assert engineer.delete(f"{URL}?until={seen}").json() == {"removed": 2}
    assert [letter["item"] for letter in letters(engineer)] == ["c,sensor=s value=1"]


def test_changes_are_audited(plant: Plant, engineer: Client) -> None:
    post(engineer, f"{plant.slug},sensor=TT-9 value=1\n" * 3)
    third, second, first = (letter["id"] for letter in letters(engineer))
    replay(engineer, third, f"{plant.slug},sensor=TT-101 value=1 {T}")
    engineer.delete(f"{URL}/{second}")
    engineer.delete(f"{URL}?until={first}")
    found = AuditEntry.objects.filter(action__startswith="deadletter.").order_by("id")
    assert [(entry.action, entry.target, entry.username) for entry in found] == [
        ("deadletter.replay", third, "engineer.acme"),
        ("deadletter.delete", second, "engineer.acme"),
        ("deadletter.delete", first, "engineer.acme"),
    ]
    drain(plant.tenant)


def test_only_engineers_see_and_change_them(
    plant: Plant, engineer: Client, acme: TenantConnection, client_for: ClientFor
) -> None:
    post(engineer, f"{plant.slug},sensor=TT-9 value=1")
    (letter,) = letters(engineer)
    viewer, device, reader = (
        client_for("viewer", acme),
        client_for("engineer", acme, ("ingest",)),
        client_for("engineer", acme, ("read",)),
    )
    for client, may_read in ((viewer, False), (device, False), (reader, True)):
        assert (
            client.get(URL).status_code == client.get(f"{URL}/{letter['id']}").status_code == (200 if may_read else 403)
        )
        assert client.delete(f"{URL}/{letter['id']}").status_code == 403
        assert client.delete(f"{URL}?until={letter['id']}").status_code == 403
        assert replay(client, letter["id"]).status_code == 403
    assert letters(engineer) == [letter]


def test_another_tenants_letters_do_not_exist(
    plant: Plant, engineer: Client, rival: TenantConnection, client_for: ClientFor
) -> None:
    post(engineer, f"{plant.slug},sensor=TT-9 value=1")
    (letter,) = letters(engineer)
    stranger = client_for("engineer", rival)
    assert letter["id"] not in {each["id"] for each in letters(stranger)}
    for response in (
        stranger.get(f"{URL}/{letter['id']}"),
        stranger.delete(f"{URL}/{letter['id']}"),
        stranger.delete(f"{URL}?until={letter['id']}"),
        replay(stranger, letter["id"]),
        stranger.post(f"{URL}/replay", {"ids": [letter["id"]]}, content_type="application/json"),
    ):
        assert response.status_code == 404, response.content
    assert letters(engineer) == [letter]
