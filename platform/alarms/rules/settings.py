"""What a tenant sets for all its alarms: the priority matrix, and how long the journal is kept."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from alarms.rules.models import Consequence, Priority, Urgency
from kernel.tenancy import TenantConnection
from web.stores import documents

COLLECTION, ID = "alarm_settings", "settings"
RULES = "alarm_rules"  # whose lock and log also serve for the matrix
MAX_JOURNAL_DAYS = 36_500


class UrgencyPriorities(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The priority by the time that there is to respond."""

    over_30_min: Priority
    from_10_to_30_min: Priority = msgspec.field(name="10_to_30_min")
    from_3_to_10_min: Priority = msgspec.field(name="3_to_10_min")
    under_3_min: Priority

    def of(self, urgency: Urgency) -> Priority:
        match urgency:
            case "over_30_min":
                return self.over_30_min
            case "10_to_30_min":
                return self.from_10_to_30_min
            case "3_to_10_min":
                return self.from_3_to_10_min
            case "under_3_min":
                return self.under_3_min


class AlarmMatrix(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The priority by consequence and time to respond."""

    minor: UrgencyPriorities
    moderate: UrgencyPriorities
    major: UrgencyPriorities
    severe: UrgencyPriorities

    def priority(self, consequence: Consequence, urgency: Urgency) -> Priority:
        row: UrgencyPriorities = getattr(self, consequence)
        return row.of(urgency)


class AlarmSettingsChange(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    matrix: AlarmMatrix
    journal_days: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_JOURNAL_DAYS)] | None,
        Meta(description="How long the journal is kept; null: forever"),
    ]


class AlarmSettings(AlarmSettingsChange, frozen=True, kw_only=True):
    pass


def _row(over_30: Priority, from_10: Priority, from_3: Priority, under_3: Priority) -> UrgencyPriorities:
    return UrgencyPriorities(
        over_30_min=over_30, from_10_to_30_min=from_10, from_3_to_10_min=from_3, under_3_min=under_3
    )


DEFAULT = AlarmSettings(
    matrix=AlarmMatrix(
        minor=_row(4, 4, 3, 3), moderate=_row(4, 3, 3, 2), major=_row(3, 3, 2, 1), severe=_row(3, 2, 1, 1)
    ),
    journal_days=None,
)


def settings_of(tenant: TenantConnection) -> AlarmSettings:
    document = documents(tenant).get(COLLECTION, ID)
    return DEFAULT if document is None else msgspec.convert(document["content"], AlarmSettings)


def store(tenant: TenantConnection, change: AlarmSettingsChange) -> AlarmSettings:
    """Of two who change it at the same time the later one decides. Rules have their new priorities from then on."""
    settings = AlarmSettings(matrix=change.matrix, journal_days=change.journal_days)
    database = documents(tenant)
    content = {"content": msgspec.to_builtins(settings)}
    with database.exclusive(RULES), database.log(RULES).changing(None):
        if database.get(COLLECTION, ID) is None:
            database.insert(COLLECTION, {"_id": ID, **content})
        else:
            database.change(COLLECTION, ID, lambda document: {**document, **content})
    return settings
