"""Files and folders named in the developer documentation exist."""

from __future__ import annotations

import re

import pytest

from tests.isolation import ROOT

DOCUMENTS = ("docs/architecture.md", "docs/hardening.md", "CONTRIBUTING.md", "README.md")
FOLDERS = ("platform", "tenants", "charts", "k8s", "demo", "frontend", "tests", "docs", "scripts")
NAMED = re.compile(r"`((?:" + "|".join(FOLDERS) + r")/[^`\s]*)`|\]\((?!https?:)([^)#]+)")


def named_in(document: str) -> list[str]:
    """Paths relative to the repository's root: in backquotes, or of links, which are relative to the document."""
    path = ROOT / document
    found = []
    for quoted, link in NAMED.findall(path.read_text()):
        target = ROOT / quoted if quoted else path.parent / link
        found.append(str(target.resolve().relative_to(ROOT)))
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_names_is_there(document: str) -> None:
    names = named_in(document)
    assert len(names) > 5, "nothing was looked at"
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_readme_fits_on_one_screen() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 45
