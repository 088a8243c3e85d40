"""Changes to stored samples, journalled before they are written so that they can be undone for 30 days."""

from ingest.changes.applying import Applied, apply
from ingest.changes.changes import Changes
from ingest.changes.journal import TTL_S, Journal, delete_journals, journal_of, purge_expired

__all__ = ["TTL_S", "Applied", "Changes", "Journal", "apply", "delete_journals", "journal_of", "purge_expired"]
