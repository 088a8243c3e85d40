from django.urls import path

from access import openapi  # noqa: F401  registers itself
from access.views.audit import AuditView
from access.views.invitations import InvitationView
from access.views.me import MeView, MyPasswordView
from access.views.members import (
    InvitationOfTenantView,
    InvitationsView,
    InviteView,
    MemberResetView,
    MembersView,
    MemberView,
)
from access.views.passwords import ResetConfirmView, ResetView
from access.views.session import LoginView, LogoutView, SessionView
from access.views.tokens import TokensView, TokenView

urlpatterns = [
    path("api/v1/session", SessionView.as_view(), name="session"),
    path("api/v1/login", LoginView.as_view(), name="login"),
    path("api/v1/logout", LogoutView.as_view(), name="logout"),
    path("api/v1/me", MeView.as_view(), name="me"),
    path("api/v1/me/password", MyPasswordView.as_view(), name="my-password"),
    path("api/v1/password-reset", ResetView.as_view(), name="password-reset"),
    path("api/v1/password-reset/confirm", ResetConfirmView.as_view(), name="password-reset-confirm"),
    path("api/v1/members", MembersView.as_view(), name="members"),
    path("api/v1/members/invite", InviteView.as_view(), name="invite"),
    path("api/v1/members/invitations", InvitationsView.as_view(), name="invitations"),
    path("api/v1/members/invitations/<str:id>", InvitationOfTenantView.as_view(), name="invitation-of-tenant"),
    path("api/v1/members/<str:id>", MemberView.as_view(), name="member"),
    path("api/v1/members/<str:id>/password-reset", MemberResetView.as_view(), name="member-reset"),
    path("api/v1/invitations/<str:token>", InvitationView.as_view(), name="invitation"),
    path("api/v1/tokens", TokensView.as_view(), name="tokens"),
    path("api/v1/tokens/<str:id>", TokenView.as_view(), name="token"),
    path("api/v1/audit", AuditView.as_view(), name="audit"),
]
