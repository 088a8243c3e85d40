"""The repository of tenants, watched by Flux as set up by `k8s/flux/`, and what people do there."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from tests.cluster.charts import CHARTS
from tests.cluster.kube import Kube, Object
from tests.gitops.git_server import PASSWORD, USER, GitServer, git, push_as_somebody
from tests.isolation import ROOT

NAMESPACE = "plantrace-tenants"
FLUX = ROOT / "k8s" / "flux"
REPOSITORY = "fleet.git"


@dataclass(frozen=True)
class Fleet:
    bare: Path
    work: Path  # somebody's checkout
    url: str

    def values(self) -> Object:
        """The control plane's settings for it."""
        return {
            "remote": self.url,
            "username": USER,
            "token": True,
            "provider": "branch",
            "source": "GitRepository/tenants",
            "chart": "./charts/tenantstack",
            "pollSeconds": 5,
        }

    def branches(self) -> set[str]:
        """Of changes that wait to be merged."""
        listed = git("-C", str(self.bare), "for-each-ref", "--format=%(refname:short)", "refs/heads/plantrace")
        return set(listed.split())

    def merge(self, branch: str) -> None:
        """Merge, as a reviewer does."""
        here = ("-C", str(self.work))
        git(*here, "fetch", "-q", "origin")
        git(*here, "reset", "-q", "--hard", "origin/main")
        git(*here, "merge", "-q", "--no-ff", "-m", f"Merge {branch}", f"origin/{branch}")
        git(*here, "push", "-q", "origin", "HEAD:main")

    def head(self) -> str:
        """The newest commit of the branch that Flux follows."""
        return git("-C", str(self.bare), "rev-parse", "main").strip()

    def delete(self, slug: str) -> None:
        push_as_somebody(self.bare, self.work, f"tenants/{slug}.yaml", None)

    def history(self) -> str:
        """All that was ever committed."""
        return git("-C", str(self.bare), "log", "-p", "--all")


@contextmanager
def serve_fleet(folder: Path, kube: Kube) -> Iterator[Fleet]:
    """On the cluster's node, with the tenants' chart in it."""
    server = GitServer(folder / "git", kube.cluster.addresses.node)
    try:
        fleet = Fleet(server.make(REPOSITORY), folder / "work", server.url(REPOSITORY))
        push_as_somebody(fleet.bare, fleet.work, "tenants/README.md", "Our tenants\n")
        shutil.copytree(CHARTS / "tenantstack", fleet.work / "charts" / "tenantstack")
        git("-C", str(fleet.work), "add", "charts")
        git("-C", str(fleet.work), "commit", "-q", "-m", "The chart")
        git("-C", str(fleet.work), "push", "-q", "origin", "HEAD:main")
        _set_up_flux(kube, fleet)
        yield fleet
    finally:
        server.stop()


def _set_up_flux(kube: Kube, fleet: Fleet) -> None:
    for name in ("namespace", "access"):
        kube("apply", "--server-side", f"--filename={FLUX / name}.yaml")
    encoded = {name: base64.b64encode(text.encode()).decode() for name, text in _login().items()}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tenants-git"}, "data": encoded}
    [source] = [each for each in YAML(typ="safe").load_all(FLUX / "sources.yaml") if each["kind"] == "GitRepository"]
    source["spec"]["url"] = fleet.url
    kube.apply(secret, source, namespace=NAMESPACE)
    kube("apply", "--server-side", f"--filename={FLUX / 'tenants.yaml'}")


def _login() -> dict[str, str]:
    return {"username": USER, "password": PASSWORD}
