from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db import models

from kernel.ids import BACKUP, ROLLOUT, TENANT, new_id
from kernel.tenancy import Credentials, Limits, TenantConnection
from tenants import crypto, secrets
from tenants.drivers.base import Size, Software
from tenants.encryption import EncryptedField
from tenants.lifecycle import BackupState, Plan, Ring, State, StepState
from tenants.rollouts.machine import MemberState, RolloutState


def new_tenant_id() -> str:
    return new_id(TENANT)


def new_rollout_id() -> str:
    return new_id(ROLLOUT)


def new_backup_id() -> str:
    return new_id(BACKUP)


class Tenant(models.Model):
    """A customer's isolation boundary: own InfluxDB, own disk, own document database, own credentials.

    This row is the truth. `state` is what it is, `plan` what the reconciler still has to do (empty: nothing).
    `slug` is how people name it, stored once and never recomputed; everything stored is named by `id` (never reused)
    or by `disk` (its own id, or that of the kept disk it adopted; `volume` is what its cluster calls that one).
    `restoring` names the backup to restore before it becomes ready, `restore_unauthenticated` allows one that this
    installation did not sign.
    """

    id = models.CharField(primary_key=True, max_length=11, default=new_tenant_id, editable=False)
    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    driver = models.CharField(max_length=16, default="local")
    cluster = models.CharField(max_length=63, blank=True, default="")
    state = models.CharField(max_length=16, default=State.requested, choices=[(s, s) for s in State])
    plan = models.CharField(max_length=16, blank=True, default="", choices=[(p, p) for p in Plan])
    keep_disk = models.BooleanField(default=False)
    error = models.TextField(blank=True, default="")

    release = models.CharField(max_length=64, blank=True, default="")
    ring = models.CharField(max_length=32, default=Ring.all)
    pinned = models.BooleanField(default=False)
    size: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)

    restoring = models.CharField(max_length=11, blank=True, default="")
    restore_unauthenticated = models.BooleanField(default=False)
    disk = models.CharField(max_length=11, unique=True)
    volume = models.CharField(max_length=253, blank=True, default="")
    endpoints: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    limits: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    encrypted_secrets = EncryptedField(db_column="sealed", blank=True, default="")

    lease_owner = models.CharField(max_length=32, blank=True, default="")
    lease_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)

    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(fields=["plan", "lease_until"], name="tenant_due")]

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.disk = self.disk or self.id
        super().save(*args, **kwargs)

    @property
    def secrets(self) -> secrets.Secrets | None:
        """The credentials, or None before they were made."""
        return secrets.decrypt(self.encrypted_secrets) if self.encrypted_secrets else None

    @property
    def unreadable(self) -> str:
        """Why its data is unavailable although it is ready: no key decrypts its credentials. Empty if one does."""
        return "" if not self.encrypted_secrets or crypto.can_decrypt(self.encrypted_secrets) else crypto.NO_KEY

    @property
    def limit_values(self) -> Limits:
        return msgspec.convert(self.limits, Limits)

    @property
    def size_values(self) -> Size:
        return msgspec.convert(self.size, Size)

    def identity(self) -> TenantConnection:
        """What the tenant's data is named by, even if it has no server (any more)."""
        nobody = Credentials("", "")
        return TenantConnection(self.id, self.slug, self.name, "", nobody, nobody, disk=self.disk)

    def connection(self) -> TenantConnection:
        """What the data plane gets to know. Raises ValueError before endpoints and credentials exist."""
        known = self.secrets
        if known is None or "http" not in self.endpoints:
            raise ValueError(f"Tenant {self.slug} has no server yet.")
        return TenantConnection(
            id=self.id,
            slug=self.slug,
            name=self.name,
            influx_url=self.endpoints["http"],
            reader=known.reader,
            writer=known.writer,
            limits=self.limit_values,
            disk=self.disk,
        )


class Step(models.Model):
    """One step of the current plan, as users see it."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=32)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=8, default=StepState.waiting)
    message = models.TextField(blank=True, default="")
    started: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)
    ended: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="one_step_of_a_name")]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.name} {self.state}"

    @property
    def seconds(self) -> float | None:
        """How long it took, or None while it has not ended."""
        if self.started is None or self.ended is None:
            return None
        return round((self.ended - self.started).total_seconds(), 3)


class Usage(models.Model):
    """A tenant's resource usage, as last measured."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="usage", primary_key=True)
    disk_bytes = models.BigIntegerField()
    series = models.BigIntegerField()
    sensors = models.IntegerField()
    samples = models.BigIntegerField()
    samples_per_s = models.FloatField()
    waiting = models.BigIntegerField()
    last_data: models.BigIntegerField[int | None, int | None] = models.BigIntegerField(null=True)
    dead_letters = models.BigIntegerField(default=0)
    dead_letters_dropped = models.BigIntegerField(default=0)
    left_out = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.disk_bytes} bytes"


class KeptDisk(models.Model):
    """The volume and the documents of a deleted tenant, kept under an id until a new tenant adopts them.

    `dropping`: it is being removed by the reconciler and cannot be adopted. This also sweeps up after a deleted tenant
    for a while: work in progress at that time (an import, say) may have written a last document.
    """

    id = models.CharField(primary_key=True, max_length=11)
    slug = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    driver = models.CharField(max_length=16)
    cluster = models.CharField(max_length=63, blank=True, default="")
    volume = models.CharField(max_length=253, blank=True, default="")
    size: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    kept = models.DateTimeField(auto_now_add=True)
    dropping = models.BooleanField(default=False)

    class Meta:
        ordering = ["-kept"]

    def __str__(self) -> str:
        return f"{self.id} of {self.slug}"


class Backup(models.Model):
    """One tenant in one archive below `BACKUP_FOLDER`. It outlives its tenant.

    `doing`: its progress, for users who wait.
    """

    id = models.CharField(primary_key=True, max_length=11, default=new_backup_id, editable=False)
    tenant = models.CharField(max_length=11)
    slug = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=16, default=BackupState.requested)
    size = models.BigIntegerField(default=0)
    doing = models.CharField(max_length=120, blank=True, default="")
    error = models.TextField(blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True, default="")
    ended: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["slug", "-created"], name="backups_of_slug")]

    def __str__(self) -> str:
        return f"{self.id} of {self.slug}"


class Cluster(models.Model):
    """A dedicated Kubernetes cluster for some tenants. The shared one, the control plane's own, has no row.

    `server` is its API's address; `influx_url` is where a tenant's InfluxDB in it is reached from here, `{namespace}`
    standing for the tenant's. `encrypted_kubeconfig`: the kubeconfig that we built, as JSON; empty where the one given
    was refused, and then `error` says why the cluster is disabled.
    """

    name = models.CharField(primary_key=True, max_length=63)
    encrypted_kubeconfig = EncryptedField(db_column="sealed")
    server = models.TextField(blank=True, default="")
    influx_url = models.CharField(max_length=255, blank=True, default="")
    error = models.TextField(blank=True, default="")
    added = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def kubeconfig(self) -> str:
        """Raises Unavailable where none of our keys decrypts it."""
        return crypto.decrypt(self.encrypted_kubeconfig).decode()

    @property
    def problem(self) -> str:
        """Why it is disabled; empty where it is not."""
        if self.error or not self.encrypted_kubeconfig:
            return self.error or "No kubeconfig is stored; give it one."
        return (
            ""
            if crypto.can_decrypt(self.encrypted_kubeconfig)
            else "No key of FERNET_KEYS decrypts its kubeconfig; upload it again."
        )


class ArchiveKey(models.Model):
    """A key that signed archives, encrypted: it verifies them after the one of FERNET_KEYS behind it is gone."""

    id = models.CharField(primary_key=True, max_length=16)
    encrypted_key = EncryptedField(db_column="sealed")
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class PodAccount(models.Model):
    """What a tenant's own pods sign in with, encrypted. `token_digest`: SHA-256 of the service token in it."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="pod_account", primary_key=True)
    encrypted_credentials = EncryptedField(db_column="sealed")
    token_digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.tenant_id


class Release(models.Model):
    """What a tenant's server consists of: images, chart, InfluxDB's settings. Immutable."""

    name = models.CharField(primary_key=True, max_length=64)
    images: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    chart_version = models.CharField(max_length=64, blank=True, default="")
    settings: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    notes = models.TextField(blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    @property
    def software(self) -> Software:
        return Software(self.name, self.chart_version, self.images, self.settings)


class Rollout(models.Model):
    """One release being rolled out to the tenants, ring by ring. `reason`: why it was stopped or paused."""

    id = models.CharField(primary_key=True, max_length=11, default=new_rollout_id, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="rollouts")
    state = models.CharField(max_length=16, default=RolloutState.running)
    ring = models.CharField(max_length=32, default=Ring.canary)
    reason = models.TextField(blank=True, default="")
    gate: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    lease_owner = models.CharField(max_length=32, blank=True, default="")
    lease_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True, default="")
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.release_id} {self.state}"


class RolloutMember(models.Model):
    """One tenant in a roll-out. `before` is its previous release, to which it can be rolled back."""

    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="members")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="rollouts")
    ring = models.CharField(max_length=32)
    state = models.CharField(max_length=16, default=MemberState.waiting)
    since = models.DateTimeField()
    before = models.CharField(max_length=64, blank=True, default="")
    message = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["rollout", "state"], name="member_state")]
        constraints = [models.UniqueConstraint(fields=["rollout", "tenant"], name="one_member_of_a_tenant")]

    def __str__(self) -> str:
        return f"{self.rollout_id} {self.tenant_id} {self.state}"


class RolloutEvent(models.Model):
    """What happened in a roll-out, and who did it; empty: the platform itself."""

    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    who = models.CharField(max_length=150, blank=True, default="")
    what = models.CharField(max_length=32)
    ring = models.CharField(max_length=32, blank=True, default="")
    tenant = models.CharField(max_length=40, blank=True, default="")
    message = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.rollout_id} {self.what}"
