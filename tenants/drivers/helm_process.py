"""One operation of Helm's SDK: a JSON object on standard input, one on standard output. `python -m` runs it.

The SDK loads Go's runtime, which hangs in a forked child, so it is imported in this process only: a fresh one for each
operation. It ends with its parent; SIGTERM cancels an install or an upgrade.

In: `action`, `parent`, `kubeconfig`, `namespace`, `release`, and what the action takes. Out: `{"result": …}`, or
`{"error": {"kind", "message"}}`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import helm_python as helm

from runtime.processes import end_with_parent

Request = dict[str, Any]


def main() -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])  # before Go starts its threads: one of ours waits for it
    request = json.load(sys.stdin)
    end_with_parent(request["parent"])  # a killed worker leaves no operation running beside that of the next one
    try:
        response: dict[str, Any] = {"result": ACTIONS[request["action"]](request)}
    except helm.HelmError as error:
        response = {"error": {"kind": type(error).__name__, "message": str(error)}}
    json.dump(response, sys.stdout)
    return 0


def _config(request: Request) -> helm.Config:
    kubeconfig = request.get("kubeconfig")
    return helm.Config(kubeconfig_path=_in_memory(kubeconfig) if kubeconfig else None, namespace=request["namespace"])


def _in_memory(kubeconfig: str) -> str:
    """The path of a file that ends with this process. A kill would leave the one that the SDK makes, with keys."""
    handle = os.memfd_create("kubeconfig", os.MFD_CLOEXEC)
    with os.fdopen(handle, "w", closefd=False) as file:
        file.write(kubeconfig)
    return f"/proc/self/fd/{handle}"


def _context() -> helm.HelmContext:
    context = helm.HelmContext()
    threading.Thread(target=_cancel_at_sigterm, args=[context], daemon=True).start()
    return context


def _cancel_at_sigterm(context: helm.HelmContext) -> None:
    signal.sigwait([signal.SIGTERM])
    context.cancel()


def _install(request: Request) -> Any:
    return _config(request).install(request["chart"], request["release"], request["values"], **_applying(request))


def _upgrade(request: Request) -> Any:
    more = {"max_history": request["max_history"], "reset_values": True}
    return _config(request).upgrade(
        request["chart"], request["release"], request["values"], **_applying(request), **more
    )


def _applying(request: Request) -> dict[str, Any]:
    return {
        "context": _context(),
        "timeout": request["timeout"],
        "labels": request.get("labels"),
        "chart_version": request.get("version") or None,
        "chart_repo_url": request.get("repository") or None,
    }


def _rollback(request: Request) -> Any:
    return _config(request).rollback(request["release"], version=request["revision"], timeout=request["timeout"])


def _uninstall(request: Request) -> Any:
    return _config(request).uninstall(request["release"], ignore_not_found=True, timeout=request["timeout"])


def _status(request: Request) -> Any:
    """The revisions, oldest first; none where there is no such release."""
    try:
        return _config(request).history(request["release"])
    except helm.HelmNotFoundError:
        return []


def _manifest(request: Request) -> Any:
    """What is installed, as text."""
    return _config(request).status(request["release"])["manifest"]


def _render(request: Request) -> Any:
    """The chart's manifests with these values; without contacting a cluster."""
    with helm.Chart.load(request["chart"]) as chart:
        return chart.render(request["values"], name=request["release"], namespace=request["namespace"])


def _check(request: Request) -> Any:
    """Raises HelmValuesError where the chart's schema refuses the values."""
    with helm.Chart.load(request["chart"]) as chart:
        return chart.validate_schema(chart.merge_values(request["values"]))


ACTIONS: dict[str, Callable[[Request], Any]] = {
    "install": _install,
    "upgrade": _upgrade,
    "rollback": _rollback,
    "uninstall": _uninstall,
    "status": _status,
    "manifest": _manifest,
    "render": _render,
    "check": _check,
}

if __name__ == "__main__":
    sys.exit(main())
