"""The repository of the tenants' files, through dulwich and a local bare copy; one writer at a time.

Remotes: `https://`, `ssh://` (or `git@host:path`), `file://` (or a path). The remote refuses a push if somebody
else pushed meanwhile; then the change is repeated on top of theirs.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3
from dulwich.client import GitClient, HTTPUnauthorized, get_transport_and_path
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository, SendPackError
from dulwich.file import FileLocked
from dulwich.objects import ZERO_SHA, Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from runtime.home import locked
from tenants.drivers.base import DriverError, Waiting

MAX_RACES = 3
RACE_AGAIN_S = 1.0
_ERRORS = (GitProtocolError, HangupException, NotGitRepository, SendPackError, urllib3.exceptions.HTTPError, OSError)


class Raced(Exception):
    """Somebody else pushed to the branch in the meantime."""


@dataclass(frozen=True, slots=True)
class Remote:
    url: str
    branch: str = "main"
    username: str = ""
    password: str = field(default="", repr=False)
    ssh_key: str = ""
    author: str = "Plantrace <plantrace@localhost>"


class Repository:
    """`folder`: of the bare copies; a lost one is fetched again."""

    def __init__(self, remote: Remote, folder: Path) -> None:
        self.remote = remote
        self._path = folder / hashlib.sha256(remote.url.encode()).hexdigest()[:16]

    def read(self, path: str, branch: str = "") -> str | None:
        """A file's content at the remote, on a branch that may not exist."""
        with self._open() as repo:
            head = self._fetch(repo, branch or self.remote.branch)
            found = _find(repo, head, path)
            return found.data.decode() if found is not None else None

    def head(self, branch: str = "") -> str | None:
        """The newest commit of a branch, as it is at the remote."""
        with self._open() as repo:
            found = self._fetch(repo, branch or self.remote.branch)
            return found.decode() if found is not None else None

    def files(self, folder: str) -> set[str]:
        """Paths of all files below a folder of the base branch."""
        with self._open() as repo:
            head = self._fetch(repo, self.remote.branch)
            return set(_walk(repo, _tree(repo, head), "", folder))

    def write(self, edits: Mapping[str, str | None], message: str, branch: str = "") -> None:
        """Set files (None: deleted) in one commit on top of the base branch; no commit if nothing changes.

        `branch`: a branch of our own instead, which is reset to that commit. Raises DriverError.
        """
        for _ in range(MAX_RACES):
            with self._open() as repo:
                base = self._fetch(repo, self.remote.branch)
                commit = self._commit(repo, base, edits, message)
                if commit is None:
                    return
                try:
                    self._push(repo, commit, branch or self.remote.branch, base if not branch else None)
                    return
                except Raced:
                    pass
        raise Waiting(f"Others are pushing to {self.remote.branch} of {self.remote.url}.", again_s=RACE_AGAIN_S)

    def delete_branch(self, branch: str) -> None:
        """Fine if it does not exist."""
        with self._open() as repo:
            if self._fetch(repo, branch) is not None:
                self._push(repo, ObjectID(ZERO_SHA), branch, None)

    @contextmanager
    def _open(self) -> Iterator[Repo]:
        """One at a time in this installation's folder."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self._path.with_suffix(".lock")), _translated(self.remote.url):
            exists = (self._path / "HEAD").exists()
            repo = Repo(str(self._path)) if exists else Repo.init_bare(str(self._path), mkdir=not self._path.exists())
            try:
                yield repo
            finally:
                repo.close()

    def _fetch(self, repo: Repo, branch: str) -> ObjectID | None:
        """The branch's newest commit, with all that it needs; None if there is no such branch."""
        client, path = self._client()
        wanted, head = _ref(branch), None

        def wants(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
            nonlocal head  # as of the request: the fetch's answer may be newer than what it downloaded
            head = refs.get(wanted)
            return [head] if head is not None and head not in repo.object_store else []

        client.fetch(path, repo, determine_wants=wants)
        if head is not None:
            repo.refs[wanted] = head  # so that the next fetch is incremental
        return head

    def _commit(
        self, repo: Repo, base: ObjectID | None, edits: Mapping[str, str | None], message: str
    ) -> ObjectID | None:
        before = _tree(repo, base)
        tree = before
        for path, text in edits.items():
            tree = _edited(repo, tree, path.split("/"), text)
        if tree.id == before.id:
            return None
        commit = Commit()
        commit.tree = tree.id
        commit.parents = [base] if base else []
        commit.author = commit.committer = self.remote.author.encode()
        commit.author_time = commit.commit_time = int(time.time())
        commit.author_timezone = commit.commit_timezone = 0
        commit.encoding = b"UTF-8"
        commit.message = f"{message}\n".encode()
        repo.object_store.add_object(commit)
        return commit.id

    def _push(self, repo: Repo, commit: ObjectID, branch: str, base: ObjectID | None) -> None:
        """`base`: the commit the branch must be at; None: any. Raises Raced."""
        client, path = self._client()
        ours = branch != self.remote.branch

        def update(refs: dict[Ref, ObjectID]) -> dict[Ref, ObjectID]:
            if not ours and refs.get(_ref(branch)) != base:
                raise Raced
            return {_ref(branch): commit}

        def pack(have: Set[ObjectID], want: Set[ObjectID], *, ofs_delta: bool = False, progress: Any = None) -> Any:
            return repo.generate_pack_data(set(have), set(want), ofs_delta=ofs_delta)

        try:
            result = client.send_pack(path.encode(), update, pack)
        except FileLocked:  # a remote in a folder, to which somebody else is pushing right now
            raise Raced from None
        status = (result.ref_status or {}).get(_ref(branch))
        if status and not ours:
            raise Raced
        if status:
            raise DriverError(f"{self.remote.url} refused the branch {branch}: {status}")

    def _client(self) -> tuple[GitClient, str]:
        remote = self.remote
        return get_transport_and_path(
            remote.url,
            username=remote.username or None,
            password=remote.password or None,
            key_filename=remote.ssh_key or None,
        )


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except HTTPUnauthorized as error:
        raise DriverError(f"{url} refuses our credentials (GITOPS_USERNAME, GITOPS_TOKEN).") from error
    except _ERRORS as error:
        raise DriverError(
            f"The repository {url} cannot be reached: {str(error)[:300] or type(error).__name__}"
        ) from error


def _ref(branch: str) -> Ref:
    return Ref(f"refs/heads/{branch}".encode())


def _tree(repo: Repo, commit: ObjectID | None) -> Tree:
    if commit is None:
        return Tree()
    found = repo.object_store[commit]
    assert isinstance(found, Commit)
    tree = repo.object_store[found.tree]
    assert isinstance(tree, Tree)
    return tree


def _find(repo: Repo, commit: ObjectID | None, path: str) -> Blob | None:
    try:
        _, sha = _tree(repo, commit).lookup_path(repo.object_store.__getitem__, path.encode())
    except (KeyError, NotADirectoryError):
        return None
    found = repo.object_store[sha]
    return found if isinstance(found, Blob) else None


def _walk(repo: Repo, tree: Tree, here: str, folder: str) -> Iterator[str]:
    """Walk the path to the folder, and everything in it."""
    for entry in tree.iteritems():
        path = f"{here}{entry.path.decode(errors='replace')}"
        found = repo.object_store[entry.sha] if entry.mode & 0o170000 != 0o160000 else None
        if isinstance(found, Tree):
            if f"{path}/".startswith(f"{folder}/") or folder.startswith(f"{path}/"):
                yield from _walk(repo, found, f"{path}/", folder)
        elif path.startswith(f"{folder}/"):
            yield path


def _edited(repo: Repo, tree: Tree, parts: list[str], text: str | None) -> Tree:
    """The tree with one file changed; folders are created and removed with their content."""
    changed = tree.copy()
    assert isinstance(changed, Tree)
    name = parts[0].encode()
    if len(parts) == 1:
        if text is not None:
            blob = Blob.from_string(text.encode())
            repo.object_store.add_object(blob)
            changed.add(name, 0o100644, blob.id)
        elif name in changed:
            del changed[name]
    else:
        below = repo.object_store[changed[name][1]] if name in changed else Tree()
        assert isinstance(below, Tree)
        below = _edited(repo, below, parts[1:], text)
        if len(below):
            changed.add(name, 0o040000, below.id)
        elif name in changed:
            del changed[name]
    repo.object_store.add_object(changed)
    return changed
