"""Sessions with an idle limit and an absolute limit.

The row's `expire_date` is the idle limit; it moves with use, by a conditional update of that row alone, so that a
concurrent request cannot revive a session that has ended. The time of signing in is stored in the session.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from access.bookkeeping import write_unless_busy
from web import clock

STARTED = "started"  # epoch seconds
IDLE_RESOLUTION = timedelta(minutes=1)  # precision of the idle limit


class SessionStore(db.SessionStore):
    """Django's database sessions, with both limits."""

    kept_until: datetime | None = None

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]  # the stubs do not know it
        self.kept_until = row.expire_date if row is not None else None
        return row

    def create_model_instance(self, data: Any) -> Any:
        row = super().create_model_instance(data)
        row.expire_date = _end(data, clock.now())
        return row

    def note_use(self, now: datetime) -> datetime | None:
        """When the session expires if it is not used again; None if it has reached its absolute limit."""
        end = _end(self, now)
        if self.kept_until is None or end <= now:
            return None
        if end > self.kept_until + min(IDLE_RESOLUTION, timedelta(seconds=settings.SESSION_IDLE_S) / 10):
            row = Session.objects.filter(session_key=self.session_key, expire_date__gt=now)
            write_unless_busy(lambda: row.update(expire_date=end))
            self.kept_until = end
        return end


def _end(data: Any, now: datetime) -> datetime:
    """Without a start time (from before there were limits) it has expired."""
    started = datetime.fromtimestamp(data.get(STARTED, 0), UTC)
    return min(now + timedelta(seconds=settings.SESSION_IDLE_S), started + timedelta(seconds=settings.SESSION_MAX_S))
