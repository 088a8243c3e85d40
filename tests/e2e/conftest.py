"""A real browser on a real installation. Every test also checks for console errors and requests to other hosts."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.conftest import SHARED_DATA
from tests.e2e.chromium import Chromium
from tests.e2e.profiles import Profile
from tests.groups import shared_servers
from tests.installation import Platform
from tests.isolation import ROOT

WIDE, TABLET, PHONE = (1440, 900), (1024, 768), (390, 844)
MAPPING = ROOT / "demo" / "skab.yaml"
COLUMNS = [
    "datetime", "Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Temperature", "Thermocouple",
    "Voltage", "Volume Flow RateRMS", "anomaly", "changepoint",
]  # fmt: skip

INSTALL = """
import time
from demo.install import ensure_site
from demo.opening import drawing
from demo.skab import SKAB
from tenants.queries import connection_by_slug
from twin.operations import ensure_schematic
tenant = connection_by_slug({slug!r})
ensure_site(tenant, SKAB)
ensure_schematic(tenant, SKAB.slug, "Test loop", drawing("skab-loop"), 0, now=int(time.time() * 1000), author="test")
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    chromium = Chromium()
    shared_servers.end_with_group(chromium.close)
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    """The same for all files. Between them no event loop seems to run in this thread: Django would open no database."""
    with chromium.running() as browser:
        yield browser


LATE = "/readyz"  # a part of the platform answered after more than 1.5 s, as it may on a busy machine


@dataclass
class Watch:
    """A page's console errors and requests."""

    hosts: tuple[str, ...]  # the web process's and the live stream's
    allowed: list[str] = field(default_factory=lambda: [LATE])
    trouble: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"uncaught: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def allow(self, text: str) -> None:
        """An error that this test provokes on purpose."""
        self.allowed.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.trouble.append(f"{message.type}: {message.text} {message.location.get('url', '')[:200]}")

    def _request(self, url: str) -> None:
        parts = urlparse(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in self.hosts:
            self.trouble.append(f"asked another host: {url}")

    def check(self) -> None:
        left = [each for each in self.trouble if not any(text in each for text in self.allowed)]
        assert left == []


OpenPage = Callable[..., Page]


@pytest.fixture
def watch(platform: Platform) -> Iterator[Watch]:
    watch = Watch((urlparse(platform.url).netloc, f"127.0.0.1:{platform.home.port('stream')}"))
    yield watch
    watch.check()


@pytest.fixture
def open_page(chromium: Chromium, browser: Browser, platform: Platform, watch: Watch) -> Iterator[OpenPage]:
    """`open_page(person, size=TABLET, scheme="dark")`: a page of its own, signed in if a person is named."""
    assert (ROOT / "frontend" / "dist" / "index.html").exists(), "the web UI is not built: make setup"
    taken: list[Profile] = []

    def open_page(person: str | None = None, size: tuple[int, int] = WIDE, scheme: str = "light") -> Page:
        taken.append(chromium.profiles.take(platform.url, has_touch=size == TABLET))
        page = taken[-1].open_page(size, scheme)
        if person:
            sign_in_quietly(page, platform, person)
        watch.follow(page)
        return page

    yield open_page
    for profile in taken:
        chromium.profiles.give_back(profile)


_sessions: dict[tuple[str, str], Any] = {}  # cookies, by address and person


def sign_in_quietly(page: Page, platform: Platform, person: str) -> None:
    """A session by the API, for tests of what comes after signing in: the person's last one, unless it has ended."""
    if known := _sessions.get((platform.url, person)):
        page.context.add_cookies(known)
        if page.request.get("/api/v1/me").ok:
            return
        page.context.clear_cookies()
    who = platform.people[person]
    page.request.get("/api/v1/session")
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    response = page.request.post(
        "/api/v1/session",
        data={"username": who["username"], "password": who["password"]},
        headers={"X-CSRFToken": cookies["plantrace_csrf"], "Origin": platform.url},
    )
    assert response.ok, response.text()
    _sessions[platform.url, person] = page.context.cookies()


@dataclass(frozen=True)
class Loop:
    """A tenant with the water loop, its drawing and a morning on which a valve closes. Times are epoch ms."""

    slug: str
    person: str
    start: int
    end: int
    before: int
    closed: int
    after: int


@pytest.fixture(scope="session", params=["written", "skab"])
def loop(request: pytest.FixtureRequest, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """The same loop twice: on samples that the test writes, and on the real recordings."""
    if request.param == "skab":
        folder = SHARED_DATA / "skab" / "valve1"
        if not folder.is_dir():
            pytest.skip("the SKAB recordings are not beside the project")
        files = sorted(folder.glob("*.csv"))
    else:
        files = [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")]
    return _make_loop(platform, f"loop-{request.param}", files)


@pytest.fixture(scope="session")
def written_loop(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """The loop on samples that the test writes, for tests that need no more than one."""
    return _make_loop(platform, "loop-written", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])


@pytest.fixture(scope="session")
def live_loop(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """Another one, to whose sensors tests write: that of the others has no present values."""
    return _make_loop(platform, "loop-live", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])


@pytest.fixture(scope="session")
def spare_loop(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """Another tenant, which may be destroyed."""
    return _make_loop(platform, "loop-spare", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])


@pytest.fixture(scope="session")
def edited_loop(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """Another one, whose sensors are changed."""
    return _make_loop(platform, "loop-edited", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])


def _make_loop(platform: Platform, slug: str, files: list[Path]) -> Loop:
    person = f"engineer.{slug}"
    if person not in platform.people:
        platform.ensure_tenant(slug)
        platform.ensure_person(person, slug, "engineer")
        platform.shell(INSTALL.format(slug=slug))
        platform.command("import_history", "--tenant", slug, "--mapping", str(MAPPING), *map(str, files))
    return _found(slug, person, files)


def write_morning(file: Path) -> Path:
    """Forty minutes, a row a second: flow at 32 L/min, at 27 while the valve is closed for four of them."""
    noise, start = random.Random(7), datetime.fromisoformat("2024-05-06T10:00:00")
    with file.open("w", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(COLUMNS)
        for second in range(2400):
            closed = 1200 <= second < 1440
            flow = (27 if closed else 32) + noise.choice((-1, 0, 0, 0, 1))
            row = [0.03, 0.04, 1 + noise.random() / 2, 0.05, 79.0, 26.0, 230.0, flow, int(closed), 0]
            writer.writerow([start + timedelta(seconds=second), *row])
    return file


def _found(slug: str, person: str, files: list[Path]) -> Loop:
    """Where in the files the flow is lowest for two minutes, and quiet times on either side."""
    flow: dict[int, float] = {}
    for file in files:
        with file.open() as rows:
            for row in csv.DictReader(rows, delimiter=";"):
                at = datetime.fromisoformat(row["datetime"] + "+00:00")
                flow[int(at.timestamp() * 1000)] = float(row["Volume Flow RateRMS"])
    times = sorted(flow)
    means = {t: _mean(flow, times, t) for t in times[60:-400:20]}
    closed = min(means, key=lambda t: means[t])
    high = sorted(means.values())[len(means) // 2]
    before = max(t for t in means if t < closed - 60_000 and means[t] >= high - 0.2)
    after = min((t for t in means if t > closed + 60_000 and means[t] >= high - 0.2), default=before)
    return Loop(slug, person, times[0], times[-1], before, closed, after)


def _mean(flow: dict[int, float], times: list[int], middle: int) -> float:
    near = [flow[t] for t in times if abs(t - middle) <= 60_000]
    return sum(near) / len(near)
