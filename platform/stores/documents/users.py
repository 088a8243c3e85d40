"""Users of single tenants' document databases (ADR 0039)."""

from __future__ import annotations

import os
from typing import Any

from pymongo.errors import OperationFailure

from kernel.tenancy import Credentials
from stores.documents.database import _client, _is_ferret
from stores.documents.errors import mongo_errors

ROLES = ("readWrite", "dbAdmin")  # the second one because a restore drops collections
EXISTS, UNKNOWN = 51003, 11


class DocumentUsers:
    """Each is created in the database that it may use. FerretDB, which is embedded, has no users.

    DocumentsUnavailable also if the server does not let us manage users.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def ensure(self, database: str, credentials: Credentials) -> None:
        if self._has_no_users():
            return
        with mongo_errors(database):
            try:
                self._command(database, make_user("createUser", database, credentials))
            except OperationFailure as error:
                if error.code != EXISTS:
                    raise
                self._command(database, make_user("updateUser", database, credentials))

    def remove(self, database: str, username: str) -> None:
        if self._has_no_users():
            return
        with mongo_errors(database):
            try:
                self._command(database, {"dropUser": username})
            except OperationFailure as error:
                if error.code != UNKNOWN:
                    raise

    def _has_no_users(self) -> bool:
        with mongo_errors("admin"):
            return _is_ferret(self._uri, os.getpid())

    def _command(self, database: str, command: dict[str, Any]) -> None:
        _client(self._uri, os.getpid())[database].command(command)


def make_user(command: str, database: str, credentials: Credentials) -> dict[str, Any]:
    """`createUser` or `updateUser`, with the rights that a tenant's pods need."""
    return {
        command: credentials.username,
        "pwd": credentials.password,
        "roles": [{"role": role, "db": database} for role in ROLES],
    }
