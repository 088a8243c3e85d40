"""Request and response bodies, as in the OpenAPI schema."""

from __future__ import annotations

from typing import Any

from django.core.validators import EmailValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kernel.times import LATEST, MAX_CHARS

ROLE_NAMES = ["viewer", "engineer", "admin"]
EARLIEST_EXPIRY = 1_000_000_000_000  # ms; in 2001: whatever is less is past


class TextField(serializers.CharField):
    """A JSON string, limited before blanks are trimmed; DRF's also accepts numbers."""

    def __init__(self, max_length: int, **options: Any) -> None:
        least = None if options.get("allow_blank") else 1
        super().__init__(max_length=max_length, min_length=least, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data) > (self.max_length or 0):
            self.fail("max_length", max_length=self.max_length)
        return str(super().to_internal_value(data))


class LineField(TextField):
    """A person's name: one line of printable text, which others see in lists and mails."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text.isprintable():
            raise serializers.ValidationError("This is not one line of printable text.", code="not-one-line")
        return text


MAX_ADDRESS = 254


@extend_schema_field({
    "oneOf": [
        {"type": "string", "format": "email", "minLength": 1, "maxLength": MAX_ADDRESS},
        {"type": "string", "maxLength": 0},
    ]
})  # fmt: skip
class AddressField(TextField):
    """An e-mail address, or nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_ADDRESS, required=False, allow_blank=True, **options)
        self.validators.append(EmailValidator(message="Enter a valid email address."))


class FlagField(serializers.BooleanField):
    """JSON's true or false; DRF's also accepts words and numbers."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class CurrentPassword(TextField):
    """Not needed for every change."""

    def __init__(self, help_text: str) -> None:
        super().__init__(max_length=256, trim_whitespace=False, required=False, write_only=True, help_text=help_text)


class CredentialsBody(serializers.Serializer[Any]):
    username = TextField(max_length=150)
    password = TextField(max_length=256, trim_whitespace=False)


class TokenResponse(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown only once")
    expires = serializers.IntegerField(help_text="Epoch ms")


class MembershipResponse(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(ROLE_NAMES)
    state = serializers.CharField(help_text="Of the tenant; its data is available when it is `ready`")


class PersonResponse(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()


class MeResponse(serializers.Serializer[Any]):
    user = PersonResponse()
    operator = serializers.BooleanField()
    via = serializers.ChoiceField(["session", "token"])
    scopes = serializers.ListField(child=serializers.CharField())
    tenants = MembershipResponse(many=True)
    csrf = serializers.CharField(allow_blank=True, help_text="For the header X-CSRFToken of a session's changes")


class MeChange(serializers.Serializer[Any]):
    name = LineField(max_length=150, required=False, allow_blank=True)
    email = AddressField()
    current_password = CurrentPassword(help_text="Needed for a new e-mail address")


class SessionResponse(serializers.Serializer[Any]):
    signed_in = serializers.BooleanField()
    csrf = serializers.CharField()


class PasswordChange(serializers.Serializer[Any]):
    current = TextField(max_length=256, trim_whitespace=False)
    new = TextField(max_length=256, trim_whitespace=False)
    revoke_tokens = FlagField(default=False, help_text="End the named API tokens too")


class ResetRequest(serializers.Serializer[Any]):
    username = TextField(max_length=254, help_text="Username or e-mail address")


class ResetConfirm(serializers.Serializer[Any]):
    token = TextField(max_length=200)
    password = TextField(max_length=256, trim_whitespace=False)


class DetailResponse(serializers.Serializer[Any]):
    detail = serializers.CharField()


class MemberResponse(serializers.Serializer[Any]):
    id = serializers.CharField()
    username = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(ROLE_NAMES)
    active = serializers.BooleanField()
    me = serializers.BooleanField()
    created = serializers.IntegerField(help_text="Epoch ms")
    last_login = serializers.IntegerField(allow_null=True, help_text="Epoch ms")


class MemberList(serializers.Serializer[Any]):
    results = MemberResponse(many=True)
    next = serializers.CharField(allow_null=True)


class MemberChange(serializers.Serializer[Any]):
    role = serializers.ChoiceField(ROLE_NAMES, required=False)
    active = FlagField(required=False)


class InviteBody(serializers.Serializer[Any]):
    role = serializers.ChoiceField(ROLE_NAMES, default="viewer")
    email = AddressField(default="")
    tenant = TextField(max_length=150, required=False, help_text="Operators only: the tenant to invite somebody to")


class InviteResponse(serializers.Serializer[Any]):
    id = serializers.CharField()
    link = serializers.CharField(allow_null=True, help_text="Null if it was sent by mail; shown only once")
    sent_to = serializers.CharField(allow_null=True)
    expires = serializers.IntegerField(help_text="Epoch ms")


class LinkResponse(serializers.Serializer[Any]):
    link = serializers.CharField(allow_null=True, help_text="Null if it was sent by mail; shown only once")
    sent_to = serializers.CharField(allow_null=True)


class InvitationResponse(serializers.Serializer[Any]):
    id = serializers.CharField()
    role = serializers.ChoiceField(ROLE_NAMES)
    email = serializers.CharField()
    invited_by = serializers.CharField()
    created = serializers.IntegerField()
    expires = serializers.IntegerField()


class InvitationList(serializers.Serializer[Any]):
    results = InvitationResponse(many=True)
    next = serializers.CharField(allow_null=True)


class PublicInvitation(serializers.Serializer[Any]):
    tenant = serializers.CharField(help_text="Its name")
    slug = serializers.CharField()
    role = serializers.ChoiceField(ROLE_NAMES)
    invited_by = serializers.CharField()
    email = serializers.CharField()
    expires = serializers.IntegerField(help_text="Epoch ms")


class AcceptBody(serializers.Serializer[Any]):
    """Without a username, the person who is signed in accepts."""

    username = TextField(max_length=150, required=False)
    password = TextField(max_length=256, required=False, trim_whitespace=False)
    name = LineField(max_length=150, required=False, allow_blank=True, default="")


class AcceptResponse(serializers.Serializer[Any]):
    tenant = serializers.CharField(help_text="Its slug")
    role = serializers.ChoiceField(ROLE_NAMES)
    username = serializers.CharField()


@extend_schema_field({
    "oneOf": [
        {"type": "string", "minLength": 1, "maxLength": MAX_CHARS},
        {"type": "integer", "minimum": EARLIEST_EXPIRY, "maximum": LATEST},
    ],
    "description": "In the future, ISO 8601 with a zone or epoch ms; a year from now if missing; null: never expires",
})  # fmt: skip
class MomentOrNever(serializers.JSONField):
    pass


class TokenBody(serializers.Serializer[Any]):
    name = LineField(max_length=100)
    tenant = TextField(
        max_length=150,
        required=False,
        allow_null=True,
        help_text="Its slug; the request's tenant if missing; null for operators' tokens",
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(["read", "write", "ingest", "operate"]), min_length=1, max_length=4
    )
    device = TextField(
        max_length=40, required=False, allow_blank=True, help_text="The id of its only device; scope ingest"
    )
    expires = MomentOrNever(required=False, allow_null=True)
    current_password = CurrentPassword(help_text="Needed for a token that never expires")


class TokenRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    username = serializers.CharField()
    kind = serializers.ChoiceField(["login", "named"])
    tenant = serializers.CharField(allow_null=True, help_text="Its slug")
    scopes = serializers.ListField(child=serializers.CharField())
    device = serializers.CharField(help_text="The device that it is bound to, or empty")
    hint = serializers.CharField(help_text="How the token begins")
    created = serializers.IntegerField()
    expires = serializers.IntegerField(allow_null=True)
    last_used = serializers.IntegerField(allow_null=True)


class TokenCreated(TokenRow):
    token = serializers.CharField(help_text="Shown only once")


class TokenList(serializers.Serializer[Any]):
    results = TokenRow(many=True)
    next = serializers.CharField(allow_null=True)


class AuditRow(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.IntegerField(help_text="Epoch ms")
    username = serializers.CharField(help_text="Empty: the platform itself")
    via = serializers.CharField()
    address = serializers.CharField()
    tenant = serializers.CharField(allow_null=True, help_text="Its slug")
    action = serializers.CharField()
    target = serializers.CharField()
    detail = serializers.DictField()


class AuditList(serializers.Serializer[Any]):
    results = AuditRow(many=True)
    next = serializers.CharField(allow_null=True)
