"""Cases for tests that need no database."""

from __future__ import annotations

from typing import Any

from work.cases.models import Case, CaseStep
from work.fields import PlantObject

T = 1_773_489_600_000  # 2026-03-14T12:00Z
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def case(number: int = 1, **members: Any) -> Case:
    """An open one; `asset`: an id."""
    asset = members.pop("asset", "a1")
    opened = members.get("opened", T)
    given = {
        "id": f"cs{number:010d}", "number": number, "revision": 1, "title": "Vibration", "description": "",
        "kind": "service", "priority": 3, "state": "open", "site": "p1",
        "asset": PlantObject(id=asset, tag=asset.upper(), name="Pump") if asset else None, "asset_type": "pump",
        "sensor": None, "device": None, "alarm": None, "assigned": None, "due": None, "opened": opened,
        "opened_by": "anna", "began": None, "ended": None, "failure": False, "downtime": None, "suppress": False,
        "what_was_done": "", "steps": [CaseStep(at=opened, state="open", by="anna")], "plan": None, "campaign": None,
        "changed": opened, "changed_by": "anna",
    }  # fmt: skip
    return Case(**{**given, **members})
