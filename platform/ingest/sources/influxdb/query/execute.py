"""Executes the statements of one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.snapshot import snapshot_of
from historian.read.sources import sources_of
from ingest.sources.influxdb.query.budget import Budget
from ingest.sources.influxdb.query.errors import StatementError, Unsupported
from ingest.sources.influxdb.query.frames import Data, Frame, Rows
from ingest.sources.influxdb.query.historian_reader import HistorianReader
from ingest.sources.influxdb.query.origins import schema_of
from ingest.sources.influxdb.query.schema import Schema
from ingest.sources.influxdb.query.select import Selection
from ingest.sources.influxdb.query.show import DATABASE, POLICIES, show, views_of
from ingest.sources.influxdb.query.syntax import CreateDatabase, Measurement, Select, Show, Statement
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from web.pacing import note_read

NOT_EXECUTED = "not executed"


@dataclass(frozen=True, slots=True)
class Result:
    """Of one statement. `zone`: that of its times."""

    series: Sequence[Frame | Rows] = ()
    error: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """What can be read of a tenant. `names`: what clients may call it."""

    tenant: TenantConnection
    names: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, tenant: TenantConnection) -> Database:
        return cls(tenant, frozenset({"", DATABASE, tenant.slug}))

    def check_policy(self, policy: str) -> None:
        if policy not in POLICIES:
            raise StatementError(f"retention policy not found: {policy[:64]}")


def execute(database: Database, statements: Sequence[Statement], now_ns: int) -> list[Result]:
    """The result of each; after one that fails, the others are not executed.

    Raises Unsupported or NotFound, before anything is read, if one of them cannot be executed at all.
    """
    for statement in statements:
        check_databases(database, statement)
    note_read(database.tenant)
    schema = schema_of(snapshot_of(database.tenant))
    run = _Run(database, schema, now_ns)
    results: list[Result] = []
    for statement in statements:
        try:
            results.append(run.result(statement))
        except Unsupported:
            raise
        except BadRequest as error:
            waiting = len(statements) - len(results) - 1
            return [*results, Result(error=error.detail), *[Result(error=NOT_EXECUTED)] * waiting]
    return results


def check_databases(database: Database, statement: Statement) -> None:
    """A tenant has one database; another one's cannot be named."""
    match statement:
        case CreateDatabase(name) if name not in database.names - {""}:
            raise Unsupported(
                f"CREATE DATABASE is not supported: a tenant has one database, {DATABASE}, which exists; use it."
            )
        case Select(sources=sources):
            for source in sources:
                if isinstance(source, Select):
                    check_databases(database, source)
                elif source.database not in database.names:
                    raise no_database(source.database)
        case Show(database=name) if name not in database.names:
            raise no_database(name)


def no_database(name: str) -> NotFound:
    return NotFound(
        f'a tenant has one database, {DATABASE}: name it, or none, as in SELECT … FROM "site"',
        slug="database-not-found",
        database=name[:64],
    )


class _Run:
    def __init__(self, database: Database, schema: Schema, now_ns: int) -> None:
        self._database, self._schema = database, schema
        self._reader = HistorianReader(database.tenant, sources_of(database.tenant))
        self._selection = Selection(self._find, now_ns, Budget())

    def result(self, statement: Statement) -> Result:
        match statement:
            case Show():
                return Result(show(statement, self._schema))
            case Select():
                return Result(self._selection.run(statement), zone=statement.zone)
        return Result()

    def _find(self, measurement: Measurement) -> list[Data]:
        self._database.check_policy(measurement.policy)
        return [
            Data(view.name, view.series, view.fields, view.tag_keys, self._reader)
            for view in views_of(measurement, self._schema)
        ]
