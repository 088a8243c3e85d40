"""A line for each failure when it happens; pytest's own account of them comes at the end of the run."""

from __future__ import annotations

from typing import Any

import pytest

MAX_REASON = 200


class FailureLines:
    def __init__(self, terminal: Any) -> None:
        self.terminal = terminal

    @pytest.hookimpl(trylast=True)  # after its letter
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._show(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._show(report)

    def _show(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            self.terminal.write_line("\n" + line_of(report), red=True)


def line_of(report: Any) -> str:
    """`FAILED tests/…::test_…: AssertionError: …`; ERROR if that was not in the test itself."""
    outcome = "FAILED" if getattr(report, "when", "collect") == "call" else "ERROR"
    crash = getattr(report.longrepr, "reprcrash", None)
    reason = (crash.message if crash else report.longreprtext).strip()
    return f"{outcome} {report.nodeid}: {reason.partition(chr(10))[0][:MAX_REASON]}"
