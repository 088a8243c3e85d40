"""Opening a demo again keeps its users' changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.models import User
from catalog.kinds import SENSORS, SITES
from catalog.operations import change, delete
from catalog.snapshot import snapshot_of
from demo import people
from demo.install import ensure_site
from demo.other import WORKS
from demo.ownership import AlreadyOpen, is_ours, only_one, own
from demo.state import DemoState, Login, load, path_of, save
from kernel.tenancy import TenantConnection
from runtime.home import Home
from runtime.supervisor import Supervisor


def test_what_people_changed_of_a_site_stays(acme: TenantConnection) -> None:
    installed, new = ensure_site(acme, WORKS)
    assert new
    level = snapshot_of(acme).sensors[installed.sensors["LT-1"]]
    change(acme, SENSORS, level.id, {"name": "Level, north"}, level.revision)
    delete(acme, SENSORS, installed.sensors["PT-1"], cascade=True)
    again, new = ensure_site(acme, WORKS)
    assert not new and set(again.sensors) == {"LT-1", "FT-1"}
    assert snapshot_of(acme).sensors[level.id].name == "Level, north"
    delete(acme, SITES, installed.site, cascade=True)


def test_a_users_own_installation_is_left_unchanged(db: None) -> None:
    User.objects.create(username="operator")
    with pytest.raises(people.NotADemo, match="PLANTRACE_HOME"):
        people.prepare(None)


def test_logins_are_kept_and_each_is_its_own(db: None) -> None:
    first = people.prepare(None)
    assert people.prepare(first) == first
    assert len({login.password for login in first.people.values()}) == len(people.PEOPLE)


def test_logins_lie_in_a_file_that_only_we_may_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert load(home) is None
    state = DemoState("demo", {"viewer": Login("viewer", "secret", "pt_1")}, "pt_2")
    save(home, state)
    assert load(home) == state
    assert path_of(home).stat().st_mode & 0o077 == 0


def test_one_demo_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with only_one(home), pytest.raises(AlreadyOpen), only_one(home):
        pass
    with only_one(home):
        pass


def test_a_platform_started_by_others_is_not_ours(home: Home, servers: Supervisor) -> None:
    assert not is_ours(home)
    own(home)
    assert is_ours(home)
    (home.run / "demo.owner").unlink()
