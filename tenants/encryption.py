"""What is encrypted with FERNET_KEYS: every `EncryptedField` of every model, and what others register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import models

from kernel.errors import Unavailable
from tenants import crypto


class EncryptedField(models.TextField):  # type: ignore[type-arg]
    """Text that `crypto.encrypt` made, or nothing. `rotate` encrypts it again with the first key."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """A plain text to the database, so switching a model to this field needs no migration."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class EncryptedTexts(Protocol):
    """Some that `crypto.encrypt` made; `str` names them to operators."""

    def rows(self) -> Iterator[tuple[Any, str]]:
        """Keys and texts. Raises Unavailable."""

    def replace(self, pk: Any, old: str, new: str) -> bool:
        """Unless somebody wrote another one meanwhile. Raises Unavailable."""


_registered: list[EncryptedTexts] = []


def register(*texts: EncryptedTexts) -> None:
    """Those that are in no column. Call once per process."""
    _registered[:] = texts


@dataclass(frozen=True, slots=True)
class Column:
    model: type[models.Model]
    name: str

    def rows(self) -> Iterator[tuple[Any, str]]:
        """Primary keys and encrypted texts of the rows that have one."""
        filled = self.model._default_manager.exclude(**{self.name: ""})
        yield from filled.values_list("pk", self.name).iterator()

    def replace(self, pk: Any, old: str, new: str) -> bool:
        """Unless somebody wrote another one meanwhile."""
        return bool(self.model._default_manager.filter(pk=pk, **{self.name: old}).update(**{self.name: new}))

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


@dataclass(slots=True)
class Rotation:
    """`unreadable`: rows that no key decrypts; `needs`: how many rows each key but the first still encrypts; `failed`:
    what could not be looked at, and why.
    """

    reencrypted: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    needs: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    @property
    def old_keys_may_go(self) -> bool:
        return not self.unreadable and not self.failed and not any(self.needs.values())


def encrypted_columns() -> list[Column]:
    return [
        Column(model, each.name)
        for model in apps.get_models()
        for each in model._meta.get_fields()
        if isinstance(each, EncryptedField)
    ]


def encrypted_texts() -> list[EncryptedTexts]:
    return [*encrypted_columns(), *_registered]


def rotate() -> Rotation:
    """Re-encrypt all of it with the first key. A row that no key decrypts, or a store that is down, blocks no other."""
    from tenants.archive_keys import keep_all  # whose model has a column of ours

    keep_all()
    done = Rotation()
    for texts in encrypted_texts():
        done.reencrypted[str(texts)] = 0
        try:
            _rotate(texts, done)
        except Unavailable as error:
            done.failed.append(f"{texts}: {error.detail}")
    if not done.failed:
        done.needs = still_needed()
    return done


def _rotate(texts: EncryptedTexts, done: Rotation) -> None:
    for pk, old in texts.rows():
        try:
            new = crypto.reencrypt(old)
        except Unavailable:
            done.unreadable.append(f"{texts} of {pk}")
            continue
        done.reencrypted[str(texts)] += texts.replace(pk, old, new)


def still_needed() -> dict[str, int]:
    """Rows by the key that decrypts them, without the first: a process that was not restarted still uses an old one.

    Raises Unavailable.
    """
    needs = dict.fromkeys(map(crypto.fingerprint, settings.FERNET_KEYS[1:]), 0)
    for texts in encrypted_texts():
        for _, text in texts.rows():
            key = crypto.key_of(text)
            if key is not None and key != settings.FERNET_KEYS[0]:
                needs[crypto.fingerprint(key)] += 1
    return needs
