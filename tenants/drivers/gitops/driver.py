from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from kernel.progress import Report
from stores.redis.locks import LockBusy, locked
from tenants.drivers.abilities import DetectsWithdrawal
from tenants.drivers.base import DriverError, Manifest, Server, Waiting
from tenants.drivers.gitops.changes import FileChange, Provider, provider_named
from tenants.drivers.gitops.files import WANTED, Layout, account_of, make_file, make_release, path_of
from tenants.drivers.gitops.repository import Remote, Repository
from tenants.drivers.gitops.validation import check_text, read_schema
from tenants.drivers.kubernetes import conditions
from tenants.drivers.kubernetes.api import Api
from tenants.drivers.kubernetes.cluster_driver import ClusterDriver
from tenants.drivers.kubernetes.clusters import Access

log = logging.getLogger(__name__)

LOCK, LOCK_S, LOCK_WAIT_S = "pt:lock:gitops", 120.0, 1.0
FLUX_WITHIN_S = 900.0
RECONCILE_REQUESTED = "reconcile.fluxcd.io/requestedAt"  # Flux reconciles when this changes, to any value
README = "One file for each tenant, `<slug>.yaml`, written by Plantrace's control plane and applied by Flux.\n"


class GitopsDriver(ClusterDriver, DetectsWithdrawal):
    """Changes a file in git; its result is read from the cluster. Secrets are never stored in git."""

    name = "gitops"

    def __init__(self) -> None:
        self._looked = 0.0

    def ensure_release(self, access: Access, server: Server, report: Report) -> None:
        layout, values = _layout(), self.values(server)
        text = make_file(server, values, layout)
        path = path_of(server.slug, layout, server.cluster)
        if problems := check_text(text, path, read_schema(Path(settings.TENANT_CHART))):
            raise DriverError(f"The tenant's file would be wrong: {problems[0]}")
        report("Writing the tenant's file to git")
        _propose(server, path, text, f"Tenant {server.slug}: {_release(server)}")
        wanted = make_release(server, values, layout)
        report("Waiting for Flux")
        _check_release(access.api, wanted["metadata"]["name"], layout, wanted["metadata"]["annotations"][WANTED])

    def remove_release(self, access: Access, server: Server, report: Report) -> None:
        layout = _layout()
        path = path_of(server.slug, layout, server.cluster)
        report("Removing the tenant's file from git")
        repository, provider = _repository(), _provider()
        if repository.read(path) is None:
            provider.withdraw(repository, _branch(server))  # it was never merged, or it is gone already
        else:
            _propose(server, path, None, f"Tenant {server.slug}: deleted")
        if found := access.api.get("HelmRelease", server.endpoints["namespace"], layout.namespace):
            _request_reconcile(access.api, layout)
            message = conditions.of_conditions(found)[1]
            raise Waiting(f"Flux is removing the release{f': {message}' if message else ''}.", at_most_s=FLUX_WITHIN_S)

    def manifests(self, server: Server) -> list[Manifest]:
        layout = _layout()
        text = make_file(server, self.values(server), layout)
        return [Manifest(path_of(server.slug, layout, server.cluster), text)]

    def stop_server(self, server: Server) -> None:
        """Flux's release is suspended first, or Flux would restart what we stop."""
        if server.endpoints:
            change = {"spec": {"suspend": True}}
            self._access(server).api.patch("HelmRelease", server.endpoints["namespace"], _layout().namespace, change)
        super().stop_server(server)

    def release_endpoints(self, server: Server) -> None:
        if server.endpoints:
            self._access(server).api.delete("ServiceAccount", account_of(server.tenant), _layout().namespace)
        super().release_endpoints(server)

    def withdrawn(self, servers: list[Server]) -> dict[str, str]:
        """Tenants whose file was deleted in git. Polled; none while the remote is down."""
        if not servers or time.monotonic() - self._looked < settings.GITOPS_POLL_S:
            return {}
        self._looked = time.monotonic()
        layout = _layout()
        try:
            there = _repository().files(layout.folder)
        except DriverError as error:
            log.warning("The tenants' files cannot be read: %s", error)
            return {}
        paths = {server.tenant: path_of(server.slug, layout, server.cluster) for server in servers}
        return {
            tenant: f"{path} was deleted in git. Its disk is untouched: resume the tenant to write the file again, "
            "or delete the tenant."
            for tenant, path in paths.items()
            if path not in there
        }


def _propose(server: Server, path: str, text: str | None, title: str) -> None:
    """A README keeps the folder when its last tenant is removed, or Flux would fail."""
    readme = {f"{settings.GITOPS_FOLDER}/README.md": README}
    change = FileChange(path, text, _branch(server), title, _body(server), readme)
    with _one_writer():
        _provider().ensure_proposed(_repository(), change)


@contextmanager
def _one_writer() -> Iterator[None]:
    """A lock over all workers. Raises Waiting while another one writes."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(settings.REDIS_URL, LOCK, hold_s=LOCK_S, wait_s=LOCK_WAIT_S))
        except LockBusy:
            raise Waiting("Another tenant's file is being written to git.", at_most_s=LOCK_S) from None
        yield


def _check_release(api: Api, name: str, layout: Layout, wanted: str) -> None:
    """Raises Waiting, with Flux's own message, until the HelmRelease has the newest file and is ready."""
    found = api.get("HelmRelease", name, layout.namespace)
    if found is None or found["metadata"].get("annotations", {}).get(WANTED) != wanted:
        _request_reconcile(api, layout)
        which = "file" if found is None else "newest file"
        raise Waiting(f"Flux has not read the tenant's {which} yet.", at_most_s=FLUX_WITHIN_S)
    if found["spec"].get("suspend"):
        api.patch("HelmRelease", name, layout.namespace, {"spec": {"suspend": None}})
    ready, message = conditions.of_conditions(found)
    if not ready:
        raise Waiting(f"Flux: {message or 'in progress'}", at_most_s=FLUX_WITHIN_S)


def _request_reconcile(api: Api, layout: Layout) -> None:
    """Flux reconciles the repository now instead of at its next interval: requested once per commit."""
    commit = _repository().head()
    source = api.get("GitRepository", layout.repository, layout.namespace)
    if commit is None or source is None:
        return
    has = (source.get("status", {}).get("artifact") or {}).get("revision", "")
    requested = source["metadata"].get("annotations", {}).get(RECONCILE_REQUESTED)
    if not has.endswith(f":{commit}") and requested != commit:
        api.patch(
            "GitRepository",
            layout.repository,
            layout.namespace,
            {"metadata": {"annotations": {RECONCILE_REQUESTED: commit}}},
        )


def _branch(server: Server) -> str:
    return f"plantrace/{server.tenant}"


def _release(server: Server) -> str:
    return f"release {server.software.release}" if server.software.release else "as it should be"


def _body(server: Server) -> str:
    return f"{server.name} (`{server.slug}`, id `{server.tenant}`), proposed by Plantrace's control plane."


def _layout() -> Layout:
    return Layout(
        settings.GITOPS_FOLDER,
        settings.GITOPS_NAMESPACE,
        settings.GITOPS_SOURCE,
        settings.GITOPS_CHART,
        settings.GITOPS_CLUSTER_ROLE,
        settings.GITOPS_REPOSITORY,
    )


def _repository() -> Repository:
    remote = Remote(
        settings.GITOPS_REMOTE,
        settings.GITOPS_BRANCH,
        settings.GITOPS_USERNAME,
        settings.GITOPS_TOKEN,
        settings.GITOPS_SSH_KEY,
        settings.GITOPS_AUTHOR,
    )
    return Repository(remote, settings.HOME.folder("run", "gitops"))


def _provider() -> Provider:
    return provider_named(
        settings.GITOPS_PROVIDER,
        settings.GITOPS_API_URL,
        settings.GITOPS_PROJECT,
        settings.GITOPS_TOKEN,
        settings.GITOPS_REMOTE,
    )
