"""Who is told of the demo's alarms, and where the mails go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from alarms.notification import repository
from demo import mail
from demo.mail_catcher import MAX_MAILS, Folder
from demo.notification import OTHERS, URGENT, ensure_routes
from kernel.tenancy import TenantConnection
from runtime.home import Home
from runtime.supervisor import Supervisor

NOW = 1_795_000_000_000
MOMENT = datetime(2026, 11, 18, 11, 6, 40, 5, UTC)


@pytest.fixture(autouse=True)
def without_routes(acme: TenantConnection) -> Iterator[None]:
    """Afterwards: other tests share the tenant."""
    yield
    for route in repository.routes(acme):
        repository.delete_route(acme, route.id, route.revision)
    for channel in repository.channels(acme):
        repository.delete_channel(acme, channel.id, channel.revision)


def test_urgent_alarms_are_told_at_once_and_the_others_in_one_mail(acme: TenantConnection) -> None:
    assert ensure_routes(acme, NOW)
    urgent, others = repository.routes(acme)
    assert (urgent.name, urgent.match.priorities, urgent.digest) == (URGENT, [1, 2], None)
    assert (others.name, others.match.priorities, others.digest is None) == (OTHERS, [3, 4], False)
    assert [step.after_s for step in urgent.steps] == [0, 600]
    addresses = [address for each in repository.channels(acme) for address in each.addresses]
    assert len(addresses) == 2 and all(address.endswith(".example") for address in addresses)


def test_routes_of_people_stay(acme: TenantConnection) -> None:
    ensure_routes(acme, NOW)
    urgent, others = repository.routes(acme)
    repository.delete_route(acme, others.id, others.revision)
    assert not ensure_routes(acme, NOW)
    assert [each.id for each in repository.routes(acme)] == [urgent.id]


def test_a_mail_is_a_file_named_after_time_and_subject(tmp_path: Path) -> None:
    mailed = EmailMessage()
    mailed["Subject"] = "[Plantrace] Pump tripped: ../../CHP-1 für Süd"
    mailed.set_content("5 °C", cte="8bit")
    Folder(tmp_path).keep(mailed.as_bytes(), MOMENT)
    [kept] = tmp_path.iterdir()
    assert kept.name == "20261118-110640-000005-plantrace-pump-tripped-chp-1-f-r-s-d.eml"
    assert "5 °C" in kept.read_text() and kept.stat().st_mode & 0o077 == 0


def test_the_oldest_mails_go(tmp_path: Path) -> None:
    for number in range(MAX_MAILS):
        (tmp_path / f"20261117-000000-{number:06}-old.eml").touch()
    Folder(tmp_path).keep(b"no mail at all", MOMENT)
    kept = Folder(tmp_path).mails()
    assert len(kept) == MAX_MAILS and kept[0].name.startswith("20261117-000000-000001")
    assert kept[-1].name.endswith("no-subject.eml")


def test_a_mail_server_of_the_operators_is_used_instead(tmp_path: Path, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    assert not mail.ensure(Home(tmp_path)) and not Supervisor(Home(tmp_path)).is_up()
