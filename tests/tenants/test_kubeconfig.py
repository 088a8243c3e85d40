"""A kubeconfig is read by one parser and rebuilt: only what we allow reaches Go, whatever was written."""

from __future__ import annotations

import base64
import importlib
import json
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from kernel.errors import BadRequest
from tenants import crypto
from tenants.drivers.base import DriverError
from tenants.drivers.kubernetes import clusters
from tenants.drivers.kubernetes.kubeconfig import MAX_CHARACTERS, parse_kubeconfig
from tenants.models import Cluster
from tests.conftest import ClientFor
from tests.kubernetes.api_server import _Authority

GOOD = """
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""
# The key is the bytes `exec` to us and the word `exec` to Go's parser, which then runs the program.
BINARY = GOOD.replace(
    "{token: t}", "{? !!binary ZXhlYw== : {apiVersion: client.authentication.k8s.io/v1, command: sh}}"
)


def certificate() -> tuple[str, str, str]:
    authority = _Authority()
    pem, key = authority.issue("admin")
    return tuple(base64.b64encode(each).decode() for each in (authority.pem, pem, key))  # type: ignore[return-value]


def test_the_original_text_would_run_a_program_in_go() -> None:
    """Why nothing but JSON of ours is handed on: a parser of YAML 1.1 reads another thing than one of 1.2."""

    class Go(yaml.SafeLoader):
        """As Go's parser does it, a binary scalar becomes a string."""

    Go.add_constructor("tag:yaml.org,2002:binary", lambda loader, node: base64.b64decode(node.value).decode())
    [user] = yaml.load(BINARY, Go)["users"]
    assert "exec" in user["user"]
    with pytest.raises(BadRequest, match="a key that is not a string"):
        parse_kubeconfig(BINARY)


def test_only_allowed_settings_of_the_current_context_are_kept() -> None:
    authority, pem, key = certificate()
    written = {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {"colors": True},
        "clusters": [
            {"name": "other", "cluster": {"server": "https://other.example"}},
            {"name": "c", "cluster": {
                "server": "https://10.0.0.1:6443", "certificate-authority-data": authority,
                "insecure-skip-tls-verify": False, "extensions": [{"name": "minikube"}]}},
        ],
        "users": [
            {"name": "other", "user": {"exec": {"command": "sh"}}},
            {"name": "u", "user": {"client-certificate-data": pem, "client-key-data": key, "token": "t\n"}},
        ],
        "contexts": [
            {"name": "other", "context": {"cluster": "other", "user": "other"}},
            {"name": "x", "context": {"cluster": "c", "user": "u", "namespace": "anything"}},
        ],
        "current-context": "x",
    }  # fmt: skip
    for text in (json.dumps(written), yaml.safe_dump(written)):
        parsed = parse_kubeconfig(text)
        assert json.loads(parsed.as_json()) == {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": {
                "server": "https://10.0.0.1:6443", "certificate-authority-data": authority}}],
            "users": [{"name": "user", "user": {
                "client-certificate-data": pem, "client-key-data": key, "token": "t"}}],
            "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
            "current-context": "context",
        }  # fmt: skip
        assert parse_kubeconfig(parsed.as_json()) == parsed
        assert yaml.safe_load(parsed.as_json()) == json.loads(parsed.as_json()), "the same to a parser of YAML 1.1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "not YAML"),
        ("[" * 100_000, "not YAML"),
        ("just text", "names no cluster"),
        ("#" * (MAX_CHARACTERS + 1), "no more than"),
        (GOOD.replace("token: t", "exec: {command: /bin/sh}"), "`exec`, which runs a program"),
        (GOOD.replace("token: t", "!!str exec: {command: /bin/sh}"), "`exec`, which runs a program"),
        (GOOD.replace("token: t", "token: t, <<: {exec: {command: sh}}"), "`exec`, which runs a program"),
        (GOOD.replace("token: t", '"ex\\u0065c": {command: sh}'), "`exec`, which runs a program"),
        (GOOD.replace("token: t", "EXEC: {command: sh}"), "`EXEC`, which is not one of"),
        (GOOD.replace("token: t", "auth-provider: {name: gcp}"), "`auth-provider`, which runs a program"),
        (GOOD.replace("token: t", "tokenFile: /etc/shadow"), "reads a file of this machine"),
        (GOOD.replace("token: t", "username: u, password: p"), "`username`, which is not one of"),
        (GOOD.replace("token: t", "token: t, as: system:admin"), "`as`, which is not one of"),
        (GOOD.replace("token: t", "token: [t]"), "`token` is not a string"),
        (GOOD.replace("token: t", "token: 12345"), "`token` is not a string"),
        (GOOD.replace("token: t", 'token: "a b"'), "is not a token"),
        (GOOD.replace("token: t", "token: ''"), "neither a token nor a certificate"),
        (GOOD.replace("token: t", "client-certificate-data: eA=="), "no certificate in PEM"),
        (GOOD.replace("token: t", "client-key-data: '%%%'"), "no key without a passphrase"),
        (GOOD.replace("server:", "certificate-authority: /etc/hosts, server:"), "reads a file of this machine"),
        (GOOD.replace("server:", "insecure-skip-tls-verify: true, server:"), "to whoever answers"),
        (GOOD.replace("server:", "proxy-url: http://evil.example, server:"), "by way of another server"),
        (GOOD.replace("https:", "http:"), "is not an https:// address"),
        (GOOD.replace("127.0.0.1:1", "u:p@127.0.0.1:1"), "is not an https:// address"),
        (GOOD.replace("127.0.0.1:1", "127.0.0.1:99999"), "is not an https:// address"),
        (GOOD.replace("current-context: x", "current-context: y"), "the current-context is not in it"),
        (GOOD.replace("current-context: x", "current-context: [x]"), "the current-context is not in it"),
        (GOOD.replace("user: u}", "user: v}"), "the context's user is not in it"),
        (GOOD.replace("[{name: u,", "[{name: u, user: {token: s}}, {name: u,"), "the context's user is there twice"),
        (GOOD.replace("users: [", "users: [[], 5, "), ""),  # what nobody refers to is left out
    ],
)
def test_any_other_setting_is_rejected(text: str, says: str) -> None:
    if not says:
        assert parse_kubeconfig(text).token == "t"
        return
    with pytest.raises(BadRequest, match=says) as refused:
        parse_kubeconfig(text)
    assert refused.value.extra.get("field", "kubeconfig") == "kubeconfig"


def test_a_key_without_its_certificate_is_refused() -> None:
    _, pem, key = certificate()
    for setting in (f"client-certificate-data: {pem}", f"client-key-data: {key}"):
        with pytest.raises(BadRequest, match="without its"):
            parse_kubeconfig(GOOD.replace("token: t", setting))


def test_no_credential_is_quoted_in_an_error() -> None:
    secret = base64.b64encode(b"a very long secret that must not be shown").decode()
    for wrong in (
        f"token: t, {secret}: 1",
        f"token: ['{secret}']",
        f"token: '{secret} x'",
        f"client-key-data: {secret}",
    ):
        with pytest.raises(BadRequest) as refused:
            parse_kubeconfig(GOOD.replace("token: t", wrong))
        assert secret not in refused.value.detail


def migrated() -> None:
    """By the models of that time."""
    name = "0010_rebuilt_kubeconfigs"
    state = MigrationLoader(connection).project_state([("tenants", name)])
    importlib.import_module(f"tenants.migrations.{name}").rebuild(state.apps, None)


@pytest.mark.django_db
def test_stored_kubeconfigs_are_rebuilt_and_invalid_ones_disabled(client_for: ClientFor, settings: Any) -> None:
    """One that would run a program, one that no key opens, and a good one beside each other."""
    for name, text in (("good", GOOD), ("binary", BINARY), ("insecure", GOOD.replace("https:", "http:"))):
        Cluster.objects.create(name=name, encrypted_kubeconfig=crypto.encrypt(text.encode()))
    lost = Fernet(Fernet.generate_key()).encrypt(GOOD.encode()).decode()
    Cluster.objects.create(name="lost", encrypted_kubeconfig=lost)
    migrated()
    migrated()  # run twice, it changes nothing the second time
    stored = {each.name: each for each in Cluster.objects.all()}
    assert stored["good"].kubeconfig == parse_kubeconfig(GOOD).as_json()
    assert stored["good"].server == "https://127.0.0.1:1"
    assert (stored["binary"].encrypted_kubeconfig, stored["lost"].encrypted_kubeconfig) == ("", lost)

    listed = client_for("operator").get("/api/v1/clusters").json()["results"]
    errors = {each["name"]: each["error"] for each in listed}
    assert errors["good"] == ""
    assert "a key that is not a string" in errors["binary"] and "Give the cluster another one." in errors["binary"]
    assert "https:// address" in errors["insecure"]
    assert "FERNET_KEYS" in errors["lost"]
    assert clusters.access_to("good").api
    for name in ("binary", "insecure", "lost"):
        with pytest.raises(DriverError, match=f"Cluster {name} is disabled: "):
            clusters.access_to(name)
        with pytest.raises(BadRequest, match="is disabled"):
            clusters.check_known(name)


@pytest.mark.django_db
def test_a_disabled_cluster_accepts_a_new_kubeconfig(client_for: ClientFor) -> None:
    Cluster.objects.create(name="north", encrypted_kubeconfig="", error="kubeconfig: no.")
    put = lambda **body: client_for("operator").put(  # noqa: E731
        "/api/v1/clusters/north", body, content_type="application/json"
    )
    assert put(influx_url="").status_code == 400, "the one that is known is none"
    response = put(kubeconfig=GOOD)
    assert (response.status_code, response.json()["error"]) == (200, "")
    assert clusters.access_to("north").kubeconfig == parse_kubeconfig(GOOD).as_json()


@pytest.mark.django_db
def test_text_written_into_the_row_is_not_passed_on_either() -> None:
    Cluster.objects.create(name="north", encrypted_kubeconfig=crypto.encrypt(BINARY.encode()))
    with pytest.raises(DriverError, match="a key that is not a string"):
        clusters.access_to("north")


def test_the_administrators_own_file_is_read_by_one_parser_too(tmp_path: Any, settings: Any) -> None:
    """It may run programs, as its owner may; but Go gets what we read, not what else could be read in it."""
    path = tmp_path / "kubeconfig"
    settings.KUBECONFIG = str(path)
    path.write_text(GOOD.replace("token: t", "exec: {command: aws, args: [eks, get-token]}"))
    given = json.loads(clusters.access_to("").kubeconfig)
    assert given["users"][0]["user"] == {"exec": {"command": "aws", "args": ["eks", "get-token"]}}
    path.write_text(BINARY)
    with pytest.raises(DriverError, match="KUBECONFIG cannot be used"):
        clusters.access_to("")
