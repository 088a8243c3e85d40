"""A mail server of the demo's own, so that what it sends can be read, and reaches nobody."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from demo.mail_catcher import HOST
from runtime import programs
from runtime.home import Home
from runtime.supervisor import Supervisor

PROGRAM = "mail"


def folder(home: Home) -> Path:
    return home.folder("mails")


def ensure(home: Home) -> bool:
    """Our server runs before the platform, which is to send its mails there. False: EMAIL_URL names another one, or the
    platform was started without ours.
    """
    supervisor = Supervisor(home)
    if supervisor.is_up():
        if not is_caught(home):
            return False
    elif settings.EMAIL_URL:
        return False
    else:
        web = f"http://{HOST}:{home.ensure_web_port()}"
        ours = {"EMAIL_URL": f"smtp://{HOST}:{home.ensure_free_port(PROGRAM)}"}
        supervisor.ensure_up({**ours, "PUBLIC_URL": settings.PUBLIC_URL or web})
    arguments = (str(home.port(PROGRAM)), str(folder(home)))
    supervisor.ensure_program(programs.module(PROGRAM, "demo.mail_catcher", *arguments, priority=90))
    return True


def is_caught(home: Home) -> bool:
    """Whether our server runs. Raises SupervisorDown."""
    status = Supervisor(home).status(PROGRAM)
    return status is not None and status.up
