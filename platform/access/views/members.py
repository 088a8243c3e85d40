"""Members of a tenant, for its admins."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import mail
from access.links import base_url, invitation_link, reset_link
from access.models import Invitation, Membership, User
from access.operations import invitations, passwords, people
from access.throttling import take_mail
from access.views import present
from access.views.helpers import PAGING, body, plain, require_person, tenant_row, user_of
from access.views.serializers import (
    InvitationList,
    InviteBody,
    InviteResponse,
    LinkResponse,
    MemberChange,
    MemberList,
    MemberResponse,
)
from kernel.errors import BadRequest, Forbidden, NotFound, Unavailable
from tenants.models import Tenant
from web import clock
from web.audit import audit
from web.caller import Role, caller_of, tenant_of
from web.mail import is_set_up
from web.paging import page_of
from web.requires import requires

TAGS = ["access"]


@requires(role="admin")
class MembersView(APIView):
    @extend_schema(
        operation_id="members_list", tags=TAGS, summary="The tenant's people", parameters=PAGING, responses=MemberList
    )
    def get(self, request: Request) -> Response:
        rows = Membership.objects.filter(tenant_id=tenant_of(request).id).select_related("user").order_by("id")
        me = caller_of(request).user_id
        return Response(page_of(plain(request), list(rows), lambda row: row.id, lambda row: present.member(row, me)))


@requires(role="admin")
class MemberView(APIView):
    @extend_schema(
        operation_id="members_update", tags=TAGS, summary="Change somebody's role, or (de)activate them",
        description="The last active admin of a tenant can neither lose the role nor be deactivated (409).",
        request=MemberChange, responses=MemberResponse,
    )  # fmt: skip
    def patch(self, request: Request, id: str) -> Response:
        row = _member(request, id)
        require_person(request)
        values = body(request, MemberChange)
        before = {"role": row.role, "active": row.active}
        role = Role[values["role"]] if "role" in values else None
        row = people.change_membership(row, role=role, active=values.get("active"))
        after = {"role": row.role, "active": row.active}
        audit(request, "member.update", id, {"user": row.user.username, "before": before, "after": after})
        return Response(present.member(row, caller_of(request).user_id))

    @extend_schema(
        operation_id="members_delete", tags=TAGS, summary="Remove somebody from the tenant, with their tokens for it",
        responses={204: OpenApiResponse()},
    )  # fmt: skip
    def delete(self, request: Request, id: str) -> Response:
        row = _member(request, id)
        require_person(request)
        people.remove_membership(row)
        audit(request, "member.delete", id, {"user": row.user.username, "before": {"role": row.role}})
        return Response(status=204)


@requires(role="admin")
class MemberResetView(APIView):
    @extend_schema(
        operation_id="members_password_reset", tags=TAGS, summary="A link to set a new password, for a member",
        description="Sent by mail if mail is configured, else returned here. Only for people in no other tenant.",
        request=None, responses=LinkResponse,
    )  # fmt: skip
    def post(self, request: Request, id: str) -> Response:
        row = _member(request, id)
        require_person(request)
        if not row.active or not row.user.is_active:
            raise BadRequest(f"{row.user.username} is deactivated.", slug="inactive")
        take_mail(row.tenant_id, row.user.email)
        link = reset_link(passwords.reset_token(row.user), base_url(plain(request)))
        if is_set_up() and row.user.email:
            mail.send_reset(row.user.email, row.user.username, link)
            body = {"link": None, "sent_to": row.user.email}
        else:
            passwords.check_may_hand_out_reset(row)
            body = {"link": link, "sent_to": None}
        audit(request, "member.password_reset", id, {"user": row.user.username, "sent_to": body["sent_to"]})
        return Response(body)


@requires(tenant=False)
class InviteView(APIView):
    @extend_schema(
        operation_id="members_invite", tags=TAGS, summary="Invite somebody with a link that works once, within a week",
        description="For the tenant's admins; operators may invite to any tenant by naming it in the body "
        "(a pipeline's token only while the tenant has no admin).",
        request=InviteBody, responses={201: InviteResponse},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        values = body(request, InviteBody)
        tenant, me = _inviting_tenant(request, values.get("tenant")), user_of(request)
        row, token = invitations.invite(tenant, Role[values["role"]], values["email"], me, clock.now())
        link: str | None = invitation_link(token, base_url(plain(request)))
        sent_to = None
        if link and is_set_up() and row.email:
            _mail_invitation(row, tenant, me, link)
            link, sent_to = None, row.email
        audit(request, "member.invite", row.id, {"role": row.role, "email": row.email}, tenant=tenant.slug)
        expires = present.ms(row.expires)
        return Response({"id": row.id, "link": link, "sent_to": sent_to, "expires": expires}, status=201)


@requires(role="admin")
class InvitationsView(APIView):
    @extend_schema(
        operation_id="invitations_list", tags=TAGS, summary="Pending invitations",
        parameters=PAGING, responses=InvitationList,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = _open_invitations(request).select_related("invited_by").order_by("id")
        return Response(page_of(plain(request), list(rows), lambda row: row.id, present.invitation))


@requires(role="admin")
class InvitationOfTenantView(APIView):
    @extend_schema(
        operation_id="invitations_delete", tags=TAGS, summary="Withdraw an invitation",
        responses={204: OpenApiResponse()},
    )  # fmt: skip
    def delete(self, request: Request, id: str) -> Response:
        row = _open_invitations(request).filter(pk=id).first()
        if row is None:
            raise NotFound(f"There is no open invitation {id} in this tenant.")
        require_person(request)
        row.delete()
        audit(request, "member.uninvite", id, {"role": row.role, "email": row.email})
        return Response(status=204)


def _mail_invitation(row: Invitation, tenant: Tenant, by: User, link: str) -> None:
    try:
        mail.send_invitation(row.email, tenant.name, by.name or by.username, link)
    except Unavailable:
        row.delete()  # nobody has the link
        raise


def _member(request: Request, id: str) -> Membership:
    row = Membership.objects.select_related("user").filter(pk=id, tenant_id=tenant_of(request).id).first()
    if row is None:
        raise NotFound(f"There is no member {id} in this tenant.")
    return row


def _open_invitations(request: Request) -> invitations.Invitations:
    return Invitation.objects.filter(tenant_id=tenant_of(request).id, accepted__isnull=True, expires__gt=clock.now())


def _inviting_tenant(request: Request, named: str | None) -> Tenant:
    """The tenant of the invitation: the admin's own, or the one that an operator names."""
    caller = caller_of(request)
    own = getattr(request, "tenant", None)
    if caller.operator and named and (own is None or own.slug != named):
        tenant = Tenant.objects.filter(slug=named).exclude(state__in=invitations.GONE).first()
        if tenant is None:
            raise NotFound(f"There is no tenant “{named}”.", slug="no-such-tenant")
        if people.has_admin(tenant):
            require_person(request)
        return tenant
    if named and own is not None and named != own.slug:
        raise NotFound(f"You are not a member of a tenant “{named}”.", slug="no-such-tenant")
    tenant_of(request)
    require_person(request)
    if caller.role is not Role.admin:
        raise Forbidden("Only the tenant's admins may invite people.")
    return tenant_row(request)
