"""Outcomes of deliveries are entries of the journal that change no state."""

from __future__ import annotations

from alarms.journal.models import JournalEntry
from alarms.journal.replay import states_after
from alarms.machine.model import Condition, Transition, What
from tests.alarms.notification.routes import T, about


def test_an_outcome_changes_no_state_whatever_condition_it_has() -> None:
    raised = Transition(What.RAISED, T, Condition.UNACKNOWLEDGED, T, 17.9, 14.5)
    told = Transition(What.NOTIFIED, T + 5, Condition.NORMAL, T, note="E-mail to a@example.com (Night)")
    failed = Transition(What.NOTIFICATION_FAILED, T + 5, Condition.ACKNOWLEDGED, T)
    entries = [JournalEntry("al:s1", number, each, about()) for number, each in enumerate((raised, told, failed))]
    assert states_after([], entries) == states_after([], entries[:1])
    assert states_after([], entries[1:]) == {}
