"""The application as supervisord loads it: nothing that a fork would break; forked programs end as executed ones do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from runtime.programs import python_path

SCRIPT = """
import json, os, subprocess, sys, threading
from pathlib import Path
from runtime.supervisord import SCRIPT, Options

def descriptors():
    return {(each.name, os.readlink(each)) for each in Path("/proc/self/fd").iterdir() if each.exists()}

def run(*words, **own):
    said, write = os.pipe()
    if not (pid := os.fork()):
        for descriptor in (1, 2):
            os.dup2(write, descriptor)
        os.close(write)
        options.execve(words[0], words, {**environment, "SUPERVISOR_PROCESS_NAME": "one", **own})
    os.close(write)
    with open(said) as file:
        text = file.read()
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text]

before, environment = descriptors(), dict(os.environ)
options = Options()
application = options.application
application.load()
from config import preloaded
from django.db import connections
found = {
    "left": sorted(descriptors() - before), "threads": [each.name for each in threading.enumerate()],
    "connected": [each.alias for each in connections.all(initialized_only=True) if each.connection],
    "environment": sorted(set(os.environ.items()) ^ set(environment.items())),
}

def begin(own={}, common={}):
    os.environ.clear()
    os.environ.update(environment, **common)  # supervisord's
    return application.begin({**environment, **common, "SUPERVISOR_PROCESS_NAME": "one", **own})

found["own"] = begin(own={"MALLOC_ARENA_MAX": "2"})
found["settings"] = begin(common={"PUBLIC_URL": "https://x.example"})
known = preloaded.SOURCES
Path("newer").mkdir(), Path("newer/module.py").touch()
preloaded.SOURCES = (*known, Path("newer"))
found["code"] = begin()
preloaded.SOURCES = known
found["same"] = begin()
found["django"] = os.environ.get("DJANGO_SETTINGS_MODULE")
os.environ.clear(), os.environ.update(environment)
look = (*SCRIPT, "shell", "--no-imports", "-c", "print(open('/proc/self/cmdline').read())")
found["forked"], found["executed"] = run(*look), run(*look, MALLOC_ARENA_MAX="2")
found["unknown"] = run(*SCRIPT, "no_such_command")
found["help"] = run(*SCRIPT, "ladder_worker", "--help")
found["celery"] = run(sys.executable, "-m", "celery", "--version")
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("preloaded")
    environment = {**os.environ, **python_path(), "PLANTRACE_HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    result = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


def test_loading_leaves_nothing_that_a_fork_would_break(found: dict[str, Any]) -> None:
    assert (found["left"], found["threads"], found["connected"]) == ([], ["MainThread"], [])


def test_other_programs_have_the_environment_as_it_was(found: dict[str, Any]) -> None:
    assert found["environment"] == []


def test_a_program_is_forked_only_with_the_code_and_settings_that_it_would_find_itself(found: dict[str, Any]) -> None:
    names = ("same", "own", "settings", "code")
    assert {name: found[name] for name in names} == {name: name == "same" for name in names}
    assert found["django"] == "config.settings"


def test_another_one_is_executed(found: dict[str, Any]) -> None:
    assert found["forked"][0] == found["executed"][0] == 0
    assert "manage.py" in found["executed"][1] and "manage.py" not in found["forked"][1]


def test_it_ends_as_if_it_had_been_executed(found: dict[str, Any]) -> None:
    assert found["unknown"][0] == 1 and "Unknown command: 'no_such_command'" in found["unknown"][1]
    assert found["help"][0] == 0 and "ladder_worker" in found["help"][1]
    assert found["celery"][0] == 0 and found["celery"][1][0].isdigit()
