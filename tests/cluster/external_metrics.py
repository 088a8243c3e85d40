"""A provider of `external.metrics.k8s.io`, as the Prometheus adapter or KEDA is one: it serves what a test sets."""

from __future__ import annotations

import datetime
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.cluster.kube import Kube
from tests.testbed.certificates import Authority

GROUP, VERSION = "external.metrics.k8s.io", "v1beta1"
API = f"/apis/{GROUP}/{VERSION}"
NAME = "external-metrics"

Figures = dict[str, float]


@contextmanager
def external_metrics(kube: Kube, namespace: str, folder: Path) -> Iterator[Figures]:
    """Metrics by name, which the test changes; the cluster's API serves them."""
    figures: Figures = {}
    address = kube.cluster.addresses.node
    server = ThreadingHTTPServer((address, 0), type("Handler", (_Handler,), {"figures": figures}))
    Authority(datetime.datetime.now(datetime.UTC)).issue(NAME, [], [address]).write(folder, NAME)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{NAME}.crt", folder / f"{NAME}.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        kube.apply(*_objects(namespace, address, server.server_port))
        kube.await_true(lambda: _is_available(kube), "the API of external metrics")
        yield figures
    finally:
        kube.delete("apiservice", f"{VERSION}.{GROUP}")
        server.shutdown()
        server.server_close()
        thread.join()


def _is_available(kube: Kube) -> bool:
    found = kube.get("apiservice", f"{VERSION}.{GROUP}") or {}
    conditions = found.get("status", {}).get("conditions", [])
    return any(each["type"] == "Available" and each["status"] == "True" for each in conditions)


def _objects(namespace: str, address: str, port: int) -> list[dict[str, Any]]:
    meta = {"name": NAME, "namespace": namespace}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta,
            "spec": {"ports": [{"name": "https", "port": 443, "targetPort": port}]},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**meta, "labels": {"kubernetes.io/service-name": NAME}},
            "addressType": "IPv4",
            "ports": [{"name": "https", "port": port}],
            "endpoints": [{"addresses": [address]}],
        },
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": f"{VERSION}.{GROUP}"},
            "spec": {
                "group": GROUP, "version": VERSION, "groupPriorityMinimum": 100, "versionPriority": 100,
                "insecureSkipTLSVerify": True, "service": {"name": NAME, "namespace": namespace, "port": 443},
            },
        },
    ]  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    figures: Figures

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        name = path.rpartition("/")[2]
        if path == API:
            kind = {"singularName": "", "namespaced": True, "kind": "ExternalMetricValueList", "verbs": ["get"]}
            self._answer({
                "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{GROUP}/{VERSION}",
                "resources": [{"name": metric, **kind} for metric in self.figures],
            })  # fmt: skip
        elif path.startswith(f"{API}/namespaces/") and name in self.figures:
            now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            value = f"{round(self.figures[name] * 1000)}m"
            self._answer({
                "kind": "ExternalMetricValueList", "apiVersion": f"{GROUP}/{VERSION}", "metadata": {},
                "items": [{"metricName": name, "metricLabels": {}, "timestamp": now, "value": value}],
            })  # fmt: skip
        else:
            self.send_error(404)

    def _answer(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass
