"""supervisord, which forks programs of ours from itself once it has loaded what they have in common (ADR 0098).

They are its children as before, with ids, logs and signals of their own; only loading the application, which takes each
a second and some 80 MB, is done once. Whatever else it runs, and programs with an environment of their own, which is
read where a process begins, are executed.
"""

from __future__ import annotations

import atexit
import importlib
import os
import runpy
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from supervisor import supervisord
from supervisor.options import ServerOptions

from runtime.home import PROJECT

APPLICATION = "config.preloaded"
SCRIPT, MODULE = (sys.executable, str(PROJECT / "manage.py")), (sys.executable, "-m", "celery")
# What supervisord handles, beside SIGINT, for which Python has a handler of its own
SIGNALS = (signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR2)
# What supervisord adds for each program, and what is the same for all of ours
OURS = ("SUPERVISOR_", "PYTHONPATH")


class Application:
    """What programs have in common, loaded when the first of them is started: then all ports are known."""

    def __init__(self) -> None:
        self._is_current: Callable[[], bool] | None = None
        self._tried = False
        self._environment: dict[str, str] = {}  # what loading it has added

    def load(self) -> None:
        """If it fails, programs are executed, and say why in their logs."""
        if self._tried:
            return
        self._tried, before = True, dict(os.environ)
        with suppress(Exception, SystemExit):
            self._is_current = importlib.import_module(APPLICATION).is_current
        self._environment = {name: value for name, value in os.environ.items() if before.get(name) != value}
        _set_environment(before)

    def begin(self, environment: Mapping[str, str]) -> bool:
        """In a child: have its environment and settings; False if it must be executed to have the right ones."""
        if self._is_current is None or _own(environment) != _own(os.environ):
            return False
        _set_environment({**self._environment, **environment})
        with suppress(Exception, SystemExit):  # settings that are wrong by now
            return self._is_current()
        return False


class Options(ServerOptions):  # type: ignore[misc]
    application = Application()

    def check_execv_args(self, filename: str, argv: Sequence[str], st: Any) -> None:
        """The last step in supervisord before it forks."""
        super().check_execv_args(filename, argv, st)
        if _words(argv):
            self.application.load()

    def execve(self, filename: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """In the child, which has its descriptors, folder and process group."""
        words = _words(argv)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        if words and self.application.begin(env):
            _run(words, nice=int(argv[2]) if words != tuple(argv) else 0)
        super().execve(filename, argv, env)


def _words(argv: Sequence[str]) -> tuple[str, ...]:
    """The program's command without its priority; nothing if it is not to be forked, as on macOS, whose libraries may
    have threads.
    """
    if sys.platform != "linux":
        return ()
    words = tuple(argv[3:] if tuple(argv[:2]) == ("nice", "-n") else argv)
    return words if words[:2] == SCRIPT or words[:3] == MODULE else ()


def _run(words: tuple[str, ...], nice: int) -> NoReturn:
    """As Python would run it."""
    os.nice(nice)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin, sys.stdout, sys.stderr = _stream(0, "r"), _stream(1, "w"), _stream(2, "w")
    name = os.environ.get("SUPERVISOR_PROCESS_NAME", "")
    Path("/proc/self/comm").write_text(name[:15])
    code = _exit_code(words)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _stream(descriptor: int, mode: str) -> Any:
    return os.fdopen(descriptor, mode, 1, "utf-8", "backslashreplace", closefd=False)


def _exit_code(words: tuple[str, ...]) -> int:
    try:
        if words[:3] == MODULE:
            sys.argv = list(words[2:])
            runpy.run_module(words[2], run_name="__main__", alter_sys=True)
        else:
            sys.argv = list(words[1:])
            runpy.run_path(words[1], run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _own(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(OURS)}


def _set_environment(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()


def main() -> None:
    supervisord.ServerOptions = Options
    supervisord.main()


if __name__ == "__main__":
    main()
