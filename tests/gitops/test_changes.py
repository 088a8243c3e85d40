"""Proposing a change for review. The provider is a small server of ours with responses in the documented formats of
GitHub and GitLab; nothing was tried against the real services.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tenants.drivers.base import DriverError, Waiting
from tenants.drivers.gitops.changes import FileChange, Provider, provider_named
from tenants.drivers.gitops.repository import Remote, Repository
from tests.gitops.git_server import PASSWORD, USER, GitServer, git

CHANGE = FileChange("tenants/acme.yaml", "a: 1\n", "plantrace/acme", "Tenant acme", "Please")
GONE = FileChange("tenants/acme.yaml", None, "plantrace/acme", "Tenant acme: deleted")


class Service:
    """Keeps requests to merge, as both services do: one open for a branch."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                branch = query.get("source_branch") or query.get("head", "").partition(":")[2]
                self._answer(200, [each for each in service.requests if each["open"] and each["branch"] == branch])

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                number = len(service.requests) + 1
                created = {
                    "branch": body.get("head") or body["source_branch"], "open": True, "body": body,
                    "path": unquote(urlsplit(self.path).path),
                    "html_url": f"https://example.org/pull/{number}", "web_url": f"https://example.org/-/{number}",
                }  # fmt: skip
                service.requests.append(created)
                self._answer(201, created)

            def _answer(self, status: int, value: Any) -> None:
                service.headers.append(dict(self.headers))
                token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
                if not token.endswith("secret"):
                    status, value = 401, {"message": "Bad credentials"}
                content = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.stop()


@pytest.fixture
def repository(git_server: GitServer, tmp_path: Path) -> Repository:
    git_server.make("fleet.git")
    repository = Repository(Remote(git_server.url("fleet.git"), "main", USER, PASSWORD), tmp_path / "copies")
    repository.write({"README.md": "x\n"}, "First")
    return repository


def merge(tmp_path: Path, service: Service) -> None:
    """As the button does it."""
    bare = str(tmp_path / "git" / "fleet.git")
    git("-C", bare, "update-ref", "refs/heads/main", "refs/heads/plantrace/acme")
    git("-C", bare, "branch", "-D", "plantrace/acme")
    for each in service.requests:
        each["open"] = False


@pytest.mark.parametrize(
    ("name", "project", "path", "link"),
    [
        ("github", "plants/fleet", "/repos/plants/fleet/pulls", "https://example.org/pull/1"),
        ("gitlab", "plants/fleet", "/projects/plants/fleet/merge_requests", "https://example.org/-/1"),
    ],
)
def test_a_change_is_proposed_once_and_waits_until_it_is_merged(
    repository: Repository, service: Service, tmp_path: Path, name: str, project: str, path: str, link: str
) -> None:
    provider = provider_named(name, f"{service.url}/", project, "secret")
    for _ in range(3):
        with pytest.raises(Waiting, match=link) as waiting:
            provider.ensure_proposed(repository, CHANGE)
        assert waiting.value.at_most_s is None, "people may take their time"
    [request] = service.requests
    assert (request["path"], request["branch"]) == (path, "plantrace/acme")
    assert request["body"].get("base", request["body"].get("target_branch")) == "main"
    assert repository.read("tenants/acme.yaml", "plantrace/acme") == "a: 1\n"

    merge(tmp_path, service)
    provider.ensure_proposed(repository, CHANGE)  # it is in the base branch: nothing to wait for
    with pytest.raises(Waiting):
        provider.ensure_proposed(repository, GONE)
    with pytest.raises(Waiting):
        provider.ensure_proposed(repository, GONE)
    assert len(service.requests) == 2
    assert repository.read("tenants/acme.yaml", "plantrace/acme") is None
    merge(tmp_path, service)
    provider.ensure_proposed(repository, GONE)
    assert repository.files("tenants") == set()


def test_a_branch_waits_until_it_is_merged(repository: Repository, tmp_path: Path) -> None:
    provider = provider_named("branch", "", "", "", repository.remote.url)
    for change in (CHANGE, GONE, CHANGE):  # what was merged once is no answer to the same change later
        for _ in range(2):
            with pytest.raises(Waiting, match=r"merges the branch plantrace/acme of http://.*/fleet.git"):
                provider.ensure_proposed(repository, change)
        assert repository.read(change.path, change.branch) == change.text
        bare = str(tmp_path / "git" / "fleet.git")
        git("-C", bare, "update-ref", "refs/heads/main", f"refs/heads/{change.branch}")
        provider.ensure_proposed(repository, change)
        assert repository.read(change.path) == change.text
        assert repository.head(change.branch) is None


def test_a_wish_that_changed_meanwhile_changes_the_open_proposal(repository: Repository, service: Service) -> None:
    provider = provider_named("github", service.url, "plants/fleet", "secret")
    for text in ("a: 1\n", "a: 2\n"):
        with pytest.raises(Waiting):
            provider.ensure_proposed(repository, FileChange(CHANGE.path, text, CHANGE.branch, CHANGE.title))
    assert len(service.requests) == 1
    assert repository.read(CHANGE.path, CHANGE.branch) == "a: 2\n"
    provider.withdraw(repository, CHANGE.branch)
    assert repository.read(CHANGE.path, CHANGE.branch) is None


def test_a_plain_push_needs_no_review(repository: Repository) -> None:
    provider: Provider = provider_named("push", "", "", "")
    provider.ensure_proposed(repository, CHANGE)
    assert repository.read(CHANGE.path) == "a: 1\n"
    provider.ensure_proposed(repository, GONE)
    assert repository.read(CHANGE.path) is None


def test_a_refusal_is_quoted(repository: Repository, service: Service) -> None:
    provider = provider_named("github", service.url, "plants/fleet", "wrong")
    with pytest.raises(DriverError, match=r"refused \(401\).*Bad credentials"):
        provider.ensure_proposed(repository, CHANGE)
    with pytest.raises(DriverError, match="does not answer"):
        provider_named("gitlab", "http://127.0.0.1:1", "x/y", "secret").ensure_proposed(repository, CHANGE)
