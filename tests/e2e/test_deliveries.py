"""A sample raises an alarm, the notifier sends a mail of it to a real server, and the mail's link opens the alarm."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.installation import Platform
from tests.isolation import ROOT
from tests.receivers import Mailbox, smtp_server
from tests.waiting import WAIT_S, wait_until

SLUG, ADMIN, ADDRESS = "mailed", "admin.mailed", "duty.engineer@example.com"
WITHIN_MS = WAIT_S * 1000


@pytest.fixture
def admin(platform: Platform) -> str:
    platform.ensure_tenant(SLUG)
    platform.ensure_person(ADMIN, SLUG, "admin")
    platform.ensure_sensor(ADMIN)
    return ADMIN


def make(platform: Platform, path: str, **body: Any) -> dict[str, Any]:
    response = platform.call("POST", f"/api/v1/{path}", ADMIN, json=body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


@contextmanager
def notifier(platform: Platform, mailbox: Mailbox) -> Iterator[None]:
    """One that knows the mail server, instead of the installation's."""
    environment = {
        **os.environ, **platform.environment, "PLANTRACE_HOME": str(platform.path), "PUBLIC_URL": platform.url,
        "EMAIL_URL": f"smtp://{mailbox.host}:{mailbox.port}",
    }  # fmt: skip
    platform.supervisor.stop_program("notifier")
    process = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "alarm_notifier"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(WAIT_S)
        platform.supervisor.start_program("notifier")


def states(platform: Platform) -> list[str]:
    deliveries = platform.get("/api/v1/notification/deliveries", ADMIN).json()["results"]
    return [each["state"] for each in deliveries]


def test_a_mail_is_sent_and_its_link_opens_the_alarm_and_acknowledges_nothing(
    open_page: OpenPage, platform: Platform, admin: str
) -> None:
    make(
        platform, "rules", name="Too warm", applies={"sensors": ["TT-1"]}, enabled=True,
        trigger={"kind": "limit", "side": "high", "limit": 80},
    )  # fmt: skip
    channel = make(platform, "notification/channels", name="Duty", settings={"kind": "email", "addresses": [ADDRESS]})[
        "id"
    ]
    make(platform, "notification/routes", name="Everything", steps=[{"channels": [channel]}])
    page = open_page(admin)
    with smtp_server() as mailbox, notifier(platform, mailbox):
        written = platform.call("POST", "/write", admin, data="works,sensor=TT-1 value=91.5")
        assert written.status_code == 204, written.text
        wait_until(lambda: states(platform) == ["sent"], told=lambda: states(platform))
        [mail] = mailbox.mails
    assert mail["To"] == ADDRESS and "Too warm" in mail["Subject"]
    text = mail.get_body(("plain",))
    assert text is not None
    [link] = set(re.findall(rf"{platform.url}/t/{SLUG}/alarms\?\S+", text.get_content()))

    page.goto(f"/t/{SLUG}/alarms/notifications?view=deliveries")
    row = page.get_by_role("table", name="Deliveries").get_by_role("row").filter(has_text=ADDRESS)
    expect(row).to_contain_text("Sent", timeout=WITHIN_MS)
    expect(row).to_contain_text("Too warm")

    page.goto(link)
    expect(page.get_by_role("complementary", name="Details")).to_contain_text("Too warm", timeout=WITHIN_MS)
    [alarm] = platform.get("/api/v1/alarms", admin).json()["alarms"]
    assert alarm["key"] in unquote(link) and alarm["condition"] == "unacknowledged"
