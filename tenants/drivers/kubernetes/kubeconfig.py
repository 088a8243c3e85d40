"""Sanitizes a user-provided kubeconfig: parsed once, and rebuilt from what is allowed. Pure.

Go reads YAML 1.1, we read 1.2: `? !!binary ZXhlYw==` is meaningless to one and `exec:` to the other. So the original
text is never passed on, even if it passed our checks. What is stored, and given to Helm and the client, is the JSON
built by `as_json`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kernel.errors import BadRequest

MAX_CHARACTERS = 256 * 1024
HINT = "put the credentials themselves in (`kubectl config view --raw --flatten --minify`)."
ALLOWED = {
    "cluster": ("server", "certificate-authority-data"),
    "user": ("client-certificate-data", "client-key-data", "token"),
}
# They change nothing of what we ask for, and are left out of what is built.
IGNORED = {"cluster": ("extensions", "disable-compression"), "user": ("extensions",)}
_FORBIDDEN = {
    "exec": "runs a program",
    "auth-provider": "runs a program",
    "tokenFile": "reads a file of this machine",
    "client-certificate": "reads a file of this machine",
    "client-key": "reads a file of this machine",
    "certificate-authority": "reads a file of this machine",
    "insecure-skip-tls-verify": "sends the credentials to whoever answers at that address",
    "proxy-url": "sends the credentials by way of another server",
}
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_SAYABLE = re.compile(r"[A-Za-z-]{1,40}")  # anything else may be a credential that was put in a wrong place


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """One API server and one way to be let in: a token, or a certificate with its key, or both. PEM in base 64."""

    server: str
    certificate_authority_data: str = ""
    client_certificate_data: str = field(default="", repr=False)
    client_key_data: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def as_dict(self) -> dict[str, Any]:
        cluster = {"server": self.server, "certificate-authority-data": self.certificate_authority_data}
        user = {
            "client-certificate-data": self.client_certificate_data,
            "client-key-data": self.client_key_data,
            "token": self.token,
        }
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": _filled(cluster)}],
            "users": [{"name": "user", "user": _filled(user)}],
            "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
            "current-context": "context",
        }

    def as_json(self) -> str:
        """ASCII, every value in quotes: one and the same to every parser of YAML or JSON."""
        return json.dumps(self.as_dict())


def parse_kubeconfig(text: str) -> Kubeconfig:
    """The current context of a kubeconfig. Raises BadRequest, which quotes nothing but names of settings."""
    whole = load_kubeconfig(text)
    context = _named(whole, "context", _current(whole))
    cluster = _settings(_named(whole, "cluster", context.get("cluster")), "cluster")
    user = _settings(_named(whole, "user", context.get("user")), "user")
    server = _server(cluster.get("server", ""))
    cleaned = Kubeconfig(
        server,
        _pem(cluster, "certificate-authority-data", x509.load_pem_x509_certificates),
        _pem(user, "client-certificate-data", x509.load_pem_x509_certificates),
        _pem(user, "client-key-data", lambda pem: load_pem_private_key(pem, None)),
        user.get("token", "").strip(),
    )
    if cleaned.token and not _TOKEN.fullmatch(cleaned.token):
        raise _bad("the user's `token` is not a token: it has spaces, or characters beyond ASCII.")
    if bool(cleaned.client_certificate_data) != bool(cleaned.client_key_data):
        raise _bad("the user has a certificate without its key, or a key without its certificate.")
    if not (cleaned.token or cleaned.client_key_data):
        raise _bad(f"the user has neither a token nor a certificate; {HINT}")
    return cleaned


def load_kubeconfig(text: str) -> dict[str, Any]:
    """The whole of it, as one parser reads it: JSON, or YAML 1.2. Raises BadRequest."""
    if len(text) > MAX_CHARACTERS:
        raise _bad(f"it has {len(text):,} characters; no more than {MAX_CHARACTERS:,} are read.")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = _load_yaml(text)
    if not isinstance(parsed, dict) or not parsed.get("clusters"):
        raise BadRequest("kubeconfig names no cluster.", field="kubeconfig")
    return parsed


def _load_yaml(text: str) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)  # the error itself quotes the text, and in it are secrets
        where = f" in line {mark.line + 1}" if mark else ""
        raise BadRequest(f"kubeconfig is not YAML: it cannot be read{where}.", field="kubeconfig") from None


def _current(whole: Mapping[str, Any]) -> object:
    """The current context; if none is set, the only one."""
    if named := whole.get("current-context"):
        return named
    contexts = whole.get("contexts")
    if isinstance(contexts, list) and len(contexts) == 1 and isinstance(contexts[0], dict):
        return contexts[0].get("name")
    raise _bad("it has no current-context.")


def _named(whole: Mapping[str, Any], kind: str, name: object) -> Mapping[Any, Any]:
    entries = whole.get(f"{kind}s")
    found = [each for each in entries if isinstance(each, dict) and each.get("name") == name] if (
        isinstance(entries, list) and isinstance(name, str) and name
    ) else []  # fmt: skip
    if len(found) != 1 or not isinstance(found[0].get(kind), dict):
        what = "the current-context" if kind == "context" else f"the context's {kind}"
        raise _bad(f"{what} is {'there twice' if len(found) > 1 else 'not in it'}, so it cannot be used.")
    inner: Mapping[Any, Any] = found[0][kind]
    return inner


def _settings(inner: Mapping[Any, Any], kind: str) -> dict[str, str]:
    """Those that are allowed, all of them text. Whatever else is there refuses the whole."""
    taken: dict[str, str] = {}
    for key, value in inner.items():
        if not isinstance(key, str):
            raise _bad(f"the {kind} has a key that is not a string.")
        if key in IGNORED[kind] or (key == "insecure-skip-tls-verify" and value is False):
            continue
        if key not in ALLOWED[kind]:
            name = f"`{key}`" if _SAYABLE.fullmatch(key) else "a setting"
            why = _FORBIDDEN.get(key, f"is not one of {', '.join(ALLOWED[kind])}")
            raise _bad(f"the {kind} has {name}, which {why}; {HINT}")
        if not isinstance(value, str):
            raise _bad(f"the {kind}'s `{key}` is not a string; put it in quotes.")
        taken[key] = value
    return taken


def _server(url: str) -> str:
    try:
        parts = urlsplit(url)
        right = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or parts.username is not None or parts.query or parts.fragment or not _TOKEN.fullmatch(url):
        raise _bad("the cluster's `server` is not an https:// address, such as https://10.0.0.1:6443.")
    return url


def _pem(inner: Mapping[str, str], key: str, load: Callable[[bytes], object]) -> str:
    given = inner.get(key, "")
    if not given:
        return ""
    try:
        pem = base64.b64decode("".join(given.split()), validate=True)
        load(pem)
    except (binascii.Error, ValueError, TypeError):
        what = "key without a passphrase" if key == "client-key-data" else "certificate"
        raise _bad(f"`{key}` is no {what} in PEM and base 64.") from None
    return base64.b64encode(pem).decode()


def _filled(given: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in given.items() if value}


def _bad(why: str) -> BadRequest:
    return BadRequest(f"kubeconfig: {why}", field="kubeconfig")
