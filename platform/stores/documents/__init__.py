"""The document database (MongoDB, or FerretDB over SQLite): one database per tenant."""

from stores.documents.database import Database, Document
from stores.documents.users import DocumentUsers

__all__ = ["Database", "Document", "DocumentUsers"]
