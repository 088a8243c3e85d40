"""The contract of InfluxDB 1.8 and its adapter."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from urllib3.connection import HTTPConnection

from kernel.errors import BadRequest, Unavailable
from kernel.tenancy import Credentials
from kernel.times import TimeRange
from stores.samples import Window
from stores.timeseries import (
    LADDER,
    RAW,
    LinesRefused,
    Refused,
    RefusedCredentials,
    Timeseries,
    UserExists,
    select,
)
from tests.historian.influx_server import ADMIN, READER, WRITER, InfluxServer, running_influxd

ALL = Window.of(TimeRange(-(10**15), 10**15))
NUMBER = {"value": pa.float64(), "quality": pa.int64()}


@pytest.fixture(scope="module")
def server() -> Iterator[InfluxServer]:
    with running_influxd() as server:
        yield server


@pytest.fixture
def reader(server: InfluxServer) -> Timeseries:
    return server.as_(READER)


@pytest.fixture
def writer(server: InfluxServer) -> Timeseries:
    return server.as_(WRITER)


def test_a_server_reports_its_version(server: InfluxServer) -> None:
    assert server.as_(None).ping().startswith("1.8")


def test_what_is_written_is_read_back_with_its_nanoseconds(reader: Timeseries, writer: Timeseries) -> None:
    writer.write_lines(RAW, b"plant1,sensor=s1 value=1.5,quality=0i 1600000000123456789")
    [[series]] = reader.read([select('"value","quality"', "plant1", ALL, sensors=["s1"])])
    assert series.columns == ["time", "value", "quality"]
    assert series.values == [[1600000000123456789, 1.5, 0]]


@pytest.mark.parametrize(("precision", "stamp"), [("ns", 10**18), ("u", 10**15), ("ms", 10**12), ("s", 10**9)])
def test_every_precision_means_the_same_time(
    reader: Timeseries, writer: Timeseries, precision: str, stamp: int
) -> None:
    writer.write_lines(RAW, f"precise,sensor={precision} value=1,quality=0i {stamp}".encode(), precision)  # type: ignore[arg-type]
    [[series]] = reader.read([select('"value"', "precise", ALL, sensors=[precision])])
    assert series.values[0][0] == 10**18


def test_times_before_1970_and_far_ahead_are_preserved(reader: Timeseries, writer: Timeseries) -> None:
    moments = [-8_520_336_000_000, -1, 0, 9_214_646_399_999]
    writer.write_lines(RAW, "\n".join(f"eras,sensor=s value=1 {t}" for t in moments).encode(), "ms")
    [[series]] = reader.read([select('"value"', "eras", ALL)])
    assert [row[0] // 1_000_000 for row in series.values] == moments


def test_several_statements_in_one_round_trip_answer_in_order(reader: Timeseries, writer: Timeseries) -> None:
    writer.write_lines(RAW, b"many,sensor=a value=1 1\nmany,sensor=c value=3 1")
    results = reader.read([select('"value"', "many", ALL, sensors=[sensor]) for sensor in "abc"])
    assert [[series.values[0][1] for series in result] for result in results] == [[1], [], [3]]


def test_many_sensors_may_be_named_in_one_statement(reader: Timeseries, writer: Timeseries) -> None:
    writer.write_lines(RAW, b"named,sensor=a value=1 1\nnamed,sensor=b value=2 1\nnamed,sensor=c value=3 1")
    [result] = reader.read([select('last("value")', "named", ALL, sensors=["a", "c"], rest='GROUP BY "sensor"')])
    assert {series.tags["sensor"]: series.values[0][1] for series in result} == {"a": 1, "c": 3}


def test_a_long_request_is_posted(reader: Timeseries, writer: Timeseries) -> None:
    writer.write_lines(RAW, b"long,sensor=a value=1 1")
    statement = select('"value"', "long", ALL, sensors=["a"])
    assert len(reader.read([statement] * 200)) == 200


def test_bulk_reads_return_the_same_as_small_ones(reader: Timeseries, writer: Timeseries) -> None:
    rows = 120_000  # more than two chunks
    writer.write_lines(RAW, "\n".join(f"bulk,sensor=s value={i}.5,quality={i % 3}i {i}" for i in range(rows)).encode())
    statement = select('"value","quality"', "bulk", ALL, sensors=["s"])
    table = reader.read_csv(statement, NUMBER)
    [[series]] = reader.read([statement])
    assert [list(row.values()) for row in table.to_pylist()] == series.values
    assert len(series.values) == rows


def test_bulk_reads_of_text_keep_quotes_commas_and_line_breaks(reader: Timeseries, writer: Timeseries) -> None:
    texts = ['a "b"', "x,y", "two\nlines", "", "null", "ünï"]
    escaped = [text.replace('"', '\\"') for text in texts]
    lines = "\n".join(f'notes,sensor=s text="{text}",quality=0i {i}' for i, text in enumerate(escaped))
    writer.write_lines(RAW, lines.encode())
    table = reader.read_csv(select('"text"', "notes", ALL), {"text": pa.string()})
    assert table["text"].to_pylist() == texts


def test_connections_are_reused(server: InfluxServer, writer: Timeseries, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    connect = HTTPConnection.connect
    monkeypatch.setattr(HTTPConnection, "connect", lambda self: opened.append(1) or connect(self))
    writer.write_lines(RAW, b"kept-alive,sensor=a value=1,quality=0i 1")
    opened.clear()
    reader = server.as_(READER)
    for measurement in ("kept-alive", "nothing") * 3:
        statement = select('"value","quality"', measurement, ALL)
        reader.read([statement])
        reader.read_csv(statement, NUMBER)
        with pytest.raises(BadRequest):
            reader.read(["nonsense"])
    assert len(opened) == 1


def test_a_bulk_read_of_nothing_is_an_empty_table(reader: Timeseries) -> None:
    table = reader.read_csv(select('"value","quality"', "nothing", ALL), NUMBER)
    assert table.num_rows == 0
    assert table.column_names == ["time", "value", "quality"]


def test_writing_a_sample_again_replaces_it(reader: Timeseries, writer: Timeseries) -> None:
    for value in (1, 2):
        writer.write_lines(RAW, f"again,sensor=s value={value},quality=0i 5".encode())
    [[series]] = reader.read([select('"value"', "again", ALL)])
    assert series.values == [[5, 2]]


@pytest.mark.parametrize("value", ["NaN", "Inf", "-Inf", "1e999"])
def test_values_that_are_not_numbers_are_refused(writer: Timeseries, value: str) -> None:
    with pytest.raises(LinesRefused, match="store refused"):
        writer.write_lines(RAW, f"bad,sensor=s value={value} 1".encode())


def test_a_value_of_another_type_is_rejected_with_the_reason(writer: Timeseries) -> None:
    writer.write_lines(RAW, b"typed,sensor=s value=1 1")
    with pytest.raises(LinesRefused, match="type conflict") as error:
        writer.write_lines(RAW, b'typed,sensor=s value="one" 2')
    assert error.value.dropped == 1


def test_a_wrong_statement_is_a_bad_request(reader: Timeseries) -> None:
    with pytest.raises(Refused, match="error parsing query"):
        reader.read(["SELECT nothing FROM"])


def test_a_wrong_password_is_distinguished_from_a_server_that_is_down(server: InfluxServer) -> None:
    with pytest.raises(RefusedCredentials):
        server.as_(Credentials("reader", "wrong")).read([select('"value"', "p", ALL)])
    with pytest.raises(Unavailable) as caught:
        Timeseries("http://127.0.0.1:1", READER).read([select('"value"', "p", ALL)])
    assert not isinstance(caught.value, RefusedCredentials)


def test_a_reader_can_neither_write_nor_drop(server: InfluxServer, reader: Timeseries, writer: Timeseries) -> None:
    writer.write_lines(RAW, b"kept,sensor=s value=1 1")
    with pytest.raises(RefusedCredentials):
        reader.write_lines(RAW, b"kept,sensor=s value=2 2")
    for statement in ('DROP MEASUREMENT "kept"', "DROP DATABASE plant", 'DELETE FROM "kept"'):
        with pytest.raises((RefusedCredentials, BadRequest)):
            reader.execute(statement)
        with pytest.raises((RefusedCredentials, BadRequest)):
            reader.read([select('"value"', "kept", ALL), statement])
    [[series]] = reader.read([select('"value"', "kept", ALL)])
    assert len(series.values) == 1


def test_a_writer_cannot_read(writer: Timeseries) -> None:
    with pytest.raises(RefusedCredentials):
        writer.read([select('"value"', "kept", ALL)])


def test_names_with_quotes_are_escaped(server: InfluxServer, reader: Timeseries, writer: Timeseries) -> None:
    hostile = "x' OR 1=1 --"
    assert reader.read([select('"value"', 'no"such', ALL, sensors=[hostile, "\\"])]) == [[]]
    admin = server.as_(ADMIN)
    admin.create_user('odd "name"', "odd 'password' \\")
    admin.set_password('odd "name"', "another \\' one")
    admin.grant('odd "name"', "READ")
    odd = server.as_(Credentials('odd "name"', "another \\' one"))
    assert odd.read([select('"value"', "nothing", ALL)]) == [[]]
    admin.drop_user('odd "name"')
    assert 'odd "name"' not in admin.users()


def test_administration_can_be_repeated(server: InfluxServer) -> None:
    admin = server.as_(ADMIN)
    for _ in range(2):
        admin.create_database()
        admin.create_policy(RAW, shard="52w", default=True)
        admin.create_policy(LADDER, shard="520w")
        admin.create_user(READER.username, READER.password)
        admin.grant(READER.username, "READ")
        admin.drop_measurement("never-there")
    assert admin.users() == {"admin": True, "reader": False, "writer": False}


def test_an_existing_user_with_another_password_is_an_error_until_it_is_set(server: InfluxServer) -> None:
    admin = server.as_(ADMIN)
    admin.create_user("late", "first")
    with pytest.raises(UserExists, match="user already exists"):
        admin.create_user("late", "second")
    admin.set_password("late", "second")
    admin.create_user("late", "second")
    admin.drop_user("late")


def test_dropping_a_measurement_empties_every_policy(server: InfluxServer, writer: Timeseries) -> None:
    admin = server.as_(ADMIN)
    for policy in (RAW, LADDER):
        writer.write_lines(policy, b"gone,sensor=s value=1 1")
    admin.drop_measurement("gone")
    assert "gone" not in admin.measurements()
    assert admin.read([select('"value"', "gone", ALL, policy=policy) for policy in (RAW, LADDER)]) == [[], []]


def test_many_threads_may_share_one_store(reader: Timeseries, writer: Timeseries) -> None:
    def write_and_read(number: int) -> float:
        writer.write_lines(RAW, f"threads,sensor=s{number} value={number} 1".encode())
        [[series]] = reader.read([select('"value"', "threads", ALL, sensors=[f"s{number}"])])
        return float(series.values[0][1])

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(write_and_read, range(200))) == list(range(200))
    assert threading.active_count() < 64


def test_a_forked_process_opens_its_own_connections(reader: Timeseries, writer: Timeseries) -> None:
    writer.write_lines(RAW, b"forked,sensor=s value=1 1")
    statement = select('"value"', "forked", ALL)
    reader.read([statement])
    child = os.fork()
    if child == 0:
        os._exit(0 if reader.read([statement])[0][0].values == [[1, 1]] else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert reader.read([statement])[0][0].values == [[1, 1]]


def test_a_killed_server_is_unavailable_and_used_again_once_it_is_back(reader: Timeseries) -> None:
    with running_influxd() as server:
        reader, writer = server.as_(READER), server.as_(WRITER)
        writer.write_lines(RAW, b"durable,sensor=s value=1 1")
        statement = select('"value"', "durable", ALL)
        assert len(reader.read([statement])[0]) == 1  # its connection is kept, and will be dead
        server.kill()
        for attempt in (
            lambda: reader.read([statement]),
            lambda: writer.write_lines(RAW, b"durable,sensor=s value=2 2"),
        ):
            with pytest.raises(Unavailable, match="try again"):
                attempt()
        server.start()
        assert reader.read([statement])[0][0].values == [[1, 1]]


def test_a_server_that_is_too_slow_times_out() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        store = Timeseries(f"http://127.0.0.1:{silent.getsockname()[1]}", READER, timeout_s=0.3)
        with pytest.raises(Unavailable, match=r"did not answer within 0\.3 s"):
            store.read([select('"value"', "p", ALL)])


def test_a_bulk_answer_that_breaks_off_is_an_error_and_not_a_short_table() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
    rows = b"name,tags,time,value,quality\nm,,1,1.5,0\n"
    broken = {
        "connection lost": b"%x\r\n%s\r\n" % (len(rows), rows),
        "error within": b"%x\r\n%s\r\n0\r\n\r\n" % (len(rows) + 14, rows + b"error\ntimeout\n"),
        "half a row": b"%x\r\n%s\r\n0\r\n\r\n" % (len(rows) + 4, rows + b"m,,2"),
    }
    for name, body in broken.items():
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            answering = threading.Thread(target=_answer_once, args=(server, head + body))
            answering.start()
            store = Timeseries(f"http://127.0.0.1:{server.getsockname()[1]}", READER)
            with pytest.raises(Unavailable):
                store.read_csv(select('"value","quality"', "m", ALL), NUMBER)
                pytest.fail(name)
            answering.join()


def _answer_once(server: socket.socket, response: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(response)
