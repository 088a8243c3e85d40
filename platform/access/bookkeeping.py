"""Writes that only note when something was used. No request waits for them: the next use notes it again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connection

log = logging.getLogger(__name__)

MAX_WAIT_MS = 100


def write_unless_busy(write: Callable[[], object]) -> None:
    """Nothing is written if somebody else holds a lock for long, or the database takes no writes."""
    try:
        with _short_lock_wait():
            write()
    except Error as error:
        log.info("when something was last used is noted later: %s", error)
        connection.close_if_unusable_or_obsolete()  # if it has ended, the next query opens another


@contextmanager
def _short_lock_wait() -> Iterator[None]:
    """Inside, locks of the relational database are waited for at most `MAX_WAIT_MS`."""
    shorten, restore = _statements()
    connection.ensure_connection()
    driver = connection.connection  # sqlite3's or psycopg's: these are not queries of the request
    with connection.wrap_database_errors:
        driver.execute(shorten)
        try:
            yield
        finally:
            driver.execute(restore)


def _statements() -> tuple[str, str]:
    if connection.vendor == "sqlite":
        usual_ms = round(1000 * settings.DATABASES["default"]["OPTIONS"]["timeout"])
        return f"PRAGMA busy_timeout = {MAX_WAIT_MS}", f"PRAGMA busy_timeout = {usual_ms}"
    return f"SET lock_timeout = {MAX_WAIT_MS}", "SET lock_timeout = DEFAULT"
