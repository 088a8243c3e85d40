"""Sinks over HTTP: who may see and change them, what is refused, and that passwords are never returned."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from django.test import Client

from access.models import AuditEntry
from alarms.sinks import repository
from alarms.sinks.checks import secrets_of
from alarms.sinks.models import MAX_SINKS
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Step
from tenants.encryption import rotate
from tests.testbed.certificates import Authority
from web.stores import alarm_feed, alarms, documents

ClientFor = Callable[..., Client]
URL = "/api/v1/alarm-sinks"
MQTT = {"kind": "mqtt", "host": "broker.example", "username": "plantrace", "password": "s3cret"}
KAFKA = {
    "kind": "kafka", "servers": ["kafka.example:9093"], "sasl": "scram-sha-512", "username": "me", "password": "s3cret",
}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client_for: ClientFor, tenant: TenantConnection) -> Client:
    return client_for("admin", tenant)


def call(client: Client, method: str, path: str = "", body: Any = None, status: int = 200) -> Any:
    response = client.generic(
        method, URL + path, b"" if body is None else msgspec.json.encode(body), "application/json"
    )
    assert response.status_code == status, response.content
    return response.json() if response.content else None


def add(client: Client, name: str = "Plant bus", settings: Any = MQTT, **more: Any) -> Any:
    return call(client, "POST", body={"name": name, "settings": settings, **more}, status=201)


def test_a_sink_is_stored_without_showing_its_password(admin: Client, tenant: TenantConnection) -> None:
    made = add(admin)
    assert made["settings"] == {
        "kind": "mqtt", "host": "broker.example", "port": 8883, "tls": True, "ca": None, "certificate": None,
        "certificate_ends": None, "username": "plantrace",
        "password_set": True, "topic": "plantrace/{tenant}/alarms/{site}/{key}", "retain": False,
    }  # fmt: skip
    assert made["enabled"] and made["progress"]["state"] == "idle" and made["progress"]["waiting"] == 0
    assert call(admin, "GET", f"/{made['id']}") == made and call(admin, "GET")["results"] == [made]
    [document] = documents(tenant).find(repository.SINKS.name)
    assert "s3cret" not in str(document) + str(made)
    assert secrets_of(repository.SINKS.get(tenant, made["id"])).password == "s3cret"
    assert "s3cret" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_password_stays_until_it_would_go_elsewhere(admin: Client, tenant: TenantConnection) -> None:
    made, plain = add(admin), {name: value for name, value in MQTT.items() if name != "password"}
    path = f"/{made['id']}"
    kept = call(admin, "PUT", path, {"name": "Bus", "settings": {**plain, "retain": True}, "revision": 1})
    assert kept["settings"]["password_set"] and kept["settings"]["retain"] and kept["name"] == "Bus"
    assert secrets_of(repository.SINKS.get(tenant, made["id"])).password == "s3cret"
    for other in ({"host": "other.example"}, {"port": 1884}, {"username": "x"}, {"tls": False}):
        refused = call(admin, "PUT", path, {"name": "Bus", "settings": {**plain, **other}, "revision": 2}, status=400)
        assert refused["errors"][0]["field"] == "settings.password"
    cleared = call(admin, "PUT", path, {"name": "Bus", "settings": {**plain, "password": ""}, "revision": 2})
    assert not cleared["settings"]["password_set"]


ISSUED = Authority(datetime.now(UTC)).issue("plantrace", [])
CERTIFICATE, KEY = ISSUED.certificate.decode(), ISSUED.key.decode()
OTHER_KEY = Authority(datetime.now(UTC)).issue("plantrace", []).key.decode()
PROTECTED = load_pem_private_key(ISSUED.key, None).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
).decode()  # fmt: skip
WITHOUT_LOGIN = {"kind": "kafka", "servers": ["kafka.example:9093"]}
SHOWN = {"kind": "mqtt", "host": "broker.example", "certificate": CERTIFICATE, "key": KEY}


@pytest.mark.parametrize("broker", [{"kind": "mqtt", "host": "broker.example"}, WITHOUT_LOGIN], ids=["mqtt", "kafka"])
def test_a_clients_key_is_encrypted_and_never_returned(
    admin: Client, tenant: TenantConnection, settings: Any, broker: dict[str, Any]
) -> None:
    kept = {**broker, "certificate": CERTIFICATE}
    made = add(admin, settings={**kept, "key": KEY})
    assert "key" not in made["settings"] and made["settings"]["certificate"] == CERTIFICATE
    assert abs(made["settings"]["certificate_ends"] - (time.time() + 365 * 86_400) * 1000) < 86_400_000
    [document] = documents(tenant).find(repository.SINKS.name)
    secret = KEY.splitlines()[1]
    assert secret not in str(document) + str(made)
    assert not made["settings"]["password_set"]
    changed = call(admin, "PUT", f"/{made['id']}", {"name": "Bus", "settings": kept, "revision": 1})
    assert changed["settings"]["certificate"] == CERTIFICATE
    old, new = settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    settings.FERNET_KEYS = [new, old]
    done = rotate()
    assert done.old_keys_may_go and done.reencrypted["documents.alarm_sinks.encrypted"] == 1
    settings.FERNET_KEYS = [new]
    assert secrets_of(repository.SINKS.get(tenant, made["id"])).key == KEY
    settings.FERNET_KEYS = [old, new]
    assert rotate().old_keys_may_go
    revision = call(admin, "GET", f"/{made['id']}")["revision"]
    gone = call(admin, "PUT", f"/{made['id']}", {"name": "Bus", "settings": broker, "revision": revision})
    assert gone["settings"]["certificate"] is None and gone["settings"]["certificate_ends"] is None
    assert secrets_of(repository.SINKS.get(tenant, made["id"])).key == ""


def test_engineers_read_and_only_admins_change(admin: Client, client_for: ClientFor, tenant: TenantConnection) -> None:
    made, body = add(admin), {"name": "Other", "settings": MQTT}
    engineer, viewer = client_for("engineer", tenant), client_for("viewer", tenant)
    assert call(engineer, "GET")["results"] == [made]
    call(viewer, "GET", status=403)
    call(engineer, "POST", body=body, status=403)
    call(engineer, "PUT", f"/{made['id']}", {**body, "revision": 1}, status=403)
    call(engineer, "POST", f"/{made['id']}/test", status=403)
    call(engineer, "DELETE", f"/{made['id']}", status=403)


def test_another_tenant_has_none_of_it(admin: Client, client_for: ClientFor, rival: TenantConnection) -> None:
    made, outsider = add(admin), client_for("admin", rival)
    assert call(outsider, "GET")["results"] == []
    call(outsider, "GET", f"/{made['id']}", status=404)
    call(outsider, "PUT", f"/{made['id']}", {"name": "Mine", "settings": MQTT, "revision": 1}, status=404)
    call(outsider, "POST", f"/{made['id']}/test", status=404)
    call(outsider, "DELETE", f"/{made['id']}", status=404)


def test_a_change_is_made_from_the_revision_that_was_read(admin: Client) -> None:
    made = add(admin)
    body = {"name": "Bus", "settings": KAFKA}
    call(admin, "PUT", f"/{made['id']}", body, status=400)
    call(admin, "PUT", f"/{made['id']}", {**body, "revision": 1})
    stale = call(admin, "PUT", f"/{made['id']}", {**body, "revision": 1}, status=409)
    assert stale["current"]["settings"]["servers"] == ["kafka.example:9093"] and stale["current"]["revision"] == 2
    assert "s3cret" not in str(stale)


def test_names_are_unique_and_sinks_are_bounded(admin: Client) -> None:
    for k in range(MAX_SINKS):
        add(admin, f"Bus {k:02}")
    assert call(admin, "POST", body={"name": "One more", "settings": MQTT}, status=409)["type"].endswith(
        "too-many-alarm-sinks"
    )
    [first, second, *_] = call(admin, "GET")["results"]
    body = {"name": first["name"].upper(), "settings": MQTT, "revision": 1}
    assert call(admin, "PUT", f"/{second['id']}", body, status=409)["type"].endswith("name-taken")
    call(admin, "DELETE", f"/{first['id']}", status=204)
    assert len(call(admin, "GET")["results"]) == MAX_SINKS - 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({**MQTT, "host": "127.0.0.1"}, "settings.host"),
        ({**MQTT, "host": "http://x"}, "settings.host"),
        ({**MQTT, "topic": "plant/#"}, "settings.topic"),
        ({**MQTT, "username": "a\nb"}, "settings.username"),
        ({**MQTT, "ca": "nonsense"}, "settings.ca"),
        ({**SHOWN, "key": None}, "settings.key"),
        ({**SHOWN, "key": OTHER_KEY}, "settings.key"),
        ({**SHOWN, "key": PROTECTED}, "settings.key"),
        ({**SHOWN, "key": "nonsense"}, "settings.key"),
        ({**SHOWN, "certificate": "nonsense"}, "settings.certificate"),
        ({**SHOWN, "certificate": None}, "settings.certificate"),
        ({**SHOWN, "tls": False}, "settings.certificate"),
        ({**KAFKA, "certificate": CERTIFICATE}, "settings.key"),
        ({**KAFKA, "certificate": CERTIFICATE, "key": OTHER_KEY}, "settings.key"),
        ({**KAFKA, "servers": ["kafka.example:9093", "169.254.169.254:80"]}, "settings.servers[1]"),
        ({**KAFKA, "servers": ["kafka.example"]}, "settings.servers[0]"),
        ({**KAFKA, "topic": "a/b"}, "settings.topic"),
        ({**KAFKA, "username": ""}, "settings.username"),
        ({**KAFKA, "sasl": "plain", "tls": False}, "settings.sasl"),
    ],
)
def test_settings_that_are_refused(admin: Client, given: Any, field: str) -> None:
    refused = call(admin, "POST", body={"name": "Bus", "settings": given}, status=400)
    assert refused["errors"][0]["field"] == field
    assert call(admin, "GET")["results"] == []


def test_a_test_says_why_the_broker_has_no_message(admin: Client) -> None:
    made = add(admin, settings={**MQTT, "host": "localhost"})
    done = call(admin, "POST", f"/{made['id']}/test")
    assert not done["ok"] and "not a public address" in done["detail"]
    assert done["topic"] == "plantrace/acme/alarms/_/test"
    unknown = add(admin, "Other", {**KAFKA, "servers": ["kafka.invalid:9093"]})
    assert "cannot be resolved" in call(admin, "POST", f"/{unknown['id']}/test")["detail"]


def test_only_enabled_sinks_have_the_feed(admin: Client, tenant: TenantConnection) -> None:
    made, off = add(admin), add(admin, "Off", enabled=False)
    alarms().commit(tenant.prefix, Step(transitions=[b"x"]))
    assert alarm_feed().waiting([tenant.prefix]) == {tenant.prefix: [made["id"]]}
    assert call(admin, "GET", f"/{made['id']}")["progress"]["waiting"] == 1
    assert call(admin, "GET", f"/{off['id']}")["progress"]["waiting"] == 0
    call(admin, "PUT", f"/{made['id']}", {"name": "Plant bus", "enabled": False, "settings": MQTT, "revision": 1})
    assert alarm_feed().waiting([tenant.prefix]) == {}
