"""The systems Plantrace is compared with: InfluxDB queried directly, and VictoriaMetrics with the same samples."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
from pyarrow import csv

from kernel.times import TimeRange
from runtime.home import is_free
from stores.samples import Window
from stores.timeseries import select
from tests.bench.query.client import Connection, Refused
from tests.bench.query.data import END, Series
from tests.waiting import wait_until

POINTS = 1_000
MSGPACK, CSV = "application/x-msgpack", "application/csv"
FOUR_SELECTORS = 'min("value"),max("value"),first("value"),last("value")'
MERGED_WITHIN_S = 1800
BATCH_SIZE = 100_000  # samples in one request


class InfluxQL:
    """The tenant's InfluxDB, queried as by a dashboard."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def buckets(self, columns: str, site: str, sensors: list[str], span: TimeRange) -> None:
        """One value of each column for each of POINTS buckets."""
        rest = f"GROUP BY time({max(span.width // POINTS, 1)}ms) fill(none)"
        self._ask(";".join(select(columns, site, Window.of(span), sensors=[id], rest=rest) for id in sensors))

    def raw(self, site: str, sensor: str, span: TimeRange, accept: str) -> None:
        """Every sample, streamed."""
        self._ask(select('"value"', site, Window.of(span), sensors=[sensor]), accept, chunked="true", chunk_size=50_000)

    def last(self, site: str, at: int, look_back: int) -> None:
        """The last sample of each of a site's sensors."""
        window = Window.of(TimeRange(at - look_back, at))
        self._ask(select('last("value")', site, window, rest='GROUP BY "sensor"'))

    def count(self, site: str, sensor: str) -> int:
        statement = select('count("value")', site, Window.of(TimeRange(0, END)), sensors=[sensor])
        answer = self._connection.get("/query", db="plant", q=statement).json()
        return int(answer["results"][0]["series"][0]["values"][0][1])

    def _ask(self, statements: str, accept: str = MSGPACK, **more: object) -> None:
        self._connection.drain("/query", accept, db="plant", epoch="ms", q=statements, **more)


class VictoriaMetrics:
    """One server with its query caches off, and one metric `value` labelled by sensor."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url)

    def load(self, series: Series) -> None:
        """As CSV: 2 million samples a second; 1.3 in Prometheus' format, 0.5 as JSON lines."""
        query = urlencode({"format": "1:time:unix_ms,2:metric:value", "extra_label": f"sensor={series.tag}"})
        for place in range(0, series.count, BATCH_SIZE):
            part, lines = slice(place, place + BATCH_SIZE), io.BytesIO()
            table = pa.table({"t": series.t[part], "v": series.v[part]})
            csv.write_csv(table, lines, csv.WriteOptions(include_header=False))
            self._connection.post(f"/api/v1/import/csv?{query}", lines.getvalue(), "text/csv")

    def settle(self) -> None:
        """Everything in parts on the disk, merged."""
        self._connection.get("/internal/force_flush")
        self._connection.get("/internal/force_merge")
        metrics = partial(self._connection.get, "/metrics")
        wait_until(lambda: b"vm_active_force_merges 0" in metrics().body, MERGED_WITHIN_S, poll_s=0.2)

    def range(self, expression: str, series: Series, span: TimeRange) -> None:
        """POINTS values of an expression, in which `x` is the series and `step` the width of a bucket."""
        step = max(span.width // POINTS, 1)
        expression = expression.replace("step", f"{step}ms").replace("x", f'value{{sensor="{series.tag}"}}')
        self._connection.drain(
            "/api/v1/query_range",
            "application/json",
            query=expression,
            start=(span.start + step) / 1000,
            end=span.end / 1000,
            step=f"{step}ms",
        )

    def close(self) -> None:
        self._connection.close()

    def count(self, series: Series) -> int:
        width = series.span.width + 1000
        query = f'count_over_time(value{{sensor="{series.tag}"}}[{width}ms])'
        answer = self._connection.get("/api/v1/query", query=query, time=END / 1000).json()
        return int(answer["data"]["result"][0]["value"][1])


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[VictoriaMetrics]:
    """A server on 127.0.0.1, stopped by its process id; its data is deleted."""
    program = shutil.which("victoria-metrics")
    if program is None:
        raise FileNotFoundError("The program victoria-metrics is missing; `scripts/setup.sh bench` installs it.")
    chance = np.random.default_rng()
    port = next(port for port in chance.integers(20_000, 32_000, 1000).tolist() if is_free(port))
    command = [
        *(program, f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}"),
        *("-search.disableCache", "-retentionPeriod=100y", "-search.maxQueryDuration=5m"),
        *("-loggerLevel=ERROR", "-selfScrapeInterval=0"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        server = VictoriaMetrics(url)
        yield server
        server.close()
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    with closing(Connection(url, timeout_s=2)) as connection:
        while True:
            try:
                connection.get("/health")
                return
            except (OSError, Refused):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError("VictoriaMetrics did not start.") from None
                time.sleep(0.1)
