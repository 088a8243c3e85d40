"""A tenant's archive is restored if this installation signed it, whatever its keys are now, or on explicit request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from access.models import AuditEntry
from runtime.archives import Unauthenticated, add_bytes
from tenants import archive_keys
from tenants.backups import restore as restoring
from tenants.backups.archive import FORMAT, About, authenticate, writing
from tenants.backups.location import location_of
from tenants.backups.take import back_up
from tenants.encryption import rotate
from tenants.models import ArchiveKey, Tenant
from tests.tenants.conftest import MakeTenant
from tests.tenants.filled import contents

ABOUT = About(FORMAT, "b2345678923", 0, "t2345678923", "acme", "Acme", "", {}, {}, 0)


def write(path: Path) -> Path:
    with writing(path, ABOUT) as tar:
        add_bytes(tar, "documents/sites.bson", b"")
    return path


@pytest.mark.django_db
def test_an_old_archive_stays_authentic_after_a_rotation(tmp_path: Path, settings: Any) -> None:
    old, new, newer = (Fernet.generate_key().decode() for _ in range(3))
    settings.FERNET_KEYS = [old]
    archive = write(tmp_path / "old")
    for keys in ([new, old], [newer, new]):
        settings.FERNET_KEYS = keys
        assert rotate().old_keys_may_go
        settings.FERNET_KEYS = keys[:1]
        authenticate(archive)
    ArchiveKey.objects.all().delete()
    with pytest.raises(Unauthenticated, match="another installation"):
        authenticate(archive)


@pytest.mark.django_db
def test_the_kept_keys_decrypt_nothing_else(settings: Any, tmp_path: Path) -> None:
    """What is kept does not give the key away that it follows from, and a tenant's key signs for that tenant alone."""
    write(tmp_path / "one")
    [row] = ArchiveKey.objects.all()
    assert settings.FERNET_KEYS[0] not in row.encrypted_key
    one, other, all_ = (archive_keys.signing_key(purpose) for purpose in ("tenant a", "tenant b", "installation"))
    assert one.id == other.id == all_.id
    assert len({one.secret, other.secret, all_.secret}) == 3
    assert repr(one.secret) not in repr(one)


@pytest.mark.django_db
def test_an_archive_names_its_tenant_and_is_signed_with_that_tenants_key(tmp_path: Path) -> None:
    import msgspec

    from runtime import archives

    forged = msgspec.structs.replace(ABOUT, tenant="t9999999999")
    key = archive_keys.signing_key(archive_keys.of_tenant(ABOUT.tenant))
    with archives.writing(tmp_path / "forged", "plantrace-tenant.json", msgspec.json.encode(forged), key):
        pass
    with pytest.raises(Unauthenticated, match="was changed"):
        authenticate(tmp_path / "forged")


@pytest.mark.django_db
def test_the_command_restores_no_unauthenticated_archive(tmp_path: Path, settings: Any) -> None:
    archive = write(tmp_path / "archive.tar.gz")
    ArchiveKey.objects.all().delete()
    settings.FERNET_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="signed by another installation"):
        call_command("tenants", "restore", str(archive), "--into", "stranger")
    assert not Tenant.objects.filter(slug="stranger").exists()


def test_an_unauthenticated_archive_is_restored_only_on_request(
    original: Tenant, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    archive = tmp_path / "original.tar.gz"
    about = back_up(original, location_of(archive))
    content = archive.read_bytes()
    from runtime.signing import LENGTH

    archive.write_bytes(content[:-LENGTH])  # as older versions wrote it
    copy = make_tenant("copy")
    with pytest.raises(Unauthenticated, match="is not signed: it was taken by an older version"):
        restoring.restore(copy, location_of(archive))
    copy.refresh_from_db()
    assert (copy.state, copy.restoring) == ("ready", "")
    with pytest.raises(CommandError, match="is not signed"):
        call_command("tenants", "restore", str(archive), "--into", "copy")
    call_command("tenants", "restore", str(archive), "--into", "copy", "--unauthenticated")
    assert contents(copy.connection()) == contents(original.connection())
    detail = AuditEntry.objects.get(action="tenant.restore", tenant_slug="copy").detail
    assert (detail["backup"], detail["unauthenticated"]) == (about.id, "yes")
