"""Manifests against the schemas of Kubernetes 1.34 and of custom resources. Unknown keys are errors."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
from kubernetes_validate import utils

KUBERNETES = "1.34"
CRDS = Path(__file__).with_name("crds")
utils.schema_contents = cache(utils.schema_contents)  # else all definitions are read again for each object


@cache
def custom() -> dict[tuple[str, str], Any]:
    """Schemas by apiVersion and kind."""
    found = [json.loads(file.read_text()) for file in CRDS.glob("*.json")]
    return {(f"{each['group']}/{each['version']}", each["kind"]): closed(each["schema"]) for each in found}


def closed(schema: Any) -> Any:
    """The schema, with what the API server would drop as unknown refused."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        result["properties"] = {name: closed(value) for name, value in schema["properties"].items()}
        if "metadata" in schema["properties"] and "spec" in schema["properties"]:
            result["properties"]["metadata"] = {"type": "object", "required": ["name"]}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result.setdefault("additionalProperties", False)
    if schema.get("x-kubernetes-int-or-string"):
        result.setdefault("anyOf", [{"type": "integer"}, {"type": "string"}])
    return result


def complaint(manifest: dict[str, Any]) -> str:
    """What is wrong with it, or nothing."""
    schema = custom().get((manifest["apiVersion"], manifest["kind"]))
    try:
        if schema is None:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        else:
            jsonschema.Draft202012Validator(schema).validate(manifest)
    except jsonschema.ValidationError as error:
        return f"{manifest['kind']} {manifest['metadata'].get('name')}: {error.json_path}: {error.message[:300]}"
    return ""
