"""One browser for all files of a worker: each start of one, with Playwright's driver, costs a second of CPU time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.e2e.profiles import Profiles

INSTALLED = Path("/usr/bin/chromium")
CHROMIUM = str(Path(__file__).with_name("chromium.sh"))  # the same, for less
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Compilers that pay for themselves in minutes; a test's page lives for seconds. Benchmarks have them.
INTERPRETED = "--js-flags=--no-turbofan --no-maglev"
WITHIN_MS = 30_000  # what a busy machine may take for anything


class Chromium:
    """Started when it is first asked for, and again after it was closed."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._profiles: Profiles | None = None

    @property
    def profiles(self) -> Profiles:
        """While it is running."""
        assert self._profiles is not None
        return self._profiles

    @contextmanager
    def running(self) -> Iterator[Browser]:
        """While inside, Playwright's event loop runs in this thread, as asyncio sees it."""
        if self._browser is None or not self._browser.is_connected():
            self.close()
            self._start()
        asyncio._set_running_loop(self._loop)
        try:
            assert self._browser is not None
            yield self._browser
        finally:
            asyncio._set_running_loop(None)

    def _start(self) -> None:
        if not INSTALLED.exists():
            pytest.fail(f"{INSTALLED} is missing; Debian has it: apt-get install chromium")
        expect.set_options(timeout=WITHIN_MS)
        self._playwright = sync_playwright().start()
        self._loop = asyncio.get_running_loop()
        self._browser = self._playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=[*ARGUMENTS, INTERPRETED]
        )
        self._profiles = Profiles(self._browser, WITHIN_MS)

    def close(self) -> None:
        """Fine if it does not run."""
        if self._playwright is None:
            return
        asyncio._set_running_loop(self._loop)
        if self._browser is not None:
            self._browser.close()
        self._playwright.stop()
        asyncio._set_running_loop(None)
        self._playwright = self._browser = self._loop = self._profiles = None
