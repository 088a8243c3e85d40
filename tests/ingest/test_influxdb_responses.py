"""Our responses beside those of a real InfluxDB 1.8.10 to the same requests, and those of version 2."""

from __future__ import annotations

import base64
import gzip
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import requests
from django.test import Client

from access.resolution import identity_cache
from kernel.tenancy import TenantConnection
from tenants.lifecycle import State
from tests.conftest import ClientFor
from tests.historian.influx_server import READER, WRITER, InfluxServer, running_influxd
from tests.ingest.conftest import Plant, drain

T = 1_770_000_000
V2 = "/api/v2/write?bucket=plant&org=x&precision=s"
TRANSPORT = {"date", "content-length", "connection"}  # added by whatever serves


@dataclass(frozen=True)
class Both:
    """The same request to InfluxDB and to us."""

    real: InfluxServer
    plant: Plant
    writer: Client  # each client has its token in a header
    reader: Client

    def send(self, path: str, body: bytes | None = None, who: str = "writer", **headers: str) -> tuple[Any, Any]:
        users = {"writer": (WRITER.username, WRITER.password), "reader": (READER.username, READER.password)}
        credentials = users.get(who, ("nobody", "wrong")) if who else None
        method = "GET" if body is None else "POST"
        data = iter([body]) if body and len(body) > 1_000_000 else body  # with a length it hangs up while we send
        theirs = requests.request(
            method, self.real.url + path, data=data, auth=credentials, headers=headers, timeout=30
        )
        ours = self._client(who).generic(method, path, body or b"", "text/plain", headers=headers)
        return theirs, ours

    def _client(self, who: str) -> Client:
        match who:
            case "writer":
                return self.writer
            case "reader":
                return self.reader
        return Client(headers={"Authorization": "Token made-up"} if who else None)


@pytest.fixture(scope="module")
def real() -> Iterator[InfluxServer]:
    with running_influxd() as server:
        yield server


@pytest.fixture
def both(real: InfluxServer, plant: Plant, client_for: ClientFor) -> Both:
    writer = client_for("engineer", plant.tenant, ("ingest",))
    return Both(real, plant, writer, client_for("viewer", plant.tenant, ("read",)))


def names(headers: Any) -> set[str]:
    return {name.lower() for name in headers} - TRANSPORT


def assert_same(theirs: Any, ours: Any) -> None:
    """Status, names of headers, form of the body; ours may have more headers, such as those against sniffing."""
    assert ours.status_code == theirs.status_code, (theirs.content, ours.content)
    assert names(theirs.headers) <= names(ours.headers), names(theirs.headers) - names(ours.headers)
    for name in ("Content-Type", "X-Influxdb-Version", "X-Influxdb-Build", "WWW-Authenticate"):
        assert ours.headers.get(name) == theirs.headers.get(name), name
    assert ("X-Influxdb-Error" in ours.headers) is ("X-Influxdb-Error" in theirs.headers)
    if not theirs.content:
        assert ours.content == b""
        return
    assert list(ours.json()) == list(theirs.json())
    assert ours.content.endswith(b"\n") is theirs.content.endswith(b"\n")
    if "error" in theirs.json():
        assert skeleton(ours.json()["error"]).startswith(skeleton(theirs.json()["error"]))


def skeleton(text: str) -> str:
    """What an InfluxDB client looks for: without names, and without what is wrong with the first line."""
    return re.sub(r'"[^"]*"', '""', text).partition("': ")[0]


WRITES = {
    "a good line": b"{site},sensor=TT-101 value=1 1770000000",
    "an empty body": b"",
    "a comment": b"# nothing",
    "nothing that can be parsed": b"nonsense\nmore nonsense",
    "some that cannot be parsed": b"{site},sensor=TT-101 value=1 1770000000\nnonsense",
}


@pytest.mark.parametrize("what", WRITES)
def test_a_write_is_gets_the_same_response(both: Both, what: str) -> None:
    body = WRITES[what].replace(b"{site}", both.plant.slug.encode())
    assert_same(*both.send("/write?db=plant&precision=s", body))
    drain(both.plant.tenant)


def test_a_partial_write_is_gets_the_same_response(both: Both) -> None:
    """Refused for what it says: InfluxDB knows types, and we know sensors."""
    both.send("/write?db=plant&precision=s", b"%b,sensor=TT-101 value=1 1770000000" % both.plant.slug.encode())
    body = b'{0},sensor=TT-101 value=2 1770000001\n{0},sensor=TT-101 value="x" 1770000002'
    body = body.replace(b"{0}", both.plant.slug.encode())
    theirs, ours = both.send("/write?db=plant&precision=s", body)
    assert ours.status_code == theirs.status_code == 400
    for response in (theirs, ours):
        assert re.fullmatch(r"partial write: .+ dropped=1", response.json()["error"])
        assert response.headers["X-Influxdb-Error"] == response.json()["error"].encode("ascii", "replace").decode()
    drain(both.plant.tenant)
    assert set(both.plant.stored("TT-101")) == {T * 10**9, (T + 1) * 10**9}


UNCLOSED = {
    "to the end": '{site},sensor=TT-101 value=1 {t}\n{site},sensor=PLC.msg text="cut\n{site},sensor=TT-101 value=2 {t}',
    "in the first line": '{site},sensor=PLC.msg text="cut\n{site},sensor=TT-101 value=2 {t}\n{site},sensor=P value=3',
    "on a later line": '{site},sensor=PLC.msg text="two\nlines" {t}\n{site},sensor=TT-101 value=2 {t}',
}


@pytest.mark.parametrize("what", UNCLOSED)
def test_a_text_takes_the_same_lines_as_to_influxdb(both: Both, what: str) -> None:
    """What stands in a text is never read as lines, not even where its end is missing."""
    body = UNCLOSED[what].format(site=both.plant.slug, t=T).encode()
    theirs, ours = both.send("/write?db=plant&precision=s", body)
    assert_same(theirs, ours)
    if theirs.content:
        named = [re.search(r"unable to parse '(.*)': ", response.json()["error"], re.S) for response in (theirs, ours)]
        assert named[0] and named[1] and named[0][1] == named[1][1]
    drain(both.plant.tenant)


DROPPED = {
    "parsed and wrong": '{site},sensor=TT-101 value="x" 1770000002',
    "parsed and wrong, and others that cannot be parsed": 'nonsense\n{site},sensor=TT-101 value="x" 1770000002\nmore',
    "some that cannot be parsed": "nonsense\n{site},sensor=TT-101 value=2 1770000002\nmore",
    "nothing that can be parsed": "nonsense\nmore",
}


@pytest.mark.parametrize("what", DROPPED)
def test_dropped_counts_the_same_lines(both: Both, what: str) -> None:
    both.send("/write?db=plant&precision=s", f"{both.plant.slug},sensor=TT-101 value=1 {T}".encode())
    sent = both.send("/write?db=plant&precision=s", DROPPED[what].format(site=both.plant.slug).encode())
    theirs, ours = (re.search(r" dropped=[0-9]+$", response.json()["error"]) for response in sent)
    assert (theirs and theirs[0]) == (ours and ours[0])
    drain(both.plant.tenant)


REFUSED = {
    "no credentials": ("/write?db=plant", b"a value=1", "", {}),
    "wrong credentials": ("/write?db=plant", b"a value=1", "stranger", {}),
    "no right to write": ("/write?db=plant", b"a value=1", "reader", {}),
    "an unknown precision": ("/write?db=plant&precision=d", b"a value=1", "writer", {}),
    "an unknown consistency": ("/write?db=plant&consistency=some", b"a,sensor=b value=1", "writer", {}),
    "no gzip": ("/write?db=plant", b"a value=1", "writer", {"Content-Encoding": "gzip"}),
    "a body that is too large": ("/write?db=plant", b"a" * 25_000_001, "writer", {}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_is_gets_the_same_response(both: Both, what: str) -> None:
    path, body, who, headers = REFUSED[what]
    theirs, ours = both.send(path, body, who, **headers)
    if what == "no gzip":
        assert ours.status_code == theirs.status_code == 400 and list(ours.json()) == ["error"]
        return
    assert_same(theirs, ours)


def test_a_database_that_is_not_there_is_gets_the_same_response(both: Both, rival: TenantConnection) -> None:
    """To us a database is a tenant: the name of one is ignored unless it is said to be a tenant."""
    theirs = requests.post(
        f"{both.real.url}/write?db=none", b"a value=1", auth=(WRITER.username, WRITER.password), timeout=30
    )
    ours = both.writer.generic(
        "POST", "/write?db=none", b"a value=1", "text/plain", headers={"X-Plantrace-Tenant": rival.slug}
    )
    assert_same(theirs, ours)


@pytest.mark.parametrize(
    "path",
    [
        "/ping",
        "/ping?verbose=true",
        "/ping?verbose=false",
        "/ping?verbose=0",
        "/ping?verbose=yes",
        "/ping?wait_for_leader=5s",
        "/health",
    ],
)
def test_a_probe_is_gets_the_same_response(both: Both, path: str) -> None:
    theirs, ours = both.send(path, who="")
    assert_same(theirs, ours)
    assert ours.content.strip() == theirs.content.strip()


def test_head_of_ping(both: Both) -> None:
    theirs, ours = requests.head(f"{both.real.url}/ping", timeout=30), Client().head("/ping")
    assert ours.status_code == theirs.status_code == 204
    assert names(theirs.headers) <= names(ours.headers)


def test_head_of_health_is_answered_as_get() -> None:
    """InfluxDB refuses it; what watches servers often asks so."""
    head, whole = Client().head("/health"), Client().get("/health")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == whole["Content-Type"]


METHODS = [
    *(("/write", method) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
    *(("/ping", method) for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
    *(("/query", method) for method in ("PUT", "DELETE")),
]


@pytest.mark.parametrize(("path", "method"), METHODS)
def test_another_method_gets_the_same_response_with_credentials_and_without(both: Both, path: str, method: str) -> None:
    theirs = requests.request(method, both.real.url + path, timeout=30)
    for client in (both.writer, Client()):
        ours = client.generic(method, path)
        assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
        assert names(theirs.headers) <= names(ours.headers)
        assert set(allowed(ours)) - {"HEAD"} == set(allowed(theirs)) - {"HEAD"}, "HEAD is answered as GET"
        if theirs.content:
            assert ours.headers["Content-Type"] == theirs.headers["Content-Type"]


def allowed(response: Any) -> list[str]:
    return sorted(response.headers.get("Allow", "").split(", "))  # InfluxDB writes them in any order


def test_options_needs_no_credentials() -> None:
    response = Client().options("/write", headers={"Origin": "https://elsewhere.example"})
    assert (response.status_code, response.content) == (200, b"")
    assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("path", "method", "allow"),
    [("/api/v2/write", "PUT", "POST"), ("/api/v2/write", "OPTIONS", "POST"), ("/ready", "POST", "GET, HEAD"),
     ("/health", "POST", "GET, HEAD")],
)  # fmt: skip
def test_another_method_in_version_2(both: Both, path: str, method: str, allow: str) -> None:
    response = both.writer.generic(method, path)
    assert (response.status_code, response["Allow"]) == (405, allow)
    assert response.json() == {"code": "method not allowed", "message": f"allow: {allow}"}
    assert response["X-Platform-Error-Code"] == "method not allowed"


@pytest.mark.parametrize("name", ["X-Request-Id", "Request-Id"])
def test_the_id_of_a_request_is_the_clients_or_a_new_one(both: Both, name: str) -> None:
    for response in both.send("/ping", who="", **{name: "mine"}):
        assert response.headers["X-Request-Id"] == response.headers["Request-Id"] == "mine"
    _, ours = both.send("/write", b"nonsense")
    assert uuid.UUID(ours.headers["X-Request-Id"]) != uuid.UUID(both.send("/ping")[1].headers["X-Request-Id"])


def test_ready_responds_as_version_2() -> None:
    response = Client().get("/ready")
    assert (response.status_code, list(response.json())) == (200, ["status", "started", "up"])
    assert response.json()["status"] == "ready" and re.fullmatch(r"(\d+h)?(\d+m)?[\d.e-]+s", response.json()["up"])


@pytest.mark.parametrize("unit", ["n", "ns", "u", "ms", "s", "m", "h", ""])
def test_a_line_without_a_time_is_of_whole_units(both: Both, unit: str) -> None:
    line = f"{both.plant.slug},sensor=TT-102 value=1".encode()
    assert_same(*both.send(f"/write?db=plant&precision={unit}", line))
    drain(both.plant.tenant)
    factor = {"": 1, "n": 1, "ns": 1, "u": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}[unit]
    (t,) = both.plant.stored("TT-102")
    assert t % factor == 0


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/csv", "application/csv", "application/x-msgpack", "text/html, text/csv;q=0.5, */*;q=0.1",
     "application/x-msgpack;q=0.2, application/json", "text/html", "nonsense;q=x,,"],
)  # fmt: skip
def test_an_error_has_the_form_that_the_client_accepts(both: Both, accept: str) -> None:
    theirs, ours = both.send("/write?db=plant", b"nonsense", Accept=accept)
    assert ours.headers["Content-Type"] == theirs.headers["Content-Type"]
    reason = rb"unable to parse 'nonsense': "
    start = theirs.content.index(reason)
    if "msgpack" in ours.headers["Content-Type"]:
        assert msgspec.msgpack.decode(ours.content)["error"].encode().startswith(reason)
        return
    unquoted = ours.content.replace(b'"', b"")  # in CSV ours has a comma, so a quotation mark
    assert unquoted.startswith(theirs.content[: start + len(reason)].replace(b'"', b""))


# Version 2


@pytest.mark.parametrize("unit", ["n", "u", "m", "h", "µ", "d"])
def test_version_2_takes_its_own_precisions_only(both: Both, unit: str) -> None:
    theirs, ours = both.send(f"/api/v2/write?bucket=plant&precision={unit}", b"a value=1")
    assert (ours.status_code, ours.json()["message"]) == (theirs.status_code, theirs.json()["error"])


def test_version_2_names_the_first_wrong_line(both: Both) -> None:
    site = both.plant.slug
    body = f"{site},sensor=TT-101 value=1 {T}\n{site},sensor=TT-9 value=1 {T}\nnonsense"
    response = both.writer.post(V2, body, content_type="text/plain")
    assert (response.status_code, response["Content-Type"]) == (400, "application/json; charset=utf-8")
    told = response.json()
    assert (list(told), told["code"], told["line"]) == (["code", "message", "line"], "invalid", 2)
    assert re.fullmatch(r"partial write: .*TT-9.*\nunable to parse 'nonsense': .* dropped=1", told["message"])
    assert response["X-Platform-Error-Code"] == "invalid"
    drain(both.plant.tenant)
    assert both.plant.stored("TT-101") == {T * 10**9: (1.0, 0)}


def test_lines_in_another_encoding_are_quoted_in_a_few_bytes_a_character(both: Both) -> None:
    body = f"{both.plant.slug},sensor={'T' * 100} value=1 {T}\n".encode("utf-32") * 100
    response = both.writer.post(V2, body, content_type="text/plain")
    assert response.status_code == 400
    assert len(response.content) < 20_000


@pytest.mark.parametrize(
    ("who", "headers", "status", "code"),
    [
        ("", {}, 401, "unauthorized"),
        ("stranger", {}, 401, "unauthorized"),
        ("reader", {}, 403, "forbidden"),
        ("writer", {"X-Plantrace-Tenant": "rival"}, 404, "not found"),
        ("writer", {"Content-Encoding": "gzip"}, 400, "invalid"),
    ],
)
def test_version_2_has_codes(both: Both, who: str, headers: dict[str, str], status: int, code: str) -> None:
    response = both._client(who).post(V2, b"x", content_type="text/plain", headers=headers)
    assert (response.status_code, list(response.json()), response.json()["code"]) == (status, ["code", "message"], code)


def test_a_body_that_is_too_large_in_version_2(both: Both) -> None:
    packed = gzip.compress(b"a" * 25_000_001, 1)
    response = both.writer.post(V2, packed, content_type="text/plain", headers={"Content-Encoding": "gzip"})
    assert (response.status_code, response.json()["code"]) == (413, "request too large")


def test_a_suspended_tenant_is_told_to_come_back(both: Both, tenant_rows: dict[str, Any]) -> None:
    row = tenant_rows["acme"]
    row.state = State.suspended
    row.save()
    identity_cache().clear()
    try:
        first = both.writer.post("/write", b"a value=1", content_type="text/plain")
        second = both.writer.post(V2, b"a value=1", content_type="text/plain")
    finally:
        row.state = State.ready
        row.save()
        identity_cache().clear()
    assert (first.status_code, second.status_code) == (503, 429)
    for response in (first, second):
        assert 60 <= int(response["Retry-After"]) <= 120
    assert "suspended" in first.json()["error"] and second.json()["code"] == "too many requests"


# Credentials


@pytest.mark.parametrize("path", ["/write?precision=s", V2])
@pytest.mark.parametrize("how", ["Bearer {0}", "Token {0}", "Token anybody:{0}", "Basic {1}", "u and p"])
def test_every_way_to_send_the_token(both: Both, path: str, how: str) -> None:
    token = str(both.writer.defaults["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")
    basic = base64.b64encode(f"anybody:{token}".encode()).decode()
    headers = {} if how == "u and p" else {"Authorization": how.format(token, basic)}
    query = f"&u=anybody&p={token}" if how == "u and p" else ""
    line = f"{both.plant.slug},sensor=TT-101 value=1 {T}"
    response = Client().post(f"{path}{query}", line, content_type="text/plain", headers=headers)
    assert response.status_code == 204, response.content
    wrong = {"Authorization": how.format(f"{token}x", base64.b64encode(b"anybody:wrong").decode())} if headers else {}
    query = "&u=anybody&p=wrong" if query else ""
    response = Client().post(f"{path}{query}", line, content_type="text/plain", headers=wrong)
    assert response.status_code == 401
    drain(both.plant.tenant)


def test_u_and_p_are_no_credentials_elsewhere(both: Both) -> None:
    token = str(both.writer.defaults["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")
    assert Client().get(f"/api/v1/sites?u=x&p={token}").status_code == 401
