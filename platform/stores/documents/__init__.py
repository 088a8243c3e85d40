"""The document database (MongoDB, or FerretDB over SQLite): one database per tenant."""

from stores.documents.changes import ChangeLog, Position
from stores.documents.database import Database, Document
from stores.documents.locks import Lock
from stores.documents.pending import Pending

__all__ = ["ChangeLog", "Database", "Document", "Lock", "Pending", "Position"]
