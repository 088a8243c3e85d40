"""PyMongo's exceptions, translated once: none leaves this package."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bson.errors import BSONError
from pymongo import errors as mongo

from kernel.errors import BadRequest, Conflict, TooLarge, Unavailable

log = logging.getLogger(__name__)

DUPLICATE_KEY = 11000
RETRY_S = 2


class DocumentsUnavailable(Unavailable):
    """The server is down, too slow, or refused a command."""

    def __init__(self, detail: str, retry_after: int = RETRY_S) -> None:
        super().__init__(detail, part="documents", retry_after=retry_after)


@contextmanager
def mongo_errors(collection: str) -> Iterator[None]:
    try:
        yield
    except mongo.BulkWriteError as error:
        raise _failures(collection, error.details.get("writeErrors") or [{"errmsg": str(error)}]) from error
    except mongo.DuplicateKeyError as error:
        raise _exists(collection) from error
    except mongo.DocumentTooLarge as error:
        raise TooLarge(f"A document of “{collection}” is larger than the database takes (16 MB).") from error
    except (BSONError, OverflowError) as error:
        raise BadRequest(f"A document of “{collection}” cannot be stored: {error}.", slug="unstorable") from error
    except (mongo.ConnectionFailure, mongo.ExecutionTimeout, mongo.WaitQueueTimeoutError) as error:
        raise DocumentsUnavailable("The document database does not answer. Try again in a moment.") from error
    except mongo.OperationFailure as error:
        # FerretDB reports a violated unique index of an update as an internal error.
        if error.code == DUPLICATE_KEY or "UNIQUE constraint" in str(error):
            raise _exists(collection) from error
        raise _refused(collection, error) from error
    except mongo.PyMongoError as error:
        raise _refused(collection, error) from error


def is_time_out(error: Unavailable) -> bool:
    """Whether a command was sent and not answered in time, rather than the server being down."""
    return isinstance(error.__cause__, (mongo.NetworkTimeout, mongo.ExecutionTimeout))


def raise_write_errors(collection: str, response: Mapping[str, Any]) -> None:
    """Raise what the answer to an update reports."""
    if failures := response.get("writeErrors"):
        raise _failures(collection, failures)


def _failures(collection: str, failures: Sequence[Mapping[str, Any]]) -> Conflict | Unavailable:
    for failure in failures:
        if failure.get("code") != DUPLICATE_KEY and "UNIQUE constraint" not in str(failure.get("errmsg")):
            return _refused(collection, str(failure.get("errmsg")))
    return _exists(collection)


def _exists(collection: str) -> Conflict:
    return Conflict(f"There is one with the same key already in “{collection}”.", slug="already-exists")


def _refused(collection: str, error: object) -> DocumentsUnavailable:
    log.error("the document database refused a command on %s: %.500s", collection, error)
    return DocumentsUnavailable(f"The document database refused a command on “{collection}”.")
