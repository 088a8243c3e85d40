"""The demo's mail server: keeps what it is given as files, and sends nothing on.

`python -m demo.mail_catcher PORT FOLDER`, on the loopback interface only.
"""

from __future__ import annotations

import re
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.home import write_private

HOST = "127.0.0.1"
MAX_MAILS, MAX_BYTES, MAX_NAME = 500, 2 * 2**20, 80


@dataclass(frozen=True)
class Folder:
    """aiosmtpd's handler. The files' names are ordered by time; beyond MAX_MAILS the oldest ones go."""

    path: Path

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        try:
            self.keep(envelope.original_content or b"", datetime.now(UTC))
        except OSError as error:
            return f"452 The mail could not be stored: {error.strerror}"
        return "250 Kept"

    def keep(self, content: bytes, now: datetime) -> None:
        """As it came, readable in an editor and by every mail program."""
        subject = str(message_from_bytes(content, policy=policy.default)["Subject"] or "")
        slug = re.sub(r"[^a-z0-9]+", "-", subject.lower())[:MAX_NAME].strip("-")
        path = self.path / f"{now:%Y%m%d-%H%M%S-%f}-{slug or 'no-subject'}.eml"
        write_private(path, content.decode(errors="replace"))
        for old in self.mails()[:-MAX_MAILS]:
            old.unlink(missing_ok=True)

    def mails(self) -> list[Path]:
        """Oldest first."""
        return sorted(self.path.glob("*.eml"))


def main(port: int, path: Path) -> None:
    """Until SIGTERM or SIGINT."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    controller = Controller(Folder(path), hostname=HOST, port=port, data_size_limit=MAX_BYTES)
    controller.start()
    ended.wait()
    controller.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
