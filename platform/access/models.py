from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from knox.models import AbstractAuthToken

from kernel.ids import INVITATION, MEMBERSHIP, TOKEN, new_id
from web.caller import Role

ROLES = [(role.name, role.name) for role in Role]


def new_membership_id() -> str:
    return new_id(MEMBERSHIP)


def new_token_id() -> str:
    return new_id(TOKEN)


def new_invitation_id() -> str:
    return new_id(INVITATION)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        """Usernames are stored in lower case, so that `Anna` and `anna` are one person."""
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person. Memberships say what they may do; `operator` marks the platform's own staff."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=150, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)
    generation = models.PositiveIntegerField(default=0)  # incrementing it invalidates all sessions

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["username"]
        constraints = [models.UniqueConstraint(Lower("username"), name="one_username_in_any_case")]

    def __str__(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Hash that a session must have to be valid; Django's depends on the password alone."""
        return salted_hmac(
            "access.User.session", f"{self.password}:{self.generation}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def clean_fields(self, exclude: Any = None) -> None:
        self.username = self.username.strip().lower()
        super().clean_fields(exclude)


class Membership(models.Model):
    """A person's role in a tenant. Inactive ones are kept for the record and give no access."""

    id = models.CharField(primary_key=True, max_length=11, default=new_membership_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=ROLES)
    active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["user__username"]
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="one_membership_a_tenant")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.tenant_id}: {self.role}"

    @property
    def rank(self) -> Role:
        return Role[self.role]


class ApiToken(AbstractAuthToken):
    """A bearer token; only its digest is stored. Bound to a tenant, or (`login`) for everything its owner may do,
    or (`operate` and no tenant) for the platform's pipelines."""

    class Kind(models.TextChoices):
        login = "login"  # created by signing in; ends with signing out or a new password
        named = "named"  # created for a pipeline or a device; ends when it is revoked or expires

    id = models.CharField(unique=True, max_length=11, default=new_token_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.named)
    name = models.CharField(max_length=100, blank=True, default="")
    tenant = models.ForeignKey("tenants.Tenant", null=True, blank=True, on_delete=models.CASCADE, related_name="tokens")
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    device = models.CharField(max_length=11, blank=True, default="", db_index=True)  # the only one that may use it
    last_used: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.kind} token {self.id} of {self.user_id}"


class Invitation(models.Model):
    """A one-time link into a tenant; only the digest of its secret is stored."""

    id = models.CharField(primary_key=True, max_length=11, default=new_invitation_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=16, choices=ROLES)
    email = models.EmailField(blank=True, default="")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    accepted: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.id} to {self.tenant_id} as {self.role}"


class AuditEntry(models.Model):
    """Who changed what, and when. Never changed; outlives the person and the tenant, so it holds their names.

    `tenant` is the tenant's id (a reused slug is another tenant), empty where the change was the platform's.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    username = models.CharField(max_length=150, blank=True, default="")
    via = models.CharField(max_length=8, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")
    tenant = models.CharField(max_length=11, blank=True, default="", db_index=True)
    tenant_slug = models.CharField(max_length=63, blank=True, default="")
    action = models.CharField(max_length=64, db_index=True)
    target = models.CharField(max_length=200, blank=True, default="")
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "-id"], name="audit_of_tenant")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.username} {self.action} {self.target}"
