"""`/query` over HTTP beside a real InfluxDB: forms, times, chunks, parameters, errors, other tenants."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from catalog.kinds import SITES
from catalog.operations import bulk_upsert, delete
from catalog.snapshot import snapshot_of
from ingest.sources.influxdb.operations import take_lines
from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor
from tests.ingest.conftest import drain
from tests.ingest.influxql.world import DAY_OF_CASES, NS, Beside, differences
from tests.ingest.test_influxdb_responses import names

pytestmark = pytest.mark.django_db
DAY = f"time >= {DAY_OF_CASES} AND time < {DAY_OF_CASES + 7200 * NS}"
MEANS = f'SELECT mean("value"), count("value") FROM "site" WHERE {DAY} GROUP BY time(10m), "sensor"'
STATEMENTS = {
    "aggregates": MEANS,
    "points": f'SELECT * FROM "site" WHERE {DAY} AND "sensor" = \'F 1,x=y\'',
    "several": f'{MEANS}; SHOW MEASUREMENTS; SELECT nothing FROM "site"; SHOW TAG KEYS',
    "a zone": f'SELECT max("value") FROM "site" WHERE {DAY} GROUP BY time(1h) tz(\'Asia/Kathmandu\')',
    "an error": 'SHOW DATABASES; SELECT mean("value") FROM "nowhere"."site"',
    "nothing": 'SELECT "value" FROM "nothing"',
}


@pytest.fixture
def reader(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("viewer", acme, ("read",))


def content(response: Any) -> bytes:
    if isinstance(response, StreamingHttpResponse):
        return b"".join(response.streaming_content)  # type: ignore[arg-type]
    return bytes(response.content)


def unpacked(data: bytes) -> Any:
    return msgspec.msgpack.decode(data, ext_hook=lambda code, some: (code, bytes(some)))


@pytest.mark.parametrize("what", STATEMENTS)
@pytest.mark.parametrize("epoch", ["", "ns", "u", "ms", "s", "m", "h", "nonsense"])
def test_json(beside: Beside, reader: Client, what: str, epoch: str) -> None:
    sent = {"db": "plant", "q": STATEMENTS[what], **({"epoch": epoch} if epoch else {})}
    ours, theirs = reader.get("/query", sent), beside.send(STATEMENTS[what], **({"epoch": epoch} if epoch else {}))
    assert (ours.status_code, ours["Content-Type"]) == (theirs.status_code, theirs.headers["Content-Type"])
    assert differences(ours.json(), theirs.json()) == ""
    assert names(theirs.headers) <= names(ours.headers) | {"transfer-encoding"}


@pytest.mark.parametrize("what", STATEMENTS)
@pytest.mark.parametrize("epoch", ["", "ms"])
def test_messagepack(beside: Beside, reader: Client, what: str, epoch: str) -> None:
    more = {"epoch": epoch} if epoch else {}
    accept = "application/x-msgpack"
    ours = reader.get("/query", {"q": STATEMENTS[what], **more}, headers={"Accept": accept})
    theirs = beside.send(STATEMENTS[what], accept, **more)
    assert ours["Content-Type"] == theirs.headers["Content-Type"]
    assert differences(unpacked(content(ours)), unpacked(theirs.content)) == ""


@pytest.mark.parametrize("what", sorted(STATEMENTS.keys() - {"an error"}))
@pytest.mark.parametrize("epoch", ["", "ms"])
def test_csv(beside: Beside, reader: Client, what: str, epoch: str) -> None:
    more = {"epoch": epoch} if epoch else {}
    ours = reader.get("/query", {"q": STATEMENTS[what], **more}, headers={"Accept": "application/csv"})
    theirs = beside.send(STATEMENTS[what], "application/csv", **more)
    assert ours["Content-Type"] == theirs.headers["Content-Type"]
    mine, other = (list(csv.reader(text.splitlines())) for text in (content(ours).decode(), theirs.text))
    assert len(mine) == len(other)
    for one, two in zip(mine, other, strict=True):
        assert len(one) == len(two)
        assert all(a == b or float(a) == pytest.approx(float(b)) for a, b in zip(one, two, strict=True)), (one, two)


def test_an_error_is_seen_in_csv(reader: Client) -> None:
    """InfluxDB sends an empty file."""
    response = reader.get("/query", {"q": STATEMENTS["an error"]}, headers={"Accept": "text/csv"})
    assert content(response).endswith(b"\nerror\nretention policy not found: nowhere\n")


def test_what_follows_an_error_is_not_executed(reader: Client) -> None:
    """InfluxDB writes this in place of the error."""
    first, second = reader.get("/query", {"q": 'SELECT value FROM "nowhere"."site"; SHOW DATABASES'}).json()["results"]
    assert first == {"statement_id": 0, "error": "retention policy not found: nowhere"}
    assert second == {"statement_id": 1, "error": "not executed"}


@pytest.mark.parametrize("what", STATEMENTS)
@pytest.mark.parametrize("size", ["", "5", "1000", "0", "x"])
def test_chunks(beside: Beside, reader: Client, what: str, size: str) -> None:
    more = {"chunked": "true", **({"chunk_size": size} if size else {})}
    ours = content(reader.post("/query", {"q": STATEMENTS[what], **more})).splitlines()
    theirs = beside.send(STATEMENTS[what], **more).content.splitlines()
    assert len(ours) == len(theirs)
    for one, two in zip(map(msgspec.json.decode, ours), map(msgspec.json.decode, theirs), strict=True):
        assert differences(one, two) == ""
        for mine, other in zip(one["results"], two["results"], strict=True):
            assert mine["statement_id"] == other["statement_id"] and mine.get("partial") == other.get("partial")
            partial = [[each.get("partial") for each in some.get("series", ())] for some in (mine, other)]
            assert partial[0] == partial[1]


def test_statements_may_be_in_the_address_or_the_body(beside: Beside, reader: Client) -> None:
    asked = "/query?q=SHOW%20MEASUREMENTS"
    expected = beside.theirs("SHOW MEASUREMENTS")
    assert reader.get(asked).json() == reader.post(asked).json() == expected
    assert reader.post("/query", {"q": "SHOW MEASUREMENTS", "db": "acme"}).json() == expected
    assert msgspec.json.decode(reader.get(f"{asked}&pretty=true").content) == expected
    assert b'    "results"' in reader.get(f"{asked}&pretty=true").content


def test_parameters_are_values_and_never_text(beside: Beside, reader: Client) -> None:
    text = 'SELECT "value" FROM "site" WHERE "sensor" = $sensor AND "value" > $least LIMIT 3'
    params = msgspec.json.encode({"sensor": "T-1", "least": 20.5}).decode()
    ours = reader.get("/query", {"q": text, "params": params}).json()
    assert differences(ours, beside.send(text, params=params).json()) == ""
    hostile = msgspec.json.encode({"sensor": "T-1' OR '1' = '1", "least": 0}).decode()
    assert reader.get("/query", {"q": text, "params": hostile}).json() == {"results": [{"statement_id": 0}]}
    missing = reader.get("/query", {"q": text, "params": "{}"})
    assert missing.status_code == 400 and "missing parameter: sensor" in missing.json()["error"]


@pytest.mark.parametrize("q", ["SELECT", "SELECT value FRM site", "SELECT value FROM site WHERE value =~ /(/", "SHOW"])
def test_what_cannot_be_parsed_is_a_400(beside: Beside, reader: Client, q: str) -> None:
    ours, theirs = reader.get("/query", {"q": q}), beside.send(q)
    assert ours.status_code == theirs.status_code == 400
    assert list(ours.json()) == ["error"] and "X-Influxdb-Error" in ours.headers


def test_without_a_query(beside: Beside, reader: Client) -> None:
    ours, theirs = reader.get("/query", {"db": "plant"}), beside.send("")
    assert ours.status_code == theirs.status_code == 400
    assert ours.json() == theirs.json() == {"error": 'missing required parameter "q"'}


def test_one_statement_that_changes_something_refuses_the_whole_request(reader: Client) -> None:
    response = reader.post("/query", {"q": 'SELECT mean("value") FROM "site"; DROP SERIES FROM "site"'})
    assert response.status_code == 400 and "DROP SERIES is not supported" in response.json()["error"]


def test_the_database_that_exists_may_be_created(reader: Client) -> None:
    """Telegraf and others do so before they write."""
    response = reader.post("/query", {"q": 'CREATE DATABASE "plant"'})
    assert response.json() == {"results": [{"statement_id": 0}]}


def test_another_database_is_404(beside: Beside, reader: Client, rival: TenantConnection) -> None:
    for sent in ({"db": rival.slug, "q": "SHOW MEASUREMENTS"}, {"q": f'SELECT value FROM "{rival.slug}"."raw"."site"'},
                 {"q": f'SHOW MEASUREMENTS ON "{rival.slug}"'}):  # fmt: skip
        response = reader.get("/query", sent)
        assert (response.status_code, list(response.json())) == (404, ["error"])
        assert response.json()["error"].startswith(f"database not found: {rival.slug}")


def test_another_tenant_sees_nothing(beside: Beside, client_for: ClientFor, rival: TenantConnection) -> None:
    site = next(iter(_sites(beside)))
    outsider = client_for("admin", rival)
    for source in ("site", site):
        response = outsider.get("/query", {"q": f'SELECT "value" FROM "{source}" LIMIT 1; SHOW SERIES FROM "{source}"'})
        assert response.json() == {"results": [{"statement_id": 0}, {"statement_id": 1}]}


def _sites(beside: Beside) -> list[str]:
    return list(snapshot_of(beside.tenant).sites)


def test_who_may_read(beside: Beside, client_for: ClientFor, acme: TenantConnection) -> None:
    sender = client_for("engineer", acme, ("ingest",)).get("/query", {"q": "SHOW DATABASES"})
    assert sender.status_code == 403 and sender.json()["error"].startswith("error authorizing query: ")
    nobody = Client().get("/query", {"q": "SHOW DATABASES"})
    assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, 'Basic realm="InfluxDB"')


def test_ids_name_a_site_and_its_sensors_too(beside: Beside, reader: Client) -> None:
    snapshot = snapshot_of(beside.tenant)
    site = snapshot.site("site")
    assert site is not None
    sensor = snapshot.sensor(site.id, "T-1")
    assert sensor is not None and sensor.asset is not None
    by_name = reader.get("/query", {"q": 'SELECT count("value") FROM "site" WHERE "sensor" = \'T-1\''}).json()
    for condition in (f"\"sensor\" = '{sensor.id}'", f'"sensor" =~ /^({sensor.id})$/'):
        by_id = reader.get("/query", {"q": f'SELECT count("value") FROM "{site.id}" WHERE {condition}'}).json()
        assert by_id == by_name
    by_asset = reader.get("/query", {"q": f"SHOW SERIES WHERE \"asset\" = '{sensor.asset}'"}).json()
    assert len(by_asset["results"][0]["series"][0]["values"]) == 2


def test_texts_are_the_field_text(words: Beside, reader: Client) -> None:
    for statement, expected in (
        ('SELECT "text" FROM "words" WHERE "text" != \'a\'', ["b", "c"]),
        ('SELECT last("text") FROM "words"', ["a"]),
        ('SELECT distinct("text") FROM "words"', ["a", "b", "c"]),
        ('SELECT "text" FROM "words" WHERE "text" =~ /[bc]/', ["b", "c"]),
        ('SELECT count("text") FROM "words"', [4]),
    ):
        [result] = reader.get("/query", {"q": statement}).json()["results"]
        assert [row[1] for row in result["series"][0]["values"]] == expected, statement
    wrong = reader.get("/query", {"q": 'SELECT mean("text") FROM "words"'}).json()["results"][0]
    assert wrong["error"].startswith("unsupported mean iterator type")
    fields = reader.get("/query", {"q": 'SHOW FIELD KEYS FROM "words"'}).json()["results"][0]["series"][0]["values"]
    assert fields == [["text", "string"]]


@pytest.fixture
def words(beside: Beside) -> Iterator[Beside]:
    """A site with a text sensor, gone afterwards."""
    bulk_upsert(beside.tenant, "sites", [{"slug": "words", "name": "Words", "timezone": "UTC"}])
    bulk_upsert(beside.tenant, "sensors", [{"site": "words", "tag": "M", "name": "M", "kind": "text"}])
    lines = "\n".join(f'words,sensor=M text="{word}" {beside.now - NS + k}' for k, word in enumerate("abca"))
    assert not take_lines(beside.tenant, lines.encode(), 1, beside.now).refused
    drain(beside.tenant)
    yield beside
    site = snapshot_of(beside.tenant).site("words")
    assert site is not None
    delete(beside.tenant, SITES, site.id, cascade=True)
