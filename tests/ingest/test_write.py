"""`POST /write`: good lines are stored durably, bad ones are dead letters and named."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ingest.letters import Letter, decode_letter
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from tenants import operations
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant, drain
from web.stores import streams

T = 1_770_000_000_000_000_000


@pytest.fixture
def device(acme: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("engineer", acme, ("ingest",))


def post(client: Client, body: str | bytes, query: str = "", **headers: str) -> Any:
    return client.post(f"/write{query}", body, content_type="text/plain", headers=headers)


def test_samples_of_every_kind_arrive_with_their_quality(plant: Plant, device: Client) -> None:
    lines = [
        f"{plant.slug},sensor=TT-101 value=6.5 {T}",
        f"{plant.site},sensor={plant.sensor('TT-101').id} value=7i,quality=1i {T + 1}",
        f"{plant.slug},host=gw1,sensor=TT-102 value=-1.5e2,quality=2i {T}",
        f"{plant.slug},sensor=P-1.run value=1 {T}",
        f'{plant.slug},sensor=P-1.run value="stopped" {T + 1}',
        f'{plant.slug},sensor=P-1.run text="Running" {T + 2}',
        f"{plant.slug},sensor=P-1.run value=false {T + 3}",
        f"{plant.slug},sensor=EM-1 value=123456789.25 {T}",
        f'{plant.slug},sensor=PLC.msg text="two\nlines, \\"quoted\\" and a \\\\" {T}',
        "# a comment",
        "",
    ]
    response = post(device, "\n".join(lines))
    assert response.status_code == 204, response.content
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (6.5, 0), T + 1: (7.0, 1)}
    assert plant.stored("TT-102") == {T: (-150.0, 2)}
    assert plant.stored("P-1.run") == {T: (1.0, 0), T + 1: (0.0, 0), T + 2: (1.0, 0), T + 3: (0.0, 0)}
    assert plant.stored("EM-1") == {T: (123456789.25, 0)}
    assert plant.stored("PLC.msg") == {T: ('two\nlines, "quoted" and a \\', 0)}
    newest = streams().latest.read(plant.tenant.prefix, [plant.sensor("TT-101").id, plant.sensor("PLC.msg").id])
    assert newest[plant.sensor("TT-101").id] == Latest(T + 1, 7.0, 1)
    assert newest[plant.sensor("PLC.msg").id].v == 'two\nlines, "quoted" and a \\'


@pytest.mark.parametrize(
    ("precision", "unit"),
    [
        ("", 1), ("n", 1), ("ns", 1), ("u", 10**3), ("us", 10**3), ("µ", 10**3), ("ms", 10**6), ("s", 10**9),
        ("m", 60 * 10**9), ("h", 3600 * 10**9),
    ],
)  # fmt: skip
def test_every_precision(plant: Plant, device: Client, precision: str, unit: int) -> None:
    count = T // unit
    query = f"?precision={precision}" if precision else ""
    assert post(device, f"{plant.slug},sensor=TT-101 value=1 {count}", query).status_code == 204
    drain(plant.tenant)
    assert plant.stored("TT-101") == {count * unit: (1.0, 0)}


def test_without_a_timestamp_a_sample_is_of_now(plant: Plant, device: Client) -> None:
    before = time.time_ns()
    assert post(device, f"{plant.slug},sensor=TT-101 value=1").status_code == 204
    drain(plant.tenant)
    (t,) = plant.stored("TT-101")
    assert before <= t <= time.time_ns()


def test_gzip_and_the_address_of_version_2(plant: Plant, device: Client) -> None:
    body = gzip.compress(f"{plant.slug},sensor=TT-101 value=1 {T}\n".encode()) + gzip.compress(
        f"{plant.slug},sensor=TT-101 value=2 {T + 1}\n".encode()
    )
    response = device.post(
        "/api/v2/write?bucket=plant&org=acme&precision=ns",
        body,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Encoding": "gzip"},
    )
    assert response.status_code == 204, response.content
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (1.0, 0), T + 1: (2.0, 0)}


REFUSED = [
    ("{site},sensor=TT-11 value=1", "the site '{site}' has no sensor 'TT-11' (nearest: 'TT-101')"),
    ("{site}x,sensor=TT-101 value=1", "there is no site '{site}x' (nearest: '{site}')"),
    ('{site},sensor=TT-101 value="warm"', "TT-101 is continuous and takes a number, not the text 'warm'"),
    ("{site},sensor=TT-101 value=true", "TT-101 is continuous and takes a number, not true"),
    ("{site},sensor=PLC.msg value=5", 'PLC.msg takes a text in double quotes (text="…"), not 5'),
    ("{site},sensor=P-1.run value=2", "P-1.run has no state 2; its states are 0 Stopped, 1 Running"),
    ('{site},sensor=P-1.run value="off"', "P-1.run has no state the text 'off'; its states are 0 Stopped, 1 Running"),
    ("{site},sensor=TT-101 value=NaN", "value=NaN: not a number and infinity cannot be stored; leave the sample out"),
    ("{site},sensor=TT-101 value=-inf", "value=-inf: not a number and infinity cannot be stored; leave the sample out"),
    ("{site},sensor=TT-101 value=1e999", "TT-101: not a number and infinity cannot be stored; leave the sample out"),
    ("{site},sensor=TT-101 value=1.2.3", "value='1.2.3' is not a number, true, false or a text in double quotes"),
    ("{site},sensor=TT-101 value=", "value='' is not a number, true, false or a text in double quotes"),
    ("{site},sensor=TT-101", "there are no fields; a line is `site,sensor=TAG value=1.5 timestamp`"),
    ("{site} value=1", "the tag `sensor` is missing; a line is `site,sensor=TAG value=1.5 timestamp`"),
    (
        "{site},sensor=TT-101 temperature=1",
        "the field 'temperature' is unknown; the fields are `value`, `text` and `quality`",
    ),
    ("{site},sensor=TT-101 value=1,quality=3i", "quality=3.0 is not 0 (good), 1 (uncertain) or 2 (bad)"),
    ('{site},sensor=PLC.msg text="open', "a text in quotes is not closed"),
    ("{site},sensor=TT-101 value=1 1.5e18", "the timestamp '1.5e18' is not a whole number"),
    (
        "{site},sensor=TT-101 value=1 1770000000",
        "the timestamp is 1970-01-01T00:00:01Z, before 1980; check ?precision=",
    ),
    (
        "{site},sensor=TT-101 value=1 9000000000000000000",
        "the timestamp is 2255-03-14T16:00:00Z, more than a day ahead",
    ),
    (
        "{site},sensor=TT-101 value=1 9999999999999999999",
        "the timestamp is outside the years that InfluxDB can store, more than a day ahead",
    ),
]


@pytest.mark.parametrize(("line", "why"), REFUSED, ids=[line for line, _ in REFUSED])
def test_an_invalid_line_is_named_and_kept_and_the_others_are_stored(
    plant: Plant, device: Client, line: str, why: str
) -> None:
    line, why = line.format(site=plant.slug), why.format(site=plant.slug)
    response = post(device, f"{plant.slug},sensor=TT-102 value=1 {T}\n{line}\n{plant.slug},sensor=EM-1 value=1 {T}")
    assert response.status_code == 400, response.content
    assert list(response.json()) == ["error"]
    error = response.json()["error"]
    assert error.startswith("partial write: ") and why in error and "(line 2)" in error
    assert error.endswith(" dropped=0" if "unable to parse" in error else " dropped=1")
    drain(plant.tenant)
    assert plant.stored("TT-102") == {T: (1.0, 0)}
    assert plant.stored("TT-101") == {}
    swallowed = plant.stored("EM-1") == {}
    assert swallowed is (line.endswith('text="open')), "a text that is never closed goes on"
    letter = newest_letter(plant.tenant)
    assert letter.item.decode().split("\n")[0] == line
    assert (letter.position, letter.reason.startswith(why)) == (2, True)


CASES = [
    line
    for line in (Path(__file__).parent / "cases" / "line-protocol.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("line", [*CASES, f"a,sensor=s value={'1' * 60_000}x"], ids=range(len(CASES) + 1))
def test_a_line_that_contradicts_itself_is_refused_with_its_number_and_reason(
    plant: Plant, device: Client, line: str
) -> None:
    line = line.replace("site,", f"{plant.slug},").replace("sensor=A", "sensor=TT-101")
    response = post(device, f"{plant.slug},sensor=TT-102 value=1 {T}\n{line}")
    assert response.status_code == 400, response.content
    error = response.json()["error"]
    assert error.startswith("partial write: ") and "(line 2)" in error and len(response.content) < 3_000
    drain(plant.tenant)
    assert plant.stored("TT-101") == {}
    assert plant.stored("TT-102") == {T: (1.0, 0)}
    assert newest_letter(plant.tenant).item == line.encode()


def newest_letter(tenant: TenantConnection) -> Letter:
    (kept,) = streams().dead_letters.page(tenant.prefix, 1)
    return decode_letter(kept.payload)


def test_the_first_of_many_wrong_lines_are_named(plant: Plant, device: Client) -> None:
    error = post(device, f"{plant.slug},sensor=TT-9 value=1\n" * 50).json()["error"]
    assert [f"(line {number})" in error for number in range(1, 51)] == [True] * 20 + [False] * 30
    assert error.endswith("and 30 more lines dropped=50")


def test_reasons_that_quote_unreadable_names_are_not_longer_than_the_lines(plant: Plant, device: Client) -> None:
    damaged = f"{plant.slug},sensor=TT-9 " + "\0u" * 300 + "=none"
    response = post(device, "\n".join([damaged] * 20))
    assert response.status_code == 400
    assert "\\u0000" not in response.text
    assert len(response.content) < 20 * 4 * len(damaged)


def test_a_body_that_is_too_large_is_413_before_and_after_inflating(
    plant: Plant, device: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f"{plant.slug},sensor=TT-101 value=1 {T}\n".encode()
    huge = line * (26_000_000 // len(line))
    assert post(device, huge).status_code == 413
    packed = gzip.compress(huge, 1)
    assert len(packed) < 1_000_000
    response = post(device, packed, **{"Content-Encoding": "gzip"})
    assert response.status_code == 413
    assert "25,000,000 bytes" in response.json()["error"]


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"a,sensor=b value=1", mtime=0)[:-9]], ids=["none", "cut off"]
)
def test_a_broken_gzip_is_400(plant: Plant, device: Client, body: bytes) -> None:
    assert post(device, body, **{"Content-Encoding": "gzip"}).status_code == 400


def test_extra_parameters_of_influxdb_clients_are_accepted(plant: Plant, device: Client) -> None:
    line = f"{plant.slug},sensor=TT-101 value=1 {T}"
    assert post(device, line, "?db=plant&rp=autogen&consistency=all&precision=ns").status_code == 204
    v2 = device.post("/api/v2/write?bucket=plant&orgID=0a1b&precision=ns", line, content_type="text/plain")
    assert v2.status_code == 204, v2.content


def test_an_unknown_precision_and_method(plant: Plant, device: Client) -> None:
    assert post(device, "x", "?precision=d").json()["error"] == 'invalid precision "d" (use n, u, ms, s, m or h)'
    assert (device.get("/write").status_code, device.get("/write")["Allow"]) == (405, "POST, OPTIONS")
    assert device.post("/ping").status_code == 405


def limit(tenant: TenantConnection, **limits: int) -> None:
    """As an operator does it."""
    operations.change(tenant.slug, operations.Changes(limits=limits))


V2 = "/api/v2/write?bucket=plant&org=acme"


def test_exceeding_the_rate_says_when_to_come_back(plant: Plant, device: Client) -> None:
    limit(plant.tenant, samples_per_s=10)
    body = "".join(f"{plant.slug},sensor=TT-101 value=1 {T + k}\n" for k in range(25))
    assert post(device, body).status_code == 204, "a batch may be larger than a second's share"
    for refused, status in ((post(device, body), 503), (device.post(V2, body, content_type="text/plain"), 429)):
        assert refused.status_code == status, "clients of version 1 drop what gets a 4xx"
        assert 1 <= int(refused["Retry-After"]) <= 3
    drain(plant.tenant)
    assert len(plant.stored("TT-101")) == 25


def test_more_requests_than_the_tenant_may_send_are_refused_by_each_protocol(plant: Plant, device: Client) -> None:
    limit(plant.tenant, requests_per_s=1)
    event = [{"ts": T // 10**6, "type": "step", "device": "M-1"}]
    sent = 0

    def sample() -> str:
        nonlocal sent
        sent += 1
        return f"{plant.slug},sensor=TT-101 value=1 {T + sent}"

    refused = [
        next(answer for _ in range(20) if (answer := request()).status_code not in (202, 204))
        for request in (
            lambda: post(device, sample()),
            lambda: device.post(V2, sample(), content_type="text/plain"),
            lambda: device.post("/api/v1/events", event, content_type="application/json"),
        )
    ]
    assert [answer.status_code for answer in refused] == [503, 429, 429]
    for answer in refused:
        assert "may send 1 requests per second" in answer.content.decode() and answer["Retry-After"] in ("1", "2")
    drain(plant.tenant)
    assert len(plant.stored("TT-101")) == sent - 2, "what was refused is not stored"


def test_when_too_much_waits_the_door_closes_and_nothing_is_lost(plant: Plant, device: Client) -> None:
    limit(plant.tenant, stream_length=50)

    def body(start: int) -> str:
        return "".join(f"{plant.slug},sensor=TT-101 value=1 {T + start + k}\n" for k in range(30))

    assert post(device, body(0)).status_code == 204
    refused = post(device, body(30))
    assert refused.status_code == 503 and refused["Retry-After"]
    assert device.post(V2, body(30), content_type="text/plain").status_code == 429
    drain(plant.tenant)
    assert post(device, body(30)).status_code == 204
    drain(plant.tenant)
    assert len(plant.stored("TT-101")) == 60


def test_a_token_without_the_scope_or_of_another_tenant_does_not_write(
    plant: Plant, rival: TenantConnection, client_for: ClientFor, acme: TenantConnection
) -> None:
    line = f"{plant.slug},sensor=TT-101 value=1 {T}"
    assert post(client_for("viewer", acme, ("read",)), line).status_code == 403
    assert post(Client(), line).status_code == 401
    outsider = client_for("engineer", rival, ("ingest",))
    assert "there is no site" in post(outsider, line).json()["error"]
    by_id = f"{plant.site},sensor={plant.sensor('TT-101').id} value=1 {T}"
    assert post(outsider, by_id).status_code == 400
    drain(plant.tenant)
    assert plant.stored("TT-101") == {}
