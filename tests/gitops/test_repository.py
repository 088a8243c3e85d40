"""The repository of the tenants' files, against git's own server."""

from __future__ import annotations

import multiprocessing
import subprocess
from pathlib import Path

import pytest

from tenants.drivers.base import DriverError
from tenants.drivers.gitops import repository
from tenants.drivers.gitops.repository import Remote, Repository
from tests.gitops.git_server import PASSWORD, USER, GitServer, git, push_as_somebody


@pytest.fixture(params=["http", "file"])
def bare(request: pytest.FixtureRequest, git_server: GitServer) -> tuple[Path, str]:
    """A bare repository, and how it is reached."""
    path = git_server.make("fleet.git")
    return path, git_server.url("fleet.git") if request.param == "http" else f"file://{path}"


def ours(url: str, folder: Path, branch: str = "main") -> Repository:
    return Repository(Remote(url, branch, USER, PASSWORD), folder)


def log(bare: Path, branch: str = "main") -> list[str]:
    return git("-C", str(bare), "log", "--format=%s", branch).splitlines()


def test_files_are_written_read_changed_and_removed(bare: tuple[Path, str], tmp_path: Path) -> None:
    path, url = bare
    repo = ours(url, tmp_path / "copies")
    assert repo.read("tenants/acme.yaml") is None
    repo.write({"tenants/acme.yaml": "a: 1\n", "README": "hello\n"}, "First")
    assert repo.read("tenants/acme.yaml") == "a: 1\n"
    repo.write({"tenants/rival.yaml": "b: 1\n"}, "Second")
    repo.write({"tenants/rival.yaml": "b: 1\n"}, "Nothing new")
    assert repo.files("tenants") == {"tenants/acme.yaml", "tenants/rival.yaml"}
    repo.write({"tenants/acme.yaml": None, "tenants/rival.yaml": None}, "Both gone")
    assert repo.files("tenants") == set()
    assert git("-C", str(path), "ls-tree", "--name-only", "main").split() == ["README"]
    assert log(path) == ["Both gone", "Second", "First"]
    git("-C", str(path), "fsck", "--strict")


def test_commits_pushed_by_others_are_kept(bare: tuple[Path, str], tmp_path: Path) -> None:
    path, url = bare
    repo = ours(url, tmp_path / "copies")
    push_as_somebody(path, tmp_path / "work", "docs/notes.md", "theirs\n")
    repo.write({"tenants/acme.yaml": "a: 1\n"}, "Ours")
    push_as_somebody(path, tmp_path / "work", "docs/more.md", "theirs\n")
    repo.write({"tenants/acme.yaml": "a: 2\n"}, "Ours again")
    listed = git("-C", str(path), "ls-tree", "-r", "--name-only", "main").split()
    assert listed == ["docs/more.md", "docs/notes.md", "tenants/acme.yaml"]


def test_a_push_in_between_is_not_overwritten(
    bare: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody pushes between our fetch and our push: our change is repeated on top of theirs."""
    path, url = bare
    repo = ours(url, tmp_path / "copies")
    push_as_somebody(path, tmp_path / "work", "first", "1\n")
    real, races = Repository._push, []

    def slow(self: Repository, *arguments: object) -> None:
        if len(races) < 2:
            races.append(1)
            push_as_somebody(path, tmp_path / "work", f"theirs-{len(races)}", "x\n")
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Repository, "_push", slow)
    repo.write({"tenants/acme.yaml": "a: 1\n"}, "Ours")
    assert log(path) == ["Ours", "Somebody's theirs-2", "Somebody's theirs-1", "Somebody's first"]


def test_many_writers_lose_nothing(bare: tuple[Path, str], tmp_path: Path) -> None:
    """Processes with their own folders, as on different machines: only git coordinates them."""
    path, url = bare
    ours(url, tmp_path / "copies").write({"README": "x\n"}, "First")
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(url, tmp_path / f"copies{n}", n)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    found = ours(url, tmp_path / "copies").files("tenants")
    assert found == {f"tenants/t{n}-{count}.yaml" for n in range(4) for count in range(4)}
    assert len(log(path)) == 17


def write_many(url: str, folder: Path, number: int) -> None:
    repository.MAX_RACES = 200
    for count in range(4):
        ours(url, folder).write({f"tenants/t{number}-{count}.yaml": f"{number}\n"}, f"{number} {count}")


def test_our_branch_is_reset_each_time(bare: tuple[Path, str], tmp_path: Path) -> None:
    path, url = bare
    repo = ours(url, tmp_path / "copies")
    repo.write({"README": "x\n"}, "First")
    repo.write({"tenants/acme.yaml": "a: 1\n"}, "One", "plantrace/acme")
    repo.write({"tenants/acme.yaml": "a: 2\n"}, "Two", "plantrace/acme")
    assert repo.read("tenants/acme.yaml") is None
    assert repo.read("tenants/acme.yaml", "plantrace/acme") == "a: 2\n"
    assert log(path, "plantrace/acme") == ["Two", "First"]
    repo.delete_branch("plantrace/acme")
    repo.delete_branch("plantrace/acme")
    assert git("-C", str(path), "branch", "--list").split() == ["*", "main"]


def test_a_lost_copy_is_fetched_again(bare: tuple[Path, str], tmp_path: Path) -> None:
    _, url = bare
    ours(url, tmp_path / "one").write({"a": "1\n"}, "First")
    assert ours(url, tmp_path / "two").read("a") == "1\n"


def test_errors_are_reported_as_a_sentence(git_server: GitServer, tmp_path: Path) -> None:
    git_server.make("fleet.git")
    stranger = Repository(Remote(git_server.url("fleet.git"), "main", USER, "wrong"), tmp_path / "copies")
    with pytest.raises(DriverError, match="refuses our credentials"):
        stranger.read("a")
    with pytest.raises(DriverError, match="cannot be reached"):
        ours(git_server.url("nothing.git"), tmp_path / "copies").read("a")
    with pytest.raises(DriverError, match="cannot be reached"):
        ours("http://127.0.0.1:1/x.git", tmp_path / "copies").read("a")


def test_a_remote_that_refuses_a_push_is_quoted(git_server: GitServer, tmp_path: Path) -> None:
    path = git_server.make("fleet.git")
    hook = path / "hooks" / "update"
    hook.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(DriverError, match="hook"):
        ours(git_server.url("fleet.git"), tmp_path / "copies").write({"a": "1\n"}, "x", "plantrace/acme")
    assert subprocess.run(["git", "-C", str(path), "branch"], capture_output=True, text=True).stdout == ""
