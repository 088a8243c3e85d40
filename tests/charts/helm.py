"""Helm for tests: `python helm.py` answers requests on standard input, a JSON document a line, until it ends.

Helm's SDK loads Go's runtime, which must not be forked: nothing but a fresh process like this one may import it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import helm_python


def answer(request: dict[str, Any]) -> Any:
    path = request["chart"]
    if "lint" in request:
        return helm_python.lint(path, request["lint"], strict=True, namespace="test", kube_version="v1.34.0")
    with helm_python.Chart.load(path) as chart:
        return [render(chart, **each) for each in request["render"]]


def render(chart: helm_python.Chart, values: dict[str, Any], **options: Any) -> dict[str, Any]:
    try:
        return {"files": chart.render(values, **options)}
    except helm_python.HelmError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
