"""What the data plane keeps of a person goes when they leave a tenant."""

from __future__ import annotations

from typing import Any

from access.models import Membership
from alarms.notification import subscriptions
from kernel.tenancy import TenantConnection
from twin.bookmarks.repository import PRIVATE, delete_private
from twin.drafts.repository import DRAFTS, delete_all
from web.clock import now_ms
from web.directory import directory
from web.stores import documents
from work.cases.operations import unassign_left
from workspace.people import discard_personal, owners_of_personal


def discard_personal_data(slug: str, user_id: int, **_: Any) -> None:
    """Their unpublished drawings, their own bookmarks, views and dashboards, and browsers that get push messages. Their
    open cases are nobody's then.
    """
    tenant = directory().by_slug(slug)
    if tenant is not None:
        _discard(tenant, user_id)
        unassign_left(tenant, now_ms())


def discard_left(tenant: TenantConnection) -> None:
    """The same of people who left while a process was killed or a store was down."""
    owners = owners_of_personal(tenant)
    for collection in (DRAFTS, PRIVATE):
        owners |= {document["owner"] for document in documents(tenant).find(collection, only=("owner",))}
    owners |= {each["user"] for each in documents(tenant).find(subscriptions.SUBSCRIPTIONS.name, only=("user",))}
    members = Membership.objects.filter(tenant_id=tenant.id).values_list("user_id", flat=True)  # after their documents
    for user_id in owners.difference(members):
        _discard(tenant, user_id)
    unassign_left(tenant, now_ms())


def _discard(tenant: TenantConnection, user_id: int) -> None:
    delete_all(tenant, {"owner": user_id})
    delete_private(tenant, user_id)
    discard_personal(tenant, user_id)
    subscriptions.forget_person(tenant, user_id)
