"""Changes to stored samples, journalled before they are written so that they can be undone for 30 days."""

from ingest.changes.applying import Applied, apply
from ingest.changes.changes import Changes
from ingest.changes.held import is_held, put_back
from ingest.changes.journal import TTL_S, Journal, delete_journals, is_undoable, journal_of, purge_expired
from ingest.changes.reverting import left_alone, plan_undo

__all__ = [
    "TTL_S", "Applied", "Changes", "Journal", "apply", "delete_journals", "is_held", "is_undoable", "journal_of",
    "left_alone", "plan_undo", "purge_expired", "put_back",
]  # fmt: skip
