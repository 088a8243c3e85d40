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


def seal(value: Secrets) -> str:
    return crypto.seal(msgspec.json.encode(value))


def unseal(sealed: str) -> Secrets:
    return msgspec.json.decode(crypto.unseal(sealed), type=Secrets)
