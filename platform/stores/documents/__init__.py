"""The document database (MongoDB, or FerretDB over SQLite): one database per tenant."""

from stores.documents.changes import ChangeLog, Position
from stores.documents.database import Database, Document
from stores.documents.leases import Lease, LeaseLost
from stores.documents.locks import Lock
from stores.documents.pending import Pending, Turns

__all__ = ["ChangeLog", "Database", "Document", "Lease", "LeaseLost", "Lock", "Pending", "Position", "Turns"]
