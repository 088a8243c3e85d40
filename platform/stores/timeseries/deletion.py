"""Deleting samples and rows. Each call can be repeated: what is gone stays gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kernel.times import NS_PER_MS
from stores.timeseries.client import Timeseries
from stores.timeseries.statements import literal, quoted, row_measurement

SENSORS_PER_STATEMENT = 200
STATEMENTS_PER_REQUEST = 200


def delete_site(store: Timeseries, site: str) -> None:
    """All samples of a site and the rows of every rung."""
    store.execute(_everything(site))


def delete_sensors(
    store: Timeseries, site: str, sensors: Sequence[str], before_each: Callable[[], None] = lambda: None
) -> None:
    """All samples of these sensors and their rows of every rung. `before_each` statement, of which one takes at most as
    long as the store may be silent, it may raise.
    """
    for start in range(0, len(sensors), SENSORS_PER_STATEMENT):
        before_each()
        them = " OR ".join(f'"sensor" = {literal(id)}' for id in sensors[start : start + SENSORS_PER_STATEMENT])
        store.execute(f"{_everything(site)} WHERE {them}")


def delete_samples_before(store: Timeseries, site: str, before_ms: int) -> None:
    """The samples of a site that are older; its rows stay."""
    store.execute(f"DELETE FROM {quoted(site)} WHERE time < {before_ms * NS_PER_MS}")


def delete_rows_before(store: Timeseries, site: str, rung: str, before_ms: int) -> None:
    """The rows of a rung whose buckets begin earlier."""
    name = quoted(row_measurement(site, rung))
    store.execute(f"DELETE FROM {name} WHERE time < {before_ms * NS_PER_MS}")


def delete_spans(store: Timeseries, site: str, sensor: str, spans: Sequence[tuple[int, int]]) -> None:
    """A sensor's samples within spans of time (ns, both ends included); its rows stay."""
    where = f'DELETE FROM {quoted(site)} WHERE "sensor" = {literal(sensor)} AND time'
    statements = [f"{where} = {a}" if a == b else f"{where} >= {a} AND time <= {b}" for a, b in spans]
    for place in range(0, len(statements), STATEMENTS_PER_REQUEST):
        store.execute_all(statements[place : place + STATEMENTS_PER_REQUEST])


def _everything(site: str) -> str:
    return f"DELETE FROM /^{site}(\\..+)?$/"
