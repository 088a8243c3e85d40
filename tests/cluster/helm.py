"""One operation of Helm on a cluster, as JSON: `python helm.py`, a fresh process, as Go must not be forked."""

from __future__ import annotations

import json
import sys
from typing import Any

import helm_python


def main(request: dict[str, Any]) -> None:
    config = helm_python.Config(kubeconfig_path=request["kubeconfig"], namespace=request["namespace"])
    act = getattr(config, request["action"])
    try:
        act(*request["arguments"], timeout=request["timeout_s"], **request["options"])
    except helm_python.HelmError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(json.load(sys.stdin))
