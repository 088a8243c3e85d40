"""The credentials of one tenant's database server."""

from __future__ import annotations

import secrets

import msgspec

from kernel.tenancy import Credentials
from tenants import crypto

PASSWORD_BYTES = 24


class Secrets(msgspec.Struct, frozen=True):
    """`admin` is the worker's alone; web and writers get `reader` and `writer`."""

    admin: Credentials
    writer: Credentials
    reader: Credentials


def make_secrets() -> Secrets:
    """Fresh, random, fit for a URL and for InfluxQL."""
    return Secrets(*(Credentials(role, secrets.token_urlsafe(PASSWORD_BYTES)) for role in Secrets.__struct_fields__))


def encrypt(value: Secrets) -> str:
    return crypto.encrypt(msgspec.json.encode(value))


def decrypt(encrypted: str) -> Secrets:
    return msgspec.json.decode(crypto.decrypt(encrypted), type=Secrets)
