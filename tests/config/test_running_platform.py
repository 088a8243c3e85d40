"""The running platform from an operator's view: parts, crashes, doctor."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from runtime.programs import BACKGROUND_NICE
from tests.installation import Platform
from tests.processes import parent_of
from tests.waiting import wait_until


def parts(platform: Platform) -> dict[str, str]:
    answer = requests.get(f"{platform.url}/readyz", timeout=5).json()
    return {part["name"]: part["state"] for part in answer["parts"]}


def test_every_part_is_up(platform: Platform) -> None:
    wait_until(lambda: set(parts(platform).values()) == {"up"})
    assert set(parts(platform)) >= {"database", "redis", "documents", "worker", "scheduler", "ingest writer"}
    assert requests.get(f"{platform.url}/healthz", timeout=5).json() == {"alive": True}


def test_answers_have_their_length_and_leave_the_connection_open(platform: Platform) -> None:
    with requests.Session() as session:
        url = f"{platform.url}/healthz"
        sent = [session.request(method, url, timeout=5) for method in ("GET", "HEAD", "GET")]
    for answer in sent:
        assert "Transfer-Encoding" not in answer.headers
        assert answer.headers["Content-Length"] == str(len(sent[0].content))
    assert [bool(answer.content) for answer in sent] == [True, False, True]


def test_requests_that_ask_together_get_all_parts(platform: Platform) -> None:
    wait_until(lambda: set(parts(platform).values()) == {"up"})
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda _: parts(platform), range(24)))
    assert all(set(each) == set(found[0]) for each in found)


@pytest.mark.parametrize(
    ("program", "part"), [("documents", "documents"), ("redis", "redis"), ("writer", "ingest writer")]
)
def test_a_crashed_server_is_reported_down_and_restarts(platform: Platform, program: str, part: str) -> None:
    wait_until(lambda: parts(platform)[part] == "up")
    before = platform.supervisor.status(program)
    assert before is not None
    platform.supervisor.stop_program(program)
    wait_until(lambda: parts(platform)[part] == "down")
    platform.supervisor.start_program(program)
    wait_until(lambda: parts(platform)[part] == "up")
    platform.supervisor.kill(program)
    wait_until(lambda: (now := platform.supervisor.status(program)) and now.up and now.pid != before.pid)
    wait_until(lambda: parts(platform)[part] == "up")


def test_programs_are_forked_from_supervisord_and_have_their_names(platform: Platform) -> None:
    background = {"ladder", "jobs"}
    names = {"worker", "reconciler", "beat", "writer", "alarms", "notifier"} | background

    def found() -> dict[str, tuple[str, bool, int]]:
        """By program: its name in /proc, whether it has supervisord's command line, its niceness."""
        running = {status.name: status.pid for status in platform.supervisor.statuses() if status.name in names}
        return {name: about(pid) for name, pid in running.items()}

    def about(pid: int) -> tuple[str, bool, int]:
        lines = [Path(f"/proc/{each}/cmdline").read_bytes() for each in (pid, parent_of(pid))]
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        return name, lines[0] == lines[1], os.getpriority(os.PRIO_PROCESS, pid)

    web = platform.supervisor.status("web")
    assert web is not None
    usual = os.getpriority(os.PRIO_PROCESS, parent_of(web.pid))
    nice = {name: min(19, usual + BACKGROUND_NICE * (name in background)) for name in names}
    expected = {name: (name, True, nice[name]) for name in names}
    ended = (OSError, ValueError)  # some may have been restarted by the tests before
    wait_until(lambda: found() == expected, told=found, meanwhile=ended)


def test_nothing_listens_beyond_this_machine(platform: Platform) -> None:
    ours = set()
    for pid in platform.supervisor.leftovers():
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            target = str(descriptor.readlink()) if descriptor.is_symlink() else ""
            if target.startswith("socket:["):
                ours.add(target[8:-1])
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in ours:
                listening.append(fields[1].split(":")[0])
    assert listening
    assert set(listening) <= {"0100007F", "00000000000000000000000001000000"}


def test_the_doctor_reports_no_problems_and_where_things_are(platform: Platform) -> None:
    wait_until(lambda: "No problems found." in platform.manage("doctor", check=False))
    report = platform.manage("doctor")
    assert platform.url in report


def test_the_doctor_reports_problems_with_remedies(platform: Platform) -> None:
    platform.supervisor.stop_program("writer")
    try:
        report = platform.manage("doctor", check=False)
        assert "✗ Ingest writer: is stopped" in report
        assert "manage.py up" in report
    finally:
        platform.supervisor.start_program("writer")
    wait_until(lambda: parts(platform)["ingest writer"] == "up")


def test_up_a_second_time_changes_nothing(platform: Platform) -> None:
    before = {status.name: status.pid for status in platform.supervisor.statuses()}
    platform.manage("up")
    assert {status.name: status.pid for status in platform.supervisor.statuses()} == before


def test_metrics_are_there_for_operators(platform: Platform) -> None:
    platform.ensure_person("operator")
    answer = platform.get("/metrics", "operator")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'; ")
    again = platform.get("/metrics", "operator").text
    counted = 'django_http_responses_total_by_status_view_method_total{method="GET",status="200",view="'
    assert counted in again
    assert 'django_http_requests_latency_seconds_by_view_method_bucket{le="0.01",method="GET"' in again
