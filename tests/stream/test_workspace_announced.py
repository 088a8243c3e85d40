"""Notes, and what is shared of saved views and dashboards, are announced; what is one person's is not."""

from __future__ import annotations

from typing import Any

from tests.stream.conftest import Listen, Plant
from tests.stream.events import Listener


def test_notes_are_announced_to_their_tenant_only(plant: Plant, rival: Plant, listen: Listen) -> None:
    ours, theirs = listen(topics="workspace"), listen(rival.headers(), topics="workspace")
    note = call(plant, "POST", "annotations", target=plant.sensors["TT-0"], text="Jammed", start=1_800_000_000_000)
    changed = {"target": note["target"], "text": "Repaired", "start": note["start"], "revision": note["revision"]}
    call(plant, "PUT", f"annotations/{note['id']}", **changed)
    call(plant, "DELETE", f"annotations/{note['id']}")
    ours.wait_for(lambda it: told(it, "annotations").count(note["id"]) >= 1)
    assert told(ours, "dashboards") == []
    assert theirs.changes() == []


def test_a_dashboard_is_announced_while_it_is_shared_and_a_private_one_never(plant: Plant, listen: Listen) -> None:
    plant.platform.ensure_person("onlooker", plant.tenant, "viewer")
    viewer = listen(plant.headers("onlooker"), topics="workspace")
    content: dict[str, Any] = {"name": "Mine", "tiles": [], "range": "8h", "shared": False, "default": False}
    own = call(plant, "POST", "dashboards", **content)
    own = call(
        plant, "PUT", f"dashboards/{own['id']}", **{**content, "name": "Still mine", "revision": own["revision"]}
    )
    shared = call(plant, "POST", "dashboards", **{**content, "name": "Ours", "shared": True})
    viewer.wait_for(lambda it: shared["id"] in told(it, "dashboards"))
    assert own["id"] not in told(viewer, "dashboards")
    call(plant, "DELETE", f"dashboards/{own['id']}")
    call(plant, "DELETE", f"dashboards/{shared['id']}")
    viewer.wait_for(lambda it: told(it, "dashboards").count(shared["id"]) >= 2)
    assert own["id"] not in told(viewer, "dashboards")


def test_a_saved_view_that_is_taken_back_is_announced_once_more(plant: Plant, listen: Listen) -> None:
    viewer = listen(topics="workspace")
    trend: dict[str, Any] = {
        "sensors": [plant.sensors["TT-0"]],
        "range": "8h",
        "start": None,
        "end": None,
        "options": {},
    }
    content = {"name": "Loop", "site": plant.site, "trend": trend, "shared": True, "default": False}
    view = call(plant, "POST", "saved-views", **content)
    viewer.wait_for(lambda it: told(it, "saved-views") == [view["id"]])
    view = call(plant, "PUT", f"saved-views/{view['id']}", **{**content, "shared": False, "revision": view["revision"]})
    viewer.wait_for(lambda it: told(it, "saved-views") == [view["id"]] * 2)
    call(plant, "DELETE", f"saved-views/{view['id']}")


def told(listener: Listener, kind: str) -> list[str]:
    return [event.data["id"] for event in listener.changes() if event.data["kind"] == kind]


def call(plant: Plant, method: str, path: str, **body: Any) -> Any:
    json = {"json": body} if body else {}
    response = plant.platform.call(method, f"/api/v1/{path}", plant.engineer, **json)
    assert response.ok, response.text
    return response.json() if response.content else None
