"""How a change gets into the base branch: pushed, or proposed for review as a branch, on GitHub or on GitLab."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

from tenants.drivers.base import DriverError, Waiting
from tenants.drivers.gitops.repository import Repository

TIMEOUT_S = 20
POLL_INTERVAL_S = 10.0


@dataclass(frozen=True, slots=True)
class FileChange:
    """One tenant's desired file (None: deleted), and the proposal's title and text."""

    path: str
    text: str | None
    branch: str
    title: str
    body: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)  # files that must exist too, with any content

    def edits(self, repository: Repository) -> dict[str, str | None]:
        missing = {path: text for path, text in self.beside.items() if repository.read(path) is None}
        return {self.path: self.text, **missing}


class Provider(Protocol):
    def ensure_proposed(self, repository: Repository, change: FileChange) -> None:
        """The change is in the base branch, or proposed; then raises Waiting until somebody merged it."""

    def withdraw(self, repository: Repository, branch: str) -> None:
        """No proposal is left open."""


class PlainPush:
    """Pushes to the base branch."""

    def ensure_proposed(self, repository: Repository, change: FileChange) -> None:
        repository.write(change.edits(repository), change.title)

    def withdraw(self, repository: Repository, branch: str) -> None:
        pass


class _Proposing:
    """Base of all proposals: a branch of our own, and one open request to merge it."""

    def ensure_proposed(self, repository: Repository, change: FileChange) -> None:
        if repository.read(change.path) == change.text:
            repository.delete_branch(change.branch)  # or the next change would find it already merged
            return
        if not self._is_proposed(repository, change):
            repository.write(change.edits(repository), change.title, change.branch)
        url = self.find(change.branch) or self.open(change, repository.remote.branch)
        raise Waiting(f"Waiting until somebody merges {url}", POLL_INTERVAL_S, at_most_s=None)

    def withdraw(self, repository: Repository, branch: str) -> None:
        repository.delete_branch(branch)  # both providers close a request whose branch is deleted

    def find(self, branch: str) -> str:
        """URL of the open request for a branch; empty if there is none."""
        raise NotImplementedError

    def open(self, change: FileChange, base: str) -> str:
        """Its URL."""
        raise NotImplementedError

    def _is_proposed(self, repository: Repository, change: FileChange) -> bool:
        """Whether our branch already holds the change, in a request that can still be merged."""
        found = repository.read(change.path, change.branch)
        return found == change.text and (found is not None or bool(self.find(change.branch)))


class Branch(_Proposing):
    """A branch that people merge with tools of their own; no provider's API is used."""

    def __init__(self, remote: str) -> None:
        self._remote = remote

    def find(self, branch: str) -> str:
        return f"the branch {branch} of {self._remote}"

    def open(self, change: FileChange, base: str) -> str:
        return self.find(change.branch)

    def _is_proposed(self, repository: Repository, change: FileChange) -> bool:
        return repository.head(change.branch) is not None and repository.read(change.path, change.branch) == change.text


class GitHub(_Proposing):
    """`project` is owner/name; `api` is https://api.github.com, or an own server's …/api/v3."""

    def __init__(self, api: str, project: str, token: str) -> None:
        self._api, self._project = api or "https://api.github.com", project
        self._headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        self._headers["Authorization"] = f"Bearer {token}"

    def find(self, branch: str) -> str:
        owner = self._project.partition("/")[0]
        query = {"head": f"{owner}:{branch}", "state": "open"}
        found = _request("GET", f"{self._api}/repos/{self._project}/pulls", self._headers, params=query)
        return str(found[0]["html_url"]) if found else ""

    def open(self, change: FileChange, base: str) -> str:
        body = {"title": change.title, "head": change.branch, "base": base, "body": change.body}
        created = _request("POST", f"{self._api}/repos/{self._project}/pulls", self._headers, json=body)
        return str(created["html_url"])


class GitLab(_Proposing):
    """`project` is group/name or a number; `api` is https://gitlab.com/api/v4, or an own server's."""

    def __init__(self, api: str, project: str, token: str) -> None:
        path = urllib.parse.quote(project, safe="")
        self._url = f"{api or 'https://gitlab.com/api/v4'}/projects/{path}/merge_requests"
        self._headers = {"PRIVATE-TOKEN": token}

    def find(self, branch: str) -> str:
        found = _request("GET", self._url, self._headers, params={"source_branch": branch, "state": "opened"})
        return str(found[0]["web_url"]) if found else ""

    def open(self, change: FileChange, base: str) -> str:
        body = {
            "source_branch": change.branch, "target_branch": base, "title": change.title, "description": change.body,
            "remove_source_branch": True,
        }  # fmt: skip
        return str(_request("POST", self._url, self._headers, json=body)["web_url"])


def provider_named(name: str, api: str, project: str, token: str, remote: str = "") -> Provider:
    """`push`, `branch`, `github` or `gitlab`; the settings have checked it."""
    match name:
        case "branch":
            return Branch(remote)
        case "github":
            return GitHub(api.rstrip("/"), project, token)
        case "gitlab":
            return GitLab(api.rstrip("/"), project, token)
        case _:
            return PlainPush()


def _request(method: str, url: str, headers: dict[str, str], **more: Any) -> Any:
    try:
        response = requests.request(method, url, headers=headers, timeout=TIMEOUT_S, **more)
    except requests.RequestException as error:
        raise DriverError(f"{url} does not answer: {error}") from error
    if not response.ok:
        raise DriverError(f"{url} refused ({response.status_code}): {' '.join(response.text.split())[:300]}")
    try:
        return response.json()
    except ValueError as error:
        raise DriverError(f"{url} did not answer JSON: {response.text[:200]}") from error
