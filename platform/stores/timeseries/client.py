"""One InfluxDB server, over persistent connections."""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import IO, Any, Literal, cast
from urllib.parse import urlencode, urlsplit

import pyarrow as pa
from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError, InfluxDBServerError
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from kernel.tenancy import Credentials
from stores.timeseries.answers import Series, parse_batches, parse_results, parse_table
from stores.timeseries.errors import TimeseriesUnavailable
from stores.timeseries.refusals import refusal
from stores.timeseries.share import Share
from stores.timeseries.statements import RAW, literal, quoted
from stores.timeseries.transport import Response, Session, Watched

Precision = Literal["ns", "u", "ms", "s", "m", "h"]
Right = Literal["READ", "WRITE", "ALL"]
CHUNK_ROWS = 50_000  # rows that InfluxDB collects before it sends them, in bulk reads
CHUNKED = {"chunked": "true", "chunk_size": str(CHUNK_ROWS)}


class Timeseries:
    """A tenant's InfluxDB. Safe to share between threads and usable after a fork.

    Every method raises TimeseriesUnavailable when the server is down, too slow or fails, and Refused when it says that
    what it was asked or given is wrong; `stores.timeseries.errors` has the tree.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None = None,
        database: str = "plant",
        timeout_s: float = 30.0,
        bearer: str = "",
        share: Share | None = None,
    ) -> None:
        """`bearer`: a token signed with the server's shared secret, in place of a password.

        `share`: common to all clients of the server, so that they share what they know of its state.
        """
        self.url, self.database, self._timeout_s = url, database, timeout_s
        self._headers = {"Authorization": f"Bearer {bearer}"} if bearer else _authorization(credentials)
        self.share = share or Share(url)
        self._lock = threading.Lock()
        self._client: InfluxDBClient | None = None
        self._pid = 0

    # -- reading and writing

    def ping(self) -> str:
        """The server's version. Needs no credentials."""
        response = self._send("ping", "GET", expected=204)
        return str(response.headers.get("X-Influxdb-Version", ""))

    def probe(self) -> None:
        """Ensure that samples can be read: a look at those of the last minutes."""
        self.read([f'SELECT "value" FROM "{RAW}"./.*/ WHERE time > now() - 5m LIMIT 1'])

    def write_lines(self, policy: str, lines: bytes, precision: Precision = "ns") -> None:
        """Write line protocol. Returns when InfluxDB has it in its log; writing the same again changes nothing.

        LinesRefused if it will never take some of the lines; the others are stored.
        """
        params = {"db": self.database, "rp": policy, "precision": "n" if precision == "ns" else precision}
        self._send("write", "POST", params, data=lines, expected=204)

    def read(self, statements: Sequence[str]) -> list[list[Series]]:
        """Run SELECTs in one round trip: for each statement its series, times in ns."""
        response = self._query(";".join(statements), "application/x-msgpack")
        return parse_results(response, len(statements))

    def read_csv(self, statement: str, columns: Mapping[str, pa.DataType]) -> pa.Table:
        """Run one SELECT that may answer with millions of rows: `time` (int64 ns) and the named columns, typed so.

        It is parsed as it arrives, so neither side ever holds the whole text.
        """
        with closing(self._query(statement, "application/csv", params=CHUNKED, stream=True)) as response:
            try:
                return parse_table(cast(IO[bytes], Watched(response.raw, self.share)), columns)
            except (HTTPError, OSError) as error:
                raise self._down(error) from error

    def stream_csv(self, statement: str, columns: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """The same rows in pieces of some ten thousand, as they arrive: neither side ever holds all of them."""
        with closing(self._query(statement, "application/csv", params=CHUNKED, stream=True)) as response:
            try:
                yield from parse_batches(cast(IO[bytes], Watched(response.raw, self.share)), columns)
            except (HTTPError, OSError) as error:
                raise self._down(error) from error

    # -- administration (needs an admin user, or none before the first one exists)

    def execute(self, statement: str) -> list[Series]:
        """Run one statement that changes something, or a SHOW."""
        response = self._query(statement, "application/x-msgpack")
        return parse_results(response, 1)[0]

    def execute_all(self, statements: Sequence[str]) -> None:
        """Run statements that change something in one round trip, in their order; the first that fails ends it."""
        parse_results(self._query(";".join(statements), "application/x-msgpack"), len(statements))

    def create_database(self, name: str | None = None) -> None:
        """Ensure the database."""
        self.execute(f"CREATE DATABASE {quoted(name or self.database)}")

    def drop_database(self, name: str | None = None) -> None:
        """Ensure there is no such database."""
        self.execute(f"DROP DATABASE {quoted(name or self.database)}")

    def create_policy(self, name: str, shard: str, default: bool = False, duration: str = "INF") -> None:
        """Ensure a retention policy with that shard duration (such as `52w`); an existing one is altered to match."""
        what = f"RETENTION POLICY {quoted(name)} ON {quoted(self.database)}"
        how = f"DURATION {duration} REPLICATION 1 SHARD DURATION {shard}" + (" DEFAULT" if default else "")
        exists = any(row[0] == name for row in self._rows(f"SHOW RETENTION POLICIES ON {quoted(self.database)}"))
        self.execute(f"{'ALTER' if exists else 'CREATE'} {what} {how}")

    def users(self) -> dict[str, bool]:
        """Every user, and whether it is an admin."""
        return {row[0]: row[1] for row in self._rows("SHOW USERS")}

    def create_user(self, name: str, password: str, admin: bool = False) -> None:
        """Create a user. UserExists if there is one with another password: set it with `set_password`.

        The first one must be an admin; until it exists a server with authentication takes this without credentials.
        """
        rights = " WITH ALL PRIVILEGES" if admin else ""
        self.execute(f"CREATE USER {quoted(name)} WITH PASSWORD {literal(password)}{rights}")

    def drop_user(self, name: str) -> None:
        self.execute(f"DROP USER {quoted(name)}")

    def set_password(self, name: str, password: str) -> None:
        self.execute(f"SET PASSWORD FOR {quoted(name)} = {literal(password)}")

    def grant(self, user: str, right: Literal["READ", "WRITE", "ALL"], database: str | None = None) -> None:
        """Ensure the right; it replaces the one the user had on that database."""
        self.execute(f"GRANT {right} ON {quoted(database or self.database)} TO {quoted(user)}")

    def measurements(self) -> list[str]:
        return [row[0] for row in self._rows(f"SHOW MEASUREMENTS ON {quoted(self.database)}")]

    def drop_measurement(self, name: str) -> None:
        """Ensure that no policy has a sample of the measurement."""
        if name in self.measurements():
            self._query(f"DROP MEASUREMENT {quoted(name)}", "application/x-msgpack")

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _rows(self, statement: str) -> list[list[Any]]:
        return [row for series in self.execute(statement) for row in series.values]

    def _query(self, text: str, accept: str, *, params: dict[str, str] | None = None, stream: bool = False) -> Response:
        """By POST: a long URL costs urllib3 a third of a millisecond, and very long ones are refused."""
        params_sent = {"db": self.database, "epoch": "ns", **(params or {})}
        body = urlencode({"q": text}).encode()
        return self._send("query", "POST", params_sent, data=body, accept=accept, stream=stream)

    def _send(
        self,
        path: str,
        method: str,
        params: dict[str, str] | None = None,
        *,
        data: bytes | None = None,
        accept: str = "application/json",
        stream: bool = False,
        expected: int = 200,
    ) -> Response:
        headers = {**self._headers, "Accept": accept, "Accept-Encoding": "identity"}
        if data is not None and path == "query":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.share.enter()
        try:
            response: Response = self._connected().request(path, method, params, data, stream, expected, headers)
        except InfluxDBClientError as error:
            raise refusal(str(error.content), error.code or 0) from None
        except (InfluxDBServerError, HTTPError, OSError) as error:
            if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
                self.share.refused()
            raise self._down(error) from error
        return response

    def _connected(self) -> InfluxDBClient:
        """This process's client; a forked child must not share its parent's sockets."""
        if self._client is None or self._pid != os.getpid():
            with self._lock:
                if self._client is None or self._pid != os.getpid():
                    self._client, self._pid = _connect(self.url, self._timeout_s, self.share), os.getpid()
        return self._client

    def _down(self, error: Exception) -> TimeseriesUnavailable:
        if isinstance(error, ReadTimeoutError):
            return TimeseriesUnavailable(f"The time series store did not answer within {self._timeout_s:g} s.")
        return TimeseriesUnavailable("The time series store does not answer. Its data is safe; try again in a moment.")


def _connect(url: str, timeout_s: float, share: Share) -> InfluxDBClient:
    address = urlsplit(url)
    return InfluxDBClient(
        address.hostname,
        address.port or 8086,
        ssl=address.scheme == "https",
        path=address.path.strip("/"),
        session=Session(url, timeout_s, share),
        retries=1,
    )


def _authorization(credentials: Credentials | None) -> dict[str, str]:
    if credentials is None:
        return {}
    pair = f"{credentials.username}:{credentials.password}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}
