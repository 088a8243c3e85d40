"""Mail, where a mail server is set up (EMAIL_URL). It leaves from the worker: no answer's time tells who exists."""

from __future__ import annotations

from django.conf import settings

from access import tasks


def is_set_up() -> bool:
    return bool(settings.EMAIL_URL)


def send_invitation(to: str, tenant: str, by: str, link: str) -> None:
    tasks.send_mail.delay(
        to, f"Invitation to {tenant} on Plantrace", f"{by} invites you to {tenant} on Plantrace.\n\n{link}\n\n"
        "The link works once, for a week.\n"
    )  # fmt: skip


def send_reset(to: str, username: str, link: str) -> None:
    tasks.send_mail.delay(to, "A new password for Plantrace", tasks.reset_text(username, link))


def send_resets(name: str, base: str) -> None:
    """To whoever has that username or address; nobody learns whether there is one."""
    tasks.send_resets.delay(name, base)
