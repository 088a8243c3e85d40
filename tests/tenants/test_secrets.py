"""Credentials: random, encrypted, readable through a rotation of keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.fernet import Fernet

from kernel.errors import Unavailable
from tenants import crypto, secrets
from tenants.drivers.tokens import make_token


def test_credentials_are_new_each_time_and_never_shown() -> None:
    one, other = secrets.make_secrets(), secrets.make_secrets()
    passwords = [
        each.password for generated in (one, other) for each in (generated.admin, generated.writer, generated.reader)
    ]
    assert len(set(passwords)) == 6
    assert all(len(password) >= 32 for password in passwords)
    assert not any(password in repr(one) + repr(other) for password in passwords)


def test_encryption_round_trips_without_revealing_the_text(settings: Any) -> None:
    generated = secrets.make_secrets()
    encrypted = secrets.encrypt(generated)
    assert generated.admin.password not in encrypted
    assert secrets.decrypt(encrypted) == generated


def test_keys_are_rotated_with_two_of_them_in_use(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FERNET_KEYS = [old]
    encrypted = crypto.encrypt(b"secret")
    settings.FERNET_KEYS = [new, old]
    reencrypted = crypto.reencrypt(encrypted)
    settings.FERNET_KEYS = [new]
    assert crypto.decrypt(reencrypted) == b"secret"
    with pytest.raises(Unavailable, match="FERNET_KEYS"):
        crypto.decrypt(encrypted)


def test_a_token_is_a_signed_json_web_token() -> None:
    head, body, signature = make_token("admin", "shared", 1_800_000_000).split(".")
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(base64.urlsafe_b64decode(body + "==")) == {"username": "admin", "exp": 1_800_000_000}
    wanted = hmac.new(b"shared", f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)) == wanted
