"""Who is told of the demo's alarms: mails that the demo's own server keeps."""

from __future__ import annotations

from alarms.notification import repository
from alarms.notification.channels import ChannelContent, EmailSettings
from alarms.notification.models import Digest, Match, RouteContent, RouteStep
from demo.alarms import AUTHOR
from kernel.tenancy import TenantConnection

DUTY, ENGINEERING = "operator@harbour-tower.example", "engineering@harbour-tower.example"
ESCALATION_S, DIGEST_S = 600, 300
URGENT, OTHERS = "Urgent alarms", "Other alarms, in one mail"


def ensure_routes(tenant: TenantConnection, now: int) -> bool:
    """Whether they were added: not where there are channels or routes already, which are people's."""
    if repository.channels(tenant) or repository.routes(tenant):
        return False
    duty, engineering = (
        repository.put_channel(
            tenant, None, ChannelContent(name=name, settings=EmailSettings([to])), None, author=AUTHOR, now=now
        ).id
        for name, to in (("Operator on duty", DUTY), ("Plant engineering", ENGINEERING))
    )
    urgent = RouteContent(
        name=URGENT,
        order=10,
        match=Match(priorities=[1, 2]),
        steps=[RouteStep(channels=[duty]), RouteStep(after_s=ESCALATION_S, channels=[engineering])],
    )
    others = RouteContent(
        name=OTHERS,
        order=20,
        match=Match(priorities=[3, 4]),
        steps=[RouteStep(channels=[engineering])],
        digest=Digest(every_s=DIGEST_S),
    )
    for route in (urgent, others):
        repository.put_route(tenant, None, route, None, author=AUTHOR, now=now)
    return True
