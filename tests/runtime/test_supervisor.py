"""A real supervisord: programs come and go while it runs, crashed ones are restarted, nothing is left behind."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import programs
from runtime.home import Home
from runtime.processes import is_alive
from runtime.programs import Program
from runtime.supervisor import Supervisor, SupervisorDown
from tests.waiting import wait_until

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(Home(tmp_path))
    supervisor.ensure_up()
    yield supervisor
    supervisor.stop()


def test_a_program_is_added_and_removed_while_it_runs(supervisor: Supervisor) -> None:
    supervisor.ensure_program(Program("one", SLEEP))
    supervisor.ensure_program(Program("two", SLEEP))
    assert {status.name for status in supervisor.statuses() if status.up} == {"one", "two"}
    pid = supervisor.status("one").pid  # type: ignore[union-attr]
    supervisor.remove_program("one")
    assert supervisor.status("one") is None
    assert not is_alive(pid)
    assert supervisor.status("two").up  # type: ignore[union-attr]
    assert [each.name for each in (supervisor.home.run / "programs").iterdir()] == ["two.conf"], "nor at the next start"


def test_ensuring_a_program_again_leaves_it_alone_unless_it_changed(supervisor: Supervisor) -> None:
    supervisor.ensure_program(Program("one", SLEEP))
    before = supervisor.status("one").pid  # type: ignore[union-attr]
    supervisor.ensure_program(Program("one", SLEEP))
    assert supervisor.status("one").pid == before  # type: ignore[union-attr]
    supervisor.ensure_program(Program("one", SLEEP, {"CHANGED": "a; 'b' 50 %"}))
    assert supervisor.status("one").pid != before  # type: ignore[union-attr]
    environment = Path(f"/proc/{supervisor.status('one').pid}/environ").read_bytes()  # type: ignore[union-attr]
    assert b"CHANGED=a; 'b' 50 %" in environment


def test_a_setting_that_supervisord_cannot_express_is_refused(supervisor: Supervisor) -> None:
    with pytest.raises(ValueError, match="double quote"):
        supervisor.ensure_program(Program("bad", SLEEP, {"QUOTED": 'a "b"'}))
    supervisor.ensure_program(Program("good", SLEEP))
    assert [(each.name, each.up) for each in supervisor.statuses()] == [("good", True)]


def test_removing_a_missing_program_succeeds_and_touches_no_other(supervisor: Supervisor) -> None:
    supervisor.ensure_program(Program("one", SLEEP))
    before = supervisor.statuses()
    supervisor.remove_program("nobody")
    assert [(each.name, each.state, each.pid) for each in supervisor.statuses()] == [("one", "RUNNING", before[0].pid)]


def test_a_killed_server_restarts_with_its_data(supervisor: Supervisor) -> None:
    import redis

    home = supervisor.home
    supervisor.ensure_program(programs.redis(home))
    client = redis.Redis.from_url(home.redis_url)
    client.set("kept", "yes")
    before = supervisor.status("redis").pid  # type: ignore[union-attr]
    supervisor.kill("redis")
    wait_until(lambda: (status := supervisor.status("redis")) and status.up and status.pid != before)
    assert client.get("kept") == b"yes"


def test_the_watchdog_restarts_a_program_in_fatal_state(supervisor: Supervisor, tmp_path: Path) -> None:
    switch = tmp_path / "switch"
    program = f"import os, sys, time; os.path.exists({str(switch)!r}) or sys.exit(1); time.sleep(600)"
    supervisor.ensure_program(Program("moody", (sys.executable, "-c", program)), wait_s=0)
    wait_until(lambda: supervisor.status("moody").state == "FATAL")  # type: ignore[union-attr]
    switch.touch()
    supervisor.ensure_program(programs.watchdog(supervisor.home))
    wait_until(lambda: supervisor.status("moody").up)  # type: ignore[union-attr]


def test_a_start_stops_what_a_killed_supervisord_left_behind(supervisor: Supervisor) -> None:
    supervisor.ensure_program(Program("one", SLEEP))
    orphan = supervisor.status("one").pid  # type: ignore[union-attr]
    os.kill(int((supervisor.home.run / "supervisord.pid").read_text()), signal.SIGKILL)
    wait_until(lambda: not supervisor.is_up())
    assert is_alive(orphan)
    supervisor.ensure_up()
    assert not is_alive(orphan)
    supervisor.ensure_program(Program("one", SLEEP))
    assert supervisor.status("one").pid != orphan  # type: ignore[union-attr]


def test_stop_stops_everything_it_started_and_nothing_else(tmp_path: Path) -> None:
    mine, other = Supervisor(Home(tmp_path / "mine")), Supervisor(Home(tmp_path / "other"))
    for supervisor in (mine, other):
        supervisor.ensure_up()
        supervisor.ensure_program(Program("one", SLEEP))
    mine.stop()
    try:
        assert mine.leftovers() == []
        assert other.status("one").up  # type: ignore[union-attr]
        with pytest.raises(SupervisorDown):
            mine.statuses()
        mine.stop()  # a second time is fine
    finally:
        other.stop()


def test_redis_writes_to_disk_before_it_acknowledges(supervisor: Supervisor) -> None:
    import redis

    supervisor.ensure_program(programs.redis(supervisor.home))
    client = redis.Redis.from_url(supervisor.home.redis_url, decode_responses=True)
    settings = client.config_get("*")
    assert (settings["appendonly"], settings["appendfsync"]) == ("yes", "always")
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["bind"] == "127.0.0.1"
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=supervisor.home.port("redis")).ping()


def test_a_background_program_has_a_lower_priority(supervisor: Supervisor) -> None:
    supervisor.ensure_program(Program("quiet", SLEEP, nice=10))
    status = supervisor.status("quiet")
    assert status is not None
    assert os.getpriority(os.PRIO_PROCESS, status.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
