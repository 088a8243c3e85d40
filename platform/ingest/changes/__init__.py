"""What changed of a tenant's stored samples, kept before it is written, so that it can be taken back for 30 days."""

from ingest.changes.applying import Applied, apply
from ingest.changes.changes import Changes
from ingest.changes.journal import KEPT_S, Journal, clear_away, forget, journal_of

__all__ = ["KEPT_S", "Applied", "Changes", "Journal", "apply", "clear_away", "forget", "journal_of"]
