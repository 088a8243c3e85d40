"""The files, folders, links and names in the documentation exist."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.isolation import ROOT

DOCUMENTS = ("docs/architecture.md", "docs/hardening.md", "CONTRIBUTING.md", "README.md")
FOLDERS = ("platform", "tenants", "charts", "k8s", "demo", "frontend", "tests", "docs", "scripts")
QUOTED_PATH = re.compile(r"`((?:" + "|".join(FOLDERS) + r")/[^`\s*<]*)`")
LINK = re.compile(r"\]\((?!https?:|#|/)([^)#\s]+)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`([^`\n]+)`")
WORD = re.compile(r"[A-Za-z_]\w{3,}")
COMMAND = re.compile(r"manage\.py ([a-z]\w*)(?: ([a-z][a-z-]*)\b(?![./]))?")
TARGET = re.compile(r"`make ([a-z-]+)")
OF_DJANGO = {"shell", "test", "axes_reset_username"}
OF_OTHER_PRODUCTS = {"aclfile", "userAdminAnyDatabase"}  # of Redis and MongoDB

ALL_DOCUMENTS = sorted(
    str(path.relative_to(ROOT)) for pattern in ("*.md", "docs/**/*.md", "k8s/**/*.md") for path in ROOT.glob(pattern)
)
DECISIONS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "adr").glob("*.md"))


def paths_in(document: str) -> list[str]:
    """Paths relative to the repository's root: in backquotes, or of links, which are relative to the document."""
    path = ROOT / document
    text = path.read_text()
    targets = [ROOT / quoted for quoted in QUOTED_PATH.findall(text)]
    targets += [path.parent / link for link in LINK.findall(text)]
    return [str(target.resolve().relative_to(ROOT)) for target in targets]


@cache
def words_of_the_sources() -> frozenset[str]:
    listing = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True)
    sources = [Path(line) for line in listing.splitlines() if not line.startswith("docs/") and not line.endswith(".md")]
    found: set[str] = set()
    for source in sources:
        if (ROOT / source).is_file() and source.suffix not in (".png", ".tgz", ".gz", ".woff2"):
            found.update(WORD.findall((ROOT / source).read_text(errors="ignore")))
            found.update(WORD.findall(str(source)))
    return frozenset(found)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_developer_documents_name_several_files(document: str) -> None:
    assert len(paths_in(document)) > 5, "nothing was looked at"


@pytest.mark.parametrize("document", ALL_DOCUMENTS)
def test_files_and_links_of_a_document_exist(document: str) -> None:
    assert [path for path in paths_in(document) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("decision", DECISIONS)
def test_names_in_a_decision_exist_in_the_sources(decision: str) -> None:
    text = CODE_BLOCK.sub("", (ROOT / decision).read_text())
    words = {word for code in INLINE_CODE.findall(text) for word in WORD.findall(code)} - OF_OTHER_PRODUCTS
    assert sorted(words - words_of_the_sources()) == []


def test_commands_in_the_documents_exist() -> None:
    text = "\n".join((ROOT / document).read_text() for document in ALL_DOCUMENTS)
    folders = ("tenants", "demo", "platform/*")
    paths = [path for folder in folders for path in ROOT.glob(f"{folder}/management/commands/*.py")]
    commands = {path.stem: path.read_text() for path in paths}
    quoted = set(COMMAND.findall(text))
    assert ("tenants", "backup") in quoted
    with_subcommands = {name for name, code in commands.items() if "add_subparsers" in code}
    unknown = {name for name, _ in quoted} - commands.keys() - OF_DJANGO
    unknown |= {
        f"{name} {action}"
        for name, action in quoted
        if name in with_subcommands and f'"{action}"' not in commands[name]
    }
    assert sorted(unknown) == []


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    quoted = {target for document in ALL_DOCUMENTS for target in TARGET.findall((ROOT / document).read_text())}
    assert "demo" in quoted
    assert sorted(quoted - targets) == []


def test_decisions_are_titled_by_their_number() -> None:
    titles = {Path(decision).name[:4]: (ROOT / decision).read_text().splitlines()[0] for decision in DECISIONS}
    assert {number: title for number, title in titles.items() if not title.startswith(f"# {number}: ")} == {}


def test_the_readme_fits_on_one_screen() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 45
