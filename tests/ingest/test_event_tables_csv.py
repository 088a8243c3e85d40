"""Look-up tables of events as files of a spreadsheet: what is downloaded can be uploaded, and nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ingest.events import repository
from ingest.events.lookup import MAX_ROWS, Row, wrong_with
from ingest.events.lookup import LookupTable as Table
from ingest.events.repository import TABLES
from ingest.events.tables_csv import InvalidCsv, csv_text, parse_csv
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor
from tests.ingest.conftest import drain
from tests.ingest.test_events import NOW, clear, event, listed, send
from web.stores import documents

TABLE = "/api/v1/event-tables"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.text(" '=xé\t", max_size=4)
NAMES = TEXTS.filter(bool)
TIMES = st.none() | st.integers(0, 9_000_000_000_000)
HOURS = st.integers(0, 23).map(lambda hour: f"{hour:02d}:30")
ROWS = st.builds(
    Row,
    values=st.dictionaries(st.sampled_from(["key", "values.key", "=a", "'b", " key", " "]) | NAMES, TEXTS, min_size=1),
    key=TEXTS, start=TIMES, end=TIMES, daily=st.none() | st.tuples(HOURS, HOURS),
)  # fmt: skip


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Iterator[Client]:
    clear(acme)
    yield client_for("engineer", acme)
    for kept in repository.find_all(acme, TABLES):
        repository.remove(acme, TABLES, kept.name, kept.revision)
    clear(acme)


def make(client: Client, rows: list[dict[str, Any]], name: str = "shifts", **members: Any) -> int:
    answer = client.put(f"{TABLE}/{name}", {"rows": rows, **members}, "application/json")
    assert answer.status_code == 200, answer.content
    return int(answer.json()["revision"])


def upload(client: Client, data: bytes | str, revision: int | None, name: str = "shifts") -> Any:
    headers = {"If-Match": f'"{revision}"'} if revision else {}
    body = data.encode() if isinstance(data, str) else data
    return client.generic("PUT", f"{TABLE}/{name}/rows", body, content_type="text/csv", headers=headers)


def download(client: Client, name: str = "shifts") -> Any:
    return client.get(f"{TABLE}/{name}/rows?format=csv")


@given(st.lists(ROWS, max_size=4))
def test_what_is_written_is_read_back(rows: list[Row]) -> None:
    wanted = [row for row in rows if len(row.values) <= 16]
    if wrong_with(Table(wanted)) is None:
        assert not wanted or parse_csv(csv_text(wanted).encode()) == wanted


def test_blanks_mean_what_they_meant_and_those_that_people_type_around_cells_are_dropped() -> None:
    row = Row({" shift": " ", "product": "A "}, key=" ")
    text = csv_text([row])
    assert text == "key,from,to,daily_from,daily_to,' shift,product\r\n' ,,,,,' ,'A \r\n"
    assert parse_csv(text.encode()) == [row], "its key is not that of any event"
    typed = b"key , from, daily_from , daily_to, shift \n M-1 , 1773464400000 , 06:00 , 14:00, '=1"
    assert parse_csv(typed) == [Row({"shift": "=1"}, "M-1", start=1_773_464_400_000, daily=("06:00", "14:00"))]


def test_a_table_is_downloaded_edited_and_uploaded(acme: TenantConnection, engineer: Client) -> None:
    rows = [
        {"values": {"shift": "early", "note": "=1+1"}, "daily": ["06:00", "14:00"]},
        {"key": "M-17", "from": NOW, "values": {"operator": "-Ada"}},
    ]
    make(engineer, rows, timezone="Europe/Berlin", types=["door.opened"])
    file = download(engineer)
    assert file["Content-Disposition"] == 'attachment; filename="shifts.csv"' and file["ETag"] == '"1"'
    assert "'=1+1" in file.content.decode() and "'-Ada" in file.content.decode(), "a spreadsheet runs no formula"
    edited = file.content.decode().replace("-Ada", "-Eva")
    answer = upload(engineer, edited, 1)
    assert (answer.status_code, answer["ETag"], answer.json()["rows"]) == (200, '"2"', 2)
    table = engineer.get(f"{TABLE}/shifts").json()
    assert (table["timezone"], table["types"]) == ("Europe/Berlin", ["door.opened"]), "only the rows are another"
    assert table["rows"] == [rows[0], {**rows[1], "values": {"operator": "-Eva"}}]
    send(engineer, [event(device="M-17")])
    drain(acme)
    assert listed(engineer)[0]["context"]["operator"] == "-Eva"


def test_files_of_other_spreadsheets_are_read() -> None:
    german = '\ufeffshift;key;daily_from;daily_to\r\nfrüh, kalt;M-1;6:00;14:00:00\r\n\r\n;;;\r\n"a;""b""";M-2;;\r\n'
    assert parse_csv(german.encode()) == [
        Row({"shift": "früh, kalt"}, "M-1", daily=("06:00", "14:00")), Row({"shift": 'a;"b"'}, "M-2"),
    ]  # fmt: skip
    assert parse_csv(b"from\tshift\n2026-03-14T06:00:00+01:00\tx") == [Row({"shift": "x"}, start=1_773_464_400_000)]


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        (b"", "row 1", "no column has values"),
        (b"key,from\nM-1,0", "row 1", "no column has values"),
        (b"shift,values.shift\na,b", "row 1", "appears twice"),
        (b"shift,\na,b", "row 2", "2 cells, but the header has 1"),
        (b"shift,to\na,\nb,later", "row 3, to", "is not a time"),
        (b"shift,to\na,2026-03-14T06:00:00", "row 2, to", "zone"),
        (b"shift,daily_from\na,6", "row 2, daily_from", "06:00"),
        (b"shift,daily_from\na,06:00", "row 2, daily_to", "both or neither"),
        (b"shift,from,to\na,,\na,1773481320001,1773481320000", "row 3", "from must be before to"),
        (b"shift,key\n,M-1", "row 2", "1 to 16 values"),
        (b"shift\n" + b"x" * 201, "row 2, shift", "201 characters"),
        (b"shift\n\"a", "row 2", "cannot be read"),
        (b"shift\na\0b", "row 2", "NUL"),
        (b"shift\na\nb\xff", "row 3", "UTF-8"),
        (b"s" * 201 + b"\na", "row 1", "1 to"),
        (b"a," * 300 + b"b\n", "row 1", "301 columns"),
        (b"shift\n" + b"a\n" * (MAX_ROWS + 1), f"row {MAX_ROWS + 2}", "at most 5,000 rows"),
        (b"shift,daily_from,daily_to\n" + b"a,06:00,07:00\n" * 25, "row 26", "24 rows with daily times"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_row(data: bytes, field: str, message: str) -> None:
    with pytest.raises(InvalidCsv) as caught:
        parse_csv(data)
    first = caught.value.extra["errors"][0]
    assert first["field"] == field and message in first["message"]


def test_a_file_has_as_many_columns_as_can_be_uploaded() -> None:
    rows = [Row({f"n{16 * k + place}": "" for place in range(16)}) for k in range(13)]
    assert wrong_with(Table(rows[:12])) is None and parse_csv(csv_text(rows[:12]).encode()) == rows[:12]
    assert wrong_with(Table(rows)) == (12, "up to this row, values have 208 names; a table has at most 195")
    with pytest.raises(BadRequest, match="208 names") as caught:
        csv_text(rows)
    assert caught.value.problem == "too-many-columns"


def test_a_table_of_many_names_is_neither_stored_nor_written_as_csv(acme: TenantConnection, engineer: Client) -> None:
    rows = [{"values": {f"n{16 * k + place}": "" for place in range(16)}} for k in range(13)]
    answer = engineer.put(f"{TABLE}/shifts", {"rows": rows}, "application/json")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-table")
    assert "rows[12]" in answer.json()["detail"] and "at most 195" in answer.json()["detail"]
    make(engineer, rows[:12])
    assert download(engineer).status_code == 200
    documents(acme).change(TABLES, "shifts", lambda kept: {**kept, "content": {**kept["content"], "rows": rows}})
    assert download(engineer).json()["type"] == "/problems/too-many-columns", "one that was stored before"
    assert len(engineer.get(f"{TABLE}/shifts/rows").json()["results"]) == 13


def test_a_wrong_file_changes_nothing_and_all_its_errors_are_named(engineer: Client) -> None:
    make(engineer, [{"values": {"shift": "early"}}])
    answer = upload(engineer, "shift,to\na,x\nb,\n,5\n", 1)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-csv")
    assert answer.json()["detail"].endswith("Nothing was changed. One more row is wrong.")
    assert [each["field"] for each in answer.json()["errors"]] == ["row 2, to", "row 4"]
    many = upload(engineer, "shift,to\n" + "a,x\n" * 1_000, 1).json()
    assert len(many["errors"]) == 20
    assert engineer.get(f"{TABLE}/shifts").json()["revision"] == 1


def test_an_upload_names_the_revision_that_was_read_and_is_bounded_before_it_is_parsed(
    acme: TenantConnection, engineer: Client, client_for: ClientFor
) -> None:
    make(engineer, [])
    assert upload(engineer, "shift\na", None).status_code == 409
    assert upload(engineer, "shift\na", 7).json()["current"] == 1
    assert upload(engineer, "shift\na", 1, "none").status_code == 404
    assert upload(engineer, "shift\n" + "a\n" * 2**20, 1).status_code == 413
    viewer = client_for("viewer", acme)
    assert upload(viewer, "shift\na", 1).status_code == 403 and download(viewer).status_code == 200


def test_rows_are_read_page_by_page_until_the_table_is_changed(engineer: Client) -> None:
    rows = [{"key": f"M-{k}", "values": {"product": str(k)}} for k in range(250)]
    make(engineer, rows)
    found, address, pages = [], f"{TABLE}/shifts/rows?limit=100", 0
    while address:
        page = engineer.get(address).json()
        found, before, address, pages = [*found, *page["results"]], address, page["next"], pages + 1
    assert (found, pages) == (rows, 3)
    assert download(engineer).content.count(b"\r\n") == 251
    make(engineer, rows[:120], revision=1)
    assert engineer.get(before).json()["type"] == "/problems/bad-cursor", "of another revision"


def test_another_tenant_s_table_is_unknown(engineer: Client, rival: TenantConnection, client_for: ClientFor) -> None:
    make(engineer, [{"values": {"shift": "early"}}])
    stranger = client_for("engineer", rival)
    assert upload(stranger, "shift\na", 1).status_code == download(stranger).status_code == 404
    assert engineer.get(f"{TABLE}/shifts").json()["revision"] == 1
