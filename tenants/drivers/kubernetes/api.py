"""The part of a cluster's API that tenants need, with objects as plain dicts, on the official client.

Foreign exceptions are translated: a missing object is None, any other error is DriverError with the server's message.
"""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass

import urllib3
from kubernetes.client import ApiClient
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException

from tenants.drivers.base import DriverError
from tenants.drivers.kubernetes.manifests import Object

MANAGER = "plantrace"  # owns the fields that it sets, by server-side apply
TIMEOUT_S = (5, 20)
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


@dataclass(frozen=True, slots=True)
class Kind:
    version: str
    plural: str
    namespaced: bool = True


KINDS = {
    "Namespace": Kind("v1", "namespaces", namespaced=False),
    "Secret": Kind("v1", "secrets"),
    "ServiceAccount": Kind("v1", "serviceaccounts"),
    "Pod": Kind("v1", "pods"),
    "Event": Kind("v1", "events"),
    "PersistentVolumeClaim": Kind("v1", "persistentvolumeclaims"),
    "PersistentVolume": Kind("v1", "persistentvolumes", namespaced=False),
    "StatefulSet": Kind("apps/v1", "statefulsets"),
    "RoleBinding": Kind("rbac.authorization.k8s.io/v1", "rolebindings"),
    "GitRepository": Kind("source.toolkit.fluxcd.io/v1", "gitrepositories"),
    "HelmRelease": Kind("helm.toolkit.fluxcd.io/v2", "helmreleases"),
}


class Refused(DriverError):
    """The API server rejected the request."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """One cluster. `title` names it in messages."""

    def __init__(self, client: ApiClient, title: str) -> None:
        self._client, self._title = client, title

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        return self._request("GET", _path(kind, namespace, name))

    def labels(self, kind: str, namespace: str, selector: str) -> list[dict[str, str]]:
        """Labels of the selected objects; their content is not transferred."""
        response = self._request("GET", _path(kind, namespace), query={"labelSelector": selector}, accept=METADATA_ONLY)
        return [each["metadata"].get("labels", {}) for each in (response or {}).get("items") or []]

    def list(self, kind: str, namespace: str = "", selector: str = "") -> list[Object]:
        """The objects of one namespace, or of all."""
        query = {"labelSelector": selector} if selector else {}
        response = self._request("GET", _path(kind, namespace), query=query)
        return list(response["items"]) if response else []

    def apply(self, wanted: Object) -> Object:
        """Server-side apply: the fields in `wanted` are set, all others are left alone."""
        metadata = wanted["metadata"]
        path = _path(wanted["kind"], metadata.get("namespace", ""), metadata["name"])
        query = {"fieldManager": MANAGER, "force": "true"}
        response = self._request("PATCH", path, wanted, "application/apply-patch+yaml", query)
        if response is None:
            raise DriverError(f"{self._title} has no namespace {metadata.get('namespace')} for {wanted['kind']}.")
        return response

    def patch(self, kind: str, name: str, namespace: str, change: Object) -> Object | None:
        """Apply a merge patch; None if the object does not exist."""
        return self._request("PATCH", _path(kind, namespace, name), change, "application/merge-patch+json")

    def delete(self, kind: str, name: str, namespace: str = "") -> bool:
        """Whether it existed. Its dependents are deleted in the background."""
        body = {"propagationPolicy": "Background"}
        return self._request("DELETE", _path(kind, namespace, name), body) is not None

    def _request(
        self,
        method: str,
        path: str,
        body: Object | None = None,
        content: str = "application/json",
        query: dict[str, str] | None = None,
        accept: str = "application/json",
    ) -> Object | None:
        url = path + (f"?{urllib.parse.urlencode(query)}" if query else "")
        headers = {"Accept": accept, "Content-Type": content}
        try:
            parameters = self._client.param_serialize(
                method=method, resource_path=url, header_params=headers, body=body, auth_settings=["BearerToken"]
            )
            response = self._client.call_api(*parameters, _request_timeout=TIMEOUT_S)
            data = response.read()
        except ApiException as error:
            raise DriverError(f"{self._title} does not answer: {error.reason}") from error
        except (urllib3.exceptions.HTTPError, OSError, ConfigException) as error:
            raise DriverError(f"{self._title} does not answer: {_short(error)}") from error
        if response.status == 404:
            return None
        if response.status >= 400:
            why = f"{self._title} refused ({method} {path}): {_message(data, response.reason)}"
            raise Refused(why, response.status)
        found: Object = json.loads(data)
        return found


def _path(kind: str, namespace: str = "", name: str = "") -> str:
    known = KINDS[kind]
    root = "/api/v1" if known.version == "v1" else f"/apis/{known.version}"
    where = f"/namespaces/{namespace}" if known.namespaced and namespace else ""
    return f"{root}{where}/{known.plural}" + (f"/{name}" if name else "")


def _message(data: bytes, reason: object) -> str:
    """The message of a Status, or the raw body."""
    try:
        return str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        return str(reason)


def _short(error: BaseException) -> str:
    return str(getattr(error, "reason", None) or error)[-300:]
