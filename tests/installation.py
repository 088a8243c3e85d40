"""A running installation for tests: its address, its commands, users to sign in as."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from runtime.home import Home
from runtime.supervisor import Supervisor
from tests.console import Console
from tests.isolation import ROOT
from tests.waiting import WAIT_S, wait_until

PASSWORD = "correct horse battery staple"


@dataclass
class Platform:
    path: Path
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)  # beside that of the tests
    _console: Console | None = field(default=None, init=False, repr=False)

    @property
    def home(self) -> Home:
        return Home(self.path)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.home.port('web')}"

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.home)

    def start(self) -> None:
        self.manage("up")

    def stop(self) -> None:
        try:
            if self._console is not None:
                self._console.close()
        finally:
            self._console = None
            self.supervisor.stop()

    def ensure_sensor(self, person: str, site: str = "works", tag: str = "TT-1") -> None:
        """A site in UTC with one sensor, in the person's tenant."""
        for kind, item in (
            ("sites", {"slug": site, "name": site.capitalize(), "timezone": "UTC"}),
            ("sensors", {"site": site, "tag": tag, "name": tag}),
        ):
            response = self.call("POST", f"/api/v1/{kind}/bulk", person, json={"items": [item]})
            assert response.status_code == 200, response.text

    def manage(self, *arguments: str, input: str | None = None, check: bool = True) -> str:
        """Run a command of the installation; its output."""
        result = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self._environment(), input=input, capture_output=True, text=True,
        )  # fmt: skip
        if check and result.returncode:
            raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{result.stdout}\n{result.stderr}")
        return result.stdout

    def command(self, *arguments: str) -> str:
        """Like `manage`, for what a test needs done rather than tested: in the process that stays."""
        return self.shell(f"from django.core.management import call_command; call_command(*{arguments!r})")

    def shell(self, code: str) -> str:
        """Run Python in the installation's Django; what it prints."""
        self._console = self._console or Console(self._environment())
        return self._console.run(code)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "PLANTRACE_HOME": str(self.path)}

    def ensure_person(self, username: str, tenant: str | None = None, role: str = "engineer") -> dict[str, Any]:
        """A user (an operator if no tenant is named) with password and a token."""
        if username not in self.people:
            out = self.shell(
                f"""
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from access import operations as access
from access.models import User
from tenants.models import Tenant
PBKDF2PasswordHasher.iterations = 1  # most never sign in by password; whoever does has it hashed as usual then
slug, role = {tenant!r}, {role!r}
tenant = Tenant.objects.get(slug=slug) if slug else None
user = User.objects.filter(username={username!r}).first() or access.create_user(
    {username!r}, {PASSWORD!r}, operator=tenant is None)
if tenant:
    access.ensure_membership(user, tenant, role)
scopes = ["operate"] if tenant is None else ["read"] if role == "viewer" else ["read", "write", "ingest"]
print("token=" + access.create_token(user, tenant, scopes, "test"))
"""
            )
            token = out.split("token=")[-1].strip()
            self.people[username] = {"username": username, "password": PASSWORD, "token": token}
        return self.people[username]

    def ensure_tenant(self, slug: str, seconds: float = WAIT_S) -> None:
        """A ready tenant, made through the API as an operator would."""
        operator = self.ensure_person("operator")
        headers = {"Authorization": f"Bearer {operator['token']}"}
        response = requests.post(
            f"{self.url}/api/v1/tenants", json={"slug": slug, "name": slug}, headers=headers, timeout=30
        )
        assert response.status_code in (202, 409), response.text

        def state() -> str:
            return str(self.get(f"/api/v1/tenants/{slug}", "operator").json()["state"])

        wait_until(lambda: state() == "ready", seconds, told=state)

    def get(self, path: str, person: str, **params: Any) -> requests.Response:
        return self.call("GET", path, person, params=params)

    def call(self, method: str, path: str, person: str, **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.people[person]['token']}", **kwargs.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=30, **kwargs)
