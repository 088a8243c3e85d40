"""The steps of each plan. Every step is an *ensure*: a worker that claims a tenant runs them all, from the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone

from kernel.errors import Unavailable
from tenants import influx, pod_credentials, secrets
from tenants.announcing import announce_change
from tenants.drivers import Driver, RetainsVolumes, Server, Software, Waiting, driver_named
from tenants.interfaces import data_plane
from tenants.leases import Lease
from tenants.lifecycle import Plan, State, StepState
from tenants.models import KeptDisk, Release, Tenant
from tenants.signals import announce

SETTLE_S = 1.5  # requests accepted before the tenant closed end within this; caches expire within 1 s
DRAIN_WITHIN_S = 20.0
POLL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class Work:
    """One tenant under one worker's lease. Steps save through the lease: without it nothing is saved."""

    tenant: Tenant
    lease: Lease

    @property
    def driver(self) -> Driver:
        return driver_named(self.tenant.driver)

    @property
    def server(self) -> Server:
        return server_of(self.tenant)

    @property
    def secrets(self) -> secrets.Secrets:
        known = self.tenant.secrets
        if known is None:
            raise Unavailable("The tenant has no credentials yet.")
        return known

    @property
    def url(self) -> str:
        return self.tenant.endpoints["http"]

    def report(self, message: str) -> None:
        """Show progress in the running step. Raises LeaseLost: then the work must stop."""
        self.lease.read()
        running = self.tenant.steps.filter(state=StepState.running)
        if running.exclude(message=message).update(message=message):
            announce_change(self.tenant.slug)


def servers_of(tenants: Iterable[Tenant]) -> list[Server]:
    """As their drivers see them; their releases are read in one query."""
    found = list(tenants)
    names = {tenant.release for tenant in found if tenant.release}
    known = {release.name: release.software for release in Release.objects.filter(name__in=names)} if names else {}
    return [_server_with(tenant, known.get(tenant.release, Software(tenant.release))) for tenant in found]


def server_of(tenant: Tenant) -> Server:
    return servers_of([tenant])[0]


def _server_with(tenant: Tenant, software: Software) -> Server:
    return Server(
        tenant.id,
        tenant.slug,
        tenant.disk,
        tenant.cluster,
        tenant.endpoints,
        name=tenant.name,
        encrypted_secrets=tenant.encrypted_secrets,
        software=software,
        size=tenant.size_values,
        volume=tenant.volume,
        ring=tenant.ring,
    )


@dataclass(frozen=True, slots=True)
class StepPlan:
    """`needs_database`: it talks to the tenant's database, which simulated tenants do not have."""

    name: str
    title: str
    run: Callable[[Work], None]
    needs_database: bool = False


def _credentials(work: Work) -> None:
    """Saved before they are used: a worker killed after this finds the same ones."""
    if not work.tenant.encrypted_secrets:
        work.lease.save(encrypted_secrets=secrets.encrypt(secrets.make_secrets()))


def _allocate_endpoints(work: Work) -> None:
    work.lease.save(endpoints=work.driver.allocate_endpoints(work.server))


def _server(work: Work) -> None:
    work.driver.ensure_server(work.server, work.report)


def _users(work: Work) -> None:
    influx.ensure_admin(work.url, work.secrets, lambda name: work.driver.admin_token(work.server, name))
    influx.ensure_users(work.url, work.secrets)


def _database(work: Work) -> None:
    influx.ensure_database(work.url, work.secrets)


def _events_policy(work: Work) -> None:
    influx.ensure_later_policies(work.url, work.secrets)


def _documents(work: Work) -> None:
    data_plane().prepare_documents(work.tenant.connection())


def _verify(work: Work) -> None:
    influx.verify(work.url, work.secrets)


def _stop(work: Work) -> None:
    work.driver.stop_server(work.server)


def _close(work: Work) -> None:
    """The row says `deleting`, so no request is accepted any more; those in progress get time to finish."""
    left = SETTLE_S - (timezone.now() - work.tenant.changed).total_seconds()
    if left > 0:
        raise Waiting("Requests accepted before are still being answered.", again_s=min(left, POLL_INTERVAL_S))


def _drain(work: Work) -> None:
    """Accepted samples are written before a kept disk is detached."""
    if not work.tenant.keep_disk or not data_plane().pending(work.tenant.identity()):
        return
    work.driver.ensure_server(work.server, work.report)  # a suspended tenant's does not run
    if waiting := data_plane().pending(work.tenant.identity()):
        raise Waiting(
            f"{waiting} accepted batches still wait for the ingest writer; is it running?",
            again_s=POLL_INTERVAL_S,
            at_most_s=DRAIN_WITHIN_S,
        )


def _remove_server(work: Work) -> None:
    work.driver.remove_server(work.server, work.report)


def _streams(work: Work) -> None:
    pod_credentials.revoke(work.tenant.id)
    data_plane().drop_keys(work.tenant.identity())


def _drop_documents(work: Work) -> None:
    if not work.tenant.keep_disk:
        data_plane().drop_documents(work.tenant.identity())


def _disk(work: Work) -> None:
    """Before its namespace is removed. Its name is saved at once: nothing can tell it later."""
    if not work.tenant.keep_disk:
        work.driver.remove_disk(work.server)
    elif isinstance(work.driver, RetainsVolumes):
        work.lease.save(volume=work.driver.retain_volume(work.server))


def _release_endpoints(work: Work) -> None:
    work.driver.release_endpoints(work.server)


def _delete_record(work: Work) -> None:
    """Last of all: the disk gets a record of its own in the transaction that deletes its tenant."""
    tenant = work.tenant
    place = {"driver": tenant.driver, "cluster": tenant.cluster}
    with work.lease.transaction():
        KeptDisk.objects.create(
            id=tenant.disk,
            slug=tenant.slug,
            name=tenant.name,
            dropping=not tenant.keep_disk,
            volume=tenant.volume if tenant.keep_disk else "",
            size=tenant.size,
            **place,
        )
        tenant.delete()
        announce(work.lease.tenant_id, tenant.slug, State.deleted)


# What follows `provision` if a backup is restored: not done by the reconciler, as a large one takes long.
UNPACK, FILL_SAMPLES, FILL_DOCUMENTS = "unpack", "fill-samples", "fill-documents"
FILLING = {
    UNPACK: "Check and unpack the backup",
    FILL_SAMPLES: "Restore samples",
    FILL_DOCUMENTS: "Restore documents",
}


def titles_of(plan: Plan, filling: bool) -> dict[str, str]:
    """Titles of the steps as users see them, by name, in order."""
    own = {step.name: step.title for step in PLANS[plan]}
    return own | FILLING if filling and plan is Plan.provision else own


PLANS: dict[Plan, tuple[StepPlan, ...]] = {
    Plan.none: (),
    Plan.provision: (
        StepPlan("credentials", "Generate credentials", _credentials),
        StepPlan("endpoints", "Allocate endpoints", _allocate_endpoints),
        StepPlan("server", "Start InfluxDB", _server),
        StepPlan("users", "Create users", _users, needs_database=True),
        StepPlan("database", "Create the database", _database, needs_database=True),
        StepPlan("documents", "Prepare the document database", _documents),
        StepPlan("verify", "Verify access", _verify, needs_database=True),
    ),
    Plan.upgrade: (
        StepPlan("server", "Apply release and size", _server),
        StepPlan("events", "Prepare the store of events", _events_policy, needs_database=True),
        StepPlan("verify", "Verify access", _verify, needs_database=True),
    ),
    Plan.suspend: (StepPlan("stop", "Stop InfluxDB", _stop),),
    Plan.delete: (
        StepPlan("close", "Revoke access", _close),
        StepPlan("drain", "Write accepted samples", _drain),
        StepPlan("remove-server", "Remove InfluxDB", _remove_server),
        StepPlan("streams", "Remove streams", _streams),
        StepPlan("drop-documents", "Remove documents", _drop_documents),
        StepPlan("disk", "Remove or retain the disk", _disk),
        StepPlan("release-endpoints", "Release endpoints", _release_endpoints),
        StepPlan("delete-record", "Delete the record", _delete_record),
    ),
}
