from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from tests.receivers import Mailbox, Receiver, http_receiver, smtp_server

HERE = (ip_network("127.0.0.1/32"),)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """An HTTP server on this machine, which the operator allows."""
    settings.OUTBOUND_NETWORKS, settings.PUBLIC_URL = HERE, "https://plant.example"
    with http_receiver() as running:
        yield running


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """The installation's mail server."""
    settings.PUBLIC_URL = "https://plant.example"
    settings.DEFAULT_FROM_EMAIL = "Plantrace <alarms@plant.example>"
    with smtp_server() as running:
        settings.EMAIL_URL = f"smtp://{running.host}:{running.port}"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.host, running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield running
