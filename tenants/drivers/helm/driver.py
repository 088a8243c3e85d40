from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from kernel.progress import Report
from tenants.drivers.base import Manifest, Server
from tenants.drivers.helm import runner
from tenants.drivers.helm.charts import ChartSource, find_chart
from tenants.drivers.helm.plan import WANTED, Act, Move, Revision, plan_release
from tenants.drivers.kubernetes import names
from tenants.drivers.kubernetes.cluster_driver import ClusterDriver
from tenants.drivers.kubernetes.clusters import Access
from tenants.drivers.kubernetes.values import Values, digest_of
from tenants.drivers.kubernetes.yaml import dump

MAX_HISTORY = 5
DOING = {
    Act.install: "Installing the chart",
    Act.upgrade: "Upgrading the chart",
    Act.rollback: "Rolling back what was interrupted",
    Act.uninstall: "Removing what was interrupted",
    Act.forget: "Removing the interrupted revision",
}


class HelmDriver(ClusterDriver):
    """Installs and upgrades the chart, with a Helm process for each operation."""

    name = "helm"

    def ensure_release(self, access: Access, server: Server, report: Report) -> None:
        chart = find_chart(settings.TENANT_CHART, server.software.chart_version)
        values = self.values(server)
        release = _Release(access, server, report)
        wanted = digest_of(values, chart.chart, chart.version)
        for move in plan_release(release.revisions(), wanted):
            report(f"{DOING[move.act]} {chart.version}".rstrip())
            release.make(move, chart, values, wanted)

    def remove_release(self, access: Access, server: Server, report: Report) -> None:
        release = _Release(access, server, report)
        if release.revisions():
            report("Uninstalling the chart")
            release.uninstall()

    def manifests(self, server: Server) -> list[Manifest]:
        chart, values = find_chart(settings.TENANT_CHART, server.software.chart_version), self.values(server)
        manifests = [Manifest("values.yaml", dump(values))]
        if chart.is_here:  # remote charts are not downloaded for a preview
            rendered = runner.call("render", {"chart": chart.chart, "values": values, **_named(server)})
            manifests += [Manifest(path, text) for path, text in sorted(rendered.items()) if _is_manifest(path, text)]
        return manifests


def _is_manifest(path: str, text: str) -> bool:
    """Templates also yield notes, and empty text when disabled."""
    return path.endswith((".yaml", ".yml")) and bool(text.strip())


def _named(server: Server) -> dict[str, str]:
    return {"namespace": server.endpoints["namespace"], "release": names.RELEASE}


class _Release:
    """One tenant's Helm release."""

    def __init__(self, access: Access, server: Server, report: Report) -> None:
        self._api, self._report = access.api, report
        self._request = {"kubeconfig": access.kubeconfig, **_named(server)}

    def revisions(self) -> list[Revision]:
        """From the labels of Helm's own records: that needs no process."""
        records = f"owner=helm,name={names.RELEASE}"
        found = self._api.labels("Secret", self._request["namespace"], records)
        revisions = [Revision(int(each["version"]), each["status"], each.get(WANTED, "")) for each in found]
        return sorted(revisions, key=lambda each: each.number)

    def make(self, move: Move, chart: ChartSource, values: Values, wanted: str) -> None:
        timeout_s: float = settings.HELM_TIMEOUT_S
        if move.act is Act.uninstall:
            self.uninstall()
        elif move.act is Act.rollback:
            runner.call("rollback", {**self._request, "revision": move.revision}, timeout_s, self._heartbeat(move.act))
        elif move.act is Act.forget:
            record = f"sh.helm.release.v1.{names.RELEASE}.v{move.revision}"  # as Helm names it
            self._api.delete("Secret", record, self._request["namespace"])
        else:
            wanted_release = {
                "values": values,
                "labels": {WANTED: wanted},
                "max_history": MAX_HISTORY,
                **chart.request(),
            }
            runner.call(move.act, {**self._request, **wanted_release}, timeout_s, self._heartbeat(move.act))

    def uninstall(self) -> None:
        runner.call("uninstall", self._request, settings.HELM_TIMEOUT_S, self._heartbeat(Act.uninstall))

    def _heartbeat(self, act: Act) -> Callable[[], None]:
        """Called during the operation: a worker that lost its lease finds out, and stops."""
        return lambda: self._report(DOING[act])
