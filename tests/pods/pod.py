"""A tenant's own process as in its pod, with the environment that the chart gives it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.installation import Platform
from tests.isolation import ROOT
from tests.waiting import wait_until

PLATFORM_KEYS = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "FERNET_KEYS", "DATABASE_URL"}


@dataclass(frozen=True)
class Pod:
    platform: Platform
    slug: str
    home: Path
    credentials: dict[str, Any]

    @classmethod
    def of(cls, platform: Platform, slug: str, home: Path) -> Pod:
        out = platform.shell(
            f"""
import json
from tenants.models import Tenant
from tenants.pod_credentials import issue
tenant = Tenant.objects.get(slug={slug!r})
known, pod = tenant.secrets, issue(tenant.id)
redis = [pod.redis.username, pod.redis.password]
users = {{name: [user.username, user.password] for name, user in (("READER", known.reader), ("WRITER", known.writer))}}
print("pod=" + json.dumps({{"token": pod.token, "id": tenant.id, "redis": redis, **users}}))
"""
        )
        return cls(platform, slug, home, json.loads(out.split("pod=")[-1]))

    @property
    def environment(self) -> dict[str, str]:
        users = {
            f"INFLUXDB_{name}_{what}": self.credentials[name][place]
            for name in ("READER", "WRITER")
            for place, what in enumerate(("USER", "PASSWORD"))
        }
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
            "PLANTRACE_HOME": str(self.home),
            "CONTROL_URL": self.platform.url,
            "CONTROL_TOKEN": self.credentials["token"],
            "REDIS_URL": self.redis_url,
            "MONGODB_URI": self.platform.home.documents_uri,
            **users,
        }

    @property
    def redis_url(self) -> str:
        """As the tenant's own user."""
        parts = urlsplit(self.platform.home.redis_url)
        host = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{':'.join(self.credentials['redis'])}@{host}").geturl()

    def manage(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env={**self.environment, **variables}, capture_output=True, text=True)

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([sys.executable, *command], env=self.environment, cwd=ROOT)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    @contextmanager
    def writer(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.running(str(ROOT / "manage.py"), "ingest_writer", "--tenant", self.slug) as process:
            yield process

    @contextmanager
    def api(self) -> Iterator[PodApi]:
        """The web process of the image."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["--port", str(port), "--workers", "1", "--threads", "4"]
        with self.running("-m", "runtime.web_server", *options) as process:
            api = PodApi(f"http://127.0.0.1:{port}", process)
            wait_until(lambda: api.answers())
            yield api


@dataclass(frozen=True)
class PodApi:
    url: str
    process: subprocess.Popen[bytes]

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def call(self, method: str, path: str, token: str = "", **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(
            method, self.url + path, headers={**headers, **kwargs.pop("headers", {})}, timeout=15, **kwargs
        )


def environment_of(pid: int) -> dict[str, str]:
    """As the kernel knows it."""
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)
