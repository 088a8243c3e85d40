"""The document database (MongoDB, or FerretDB over SQLite): one database per tenant."""

from stores.documents.changes import ChangeLog, Position
from stores.documents.database import Database, Document
from stores.documents.leases import Lease, LeaseLost
from stores.documents.locks import Lock
from stores.documents.pending import Pending, Turns
from stores.documents.users import DocumentUsers

__all__ = [
    "ChangeLog", "Database", "Document", "DocumentUsers", "Lease", "LeaseLost", "Lock", "Pending", "Position", "Turns",
]  # fmt: skip
