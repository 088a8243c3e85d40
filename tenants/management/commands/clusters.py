"""The clusters that tenants may live in, beside the control plane's own."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import PlantraceError
from tenants.models import Cluster, Tenant
from web.audit import audit


class Command(BaseCommand):
    help = "List, add and remove dedicated clusters for tenants."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="The clusters, and the number of tenants in each")
        add = actions.add_parser("add", help="Add a cluster, or change how it is reached")
        add.add_argument("name")
        add.add_argument("kubeconfig", help="A file, or - for standard input; it must be self-contained")
        add.add_argument("--influx-url", default="", help="Where its tenants answer: http://{namespace}.example:8086")
        actions.add_parser("remove", help="Remove a cluster that has no tenants").add_argument("name")

    def handle(self, *_: Any, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(options)
        except PlantraceError as error:
            raise CommandError(error.detail) from None
        except OSError as error:
            raise CommandError(f"The kubeconfig cannot be read: {error}") from None

    def _list(self, options: dict[str, Any]) -> None:
        for cluster in Cluster.objects.all():
            count = Tenant.objects.filter(cluster=cluster.name).count()
            self.stdout.write(f"{cluster.name:24} {count} tenants {cluster.influx_url}".rstrip())
            if cluster.problem:
                self.stdout.write(f"  disabled: {cluster.problem}")

    def _add(self, options: dict[str, Any]) -> None:
        from tenants.drivers.kubernetes.clusters import save_cluster

        source = options["kubeconfig"]
        text = sys.stdin.read() if source == "-" else Path(source).read_text()
        cluster = save_cluster(options["name"], text, options["influx_url"])
        audit(None, "cluster.add", cluster.name, {"by": "command line"})
        self.stdout.write(f"Cluster {cluster.name} was added.")

    def _remove(self, options: dict[str, Any]) -> None:
        from tenants.drivers.kubernetes.clusters import remove_cluster

        cluster = remove_cluster(options["name"])
        audit(None, "cluster.remove", cluster.name, {"by": "command line"})
        self.stdout.write(f"Cluster {cluster.name} was removed.")
