"""How the tests are shared out between workers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.distribution import LONGEST, LONGEST_FILES, choose, group_of, rank_of
from tests.groups import SharedServers
from tests.isolation import ROOT

KILLS, SLUGS = "tests/tenants/test_kills.py", "tests/tenants/test_slugs.py"
WRITE, WHOLE, POD = "tests/ingest/test_write.py", "tests/ingest/test_whole_platform.py", "tests/pods/test_api.py"
FILES = [KILLS, SLUGS, WRITE, WHOLE, POD]


def test_a_worker_continues_with_its_own_group() -> None:
    assert choose(FILES, "platform", {"platform", "tenants"}) == WHOLE
    assert choose(FILES, "ingest", {"ingest", "platform", "tenants"}) == WRITE


def test_an_idle_worker_takes_a_free_group_and_finally_helps_with_the_largest() -> None:
    assert choose(FILES, "twin", {"tenants", "platform", "twin"}) == WRITE
    assert choose(FILES, None, {"platform", "ingest"}) == KILLS
    assert choose(FILES[1:], "twin", {"tenants", "ingest", "platform"}) == WHOLE


def test_the_longest_come_first() -> None:
    assert sorted(reversed(FILES), key=rank_of)[0] == WHOLE
    assert sorted([SLUGS, KILLS], key=rank_of)[0] == KILLS


def test_all_tests_of_the_running_platform_are_one_group() -> None:
    asking = ("pods/test_api", "neighbours/test_slow_bodies", "access/test_running", "tenants/test_onboarding")
    assert {group_of(f"tests/{name}.py") for name in asking} == {"platform"}
    assert group_of("tests/backup/test_backup.py") == "backup", "it starts its own"
    assert group_of("tests/e2e/test_pages.py") == "e2e", "the browser's tests are as many as all others"


def test_all_that_the_distribution_names_is_there() -> None:
    tests = ROOT / "tests"
    known = {path.name for path in tests.rglob("*") if path.is_dir() or path.suffix == ".py"}
    assert {*LONGEST, *LONGEST_FILES} - known == {"platform"}


def test_what_a_group_shares_ends_after_its_last_test() -> None:
    def item(file: str) -> Any:
        return SimpleNamespace(nodeid=f"{file}::test_something")

    servers, ended = SharedServers(), list[str]()
    servers.end_with_group(lambda: ended.append("cluster"))
    servers.pytest_runtest_teardown(item(KILLS), item(KILLS))
    servers.pytest_runtest_teardown(item(KILLS), item(SLUGS))
    assert not ended
    servers.pytest_runtest_teardown(item(SLUGS), item(WRITE))
    servers.pytest_runtest_teardown(item(WRITE), item(WHOLE))
    assert ended == ["cluster"]


def test_what_two_groups_share_is_started_again_for_the_second() -> None:
    def item(file: str, *fixtures: str) -> Any:
        return SimpleNamespace(nodeid=f"{file}::test_something", fixturenames=fixtures)

    servers, done = SharedServers(), list[str]()
    servers.end_with_group(lambda: done.append("end"), lambda: done.append("start"))
    servers.pytest_runtest_teardown(item(POD, "platform"), item(WRITE))
    servers.pytest_runtest_setup(item(WRITE))
    assert done == ["end"]
    servers.pytest_runtest_teardown(item(WRITE), item("tests/e2e/test_pages.py", "platform"))
    servers.pytest_runtest_setup(item("tests/e2e/test_pages.py", "platform"))
    servers.pytest_runtest_setup(item("tests/e2e/test_live.py", "platform"))
    assert done == ["end", "start"]
    servers.pytest_runtest_teardown(item("tests/e2e/test_live.py", "platform"), item(KILLS))
    assert done == ["end", "start", "end"]
