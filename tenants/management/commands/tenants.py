"""Tenants from the command line, as an operator with access to this machine."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.errors import PlantraceError
from runtime.archives import BadArchive
from tenants import operations, queries
from tenants.backups import in_pod
from tenants.backups.archive import About, authenticate
from tenants.backups.location import FileLocation, location_of
from tenants.backups.restore import restore
from tenants.backups.take import back_up
from tenants.drivers import DriverError
from tenants.drivers.gitops.validation import check_repository, read_schema
from tenants.encryption import rotate
from tenants.lifecycle import Ring, State, StepState
from tenants.models import Tenant
from web.audit import audit

POLL_S = 0.1
OWN_ACTIONS = ("backup", "restore")  # what a tenant's own process may do
HINT = "Is a worker running? `manage.py doctor` shows that."


def _size(options: dict[str, Any]) -> dict[str, int]:
    names = ("disk_gib", "memory_mib", "cpu_milli")
    return {name: options[name] for name in names if options[name] is not None}


class Command(BaseCommand):
    help = "List, show, create, change and delete tenants."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="All tenants, and kept disks")
        listing.add_argument("--state", default="", choices=["", *State])
        listing.add_argument("--json", action="store_true")
        show = actions.add_parser("show", help="One tenant with its steps")
        show.add_argument("slug")
        show.add_argument("--json", action="store_true")
        create = actions.add_parser("create", help="Create a tenant and wait until it is ready")
        create.add_argument("slug")
        create.add_argument("--name", default="")
        create.add_argument("--driver", default="", help="By default the first of TENANT_DRIVERS")
        create.add_argument("--cluster", default="")
        create.add_argument("--adopt-disk", metavar="ID", help="A kept disk (see list)")
        create.add_argument("--release", default="", help="By default the one last rolled out to all")
        create.add_argument("--ring", type=Ring, choices=list(Ring), default=Ring.all)
        change = actions.add_parser("change", help="Change a tenant's name, ring, release, size")
        change.add_argument("slug")
        change.add_argument("--name")
        change.add_argument("--ring", type=Ring, choices=list(Ring))
        change.add_argument("--release")
        pinned = change.add_mutually_exclusive_group()
        pinned.add_argument("--pin", dest="pinned", action="store_true", default=None, help="Leave it out of roll-outs")
        pinned.add_argument("--unpin", dest="pinned", action="store_false")
        for chosen in (create, change):
            chosen.add_argument("--disk-gib", type=int, metavar="N")
            chosen.add_argument("--memory-mib", type=int, metavar="N")
            chosen.add_argument("--cpu-milli", type=int, metavar="N")
        manifest = actions.add_parser("manifest", help="Show the manifests of a tenant's server, without secrets")
        manifest.add_argument("slug")
        delete = actions.add_parser("delete", help="Delete a tenant and wait until nothing is left")
        delete.add_argument("slug")
        delete.add_argument("--confirm", metavar="SLUG", required=True, help="Repeat the slug")
        delete.add_argument("--keep-disk", action="store_true")
        for name, what in (
            ("suspend", "Close and stop"),
            ("resume", "Start and open"),
            ("retry", "Retry a failed step of"),
        ):
            actions.add_parser(name, help=f"{what} a tenant").add_argument("slug")
        renew = actions.add_parser("renew-credentials", help="Replace the credentials of a tenant's own pods")
        renew.add_argument("slug")
        for action in ("create", "change", "delete", "suspend", "resume", "retry", "renew-credentials"):
            chosen = actions.choices[action]
            chosen.add_argument("--no-wait", action="store_true", help="Do not wait for the worker")
            chosen.add_argument("--timeout", type=float, default=120, metavar="SECONDS")
        drop = actions.add_parser("drop-disk", help="Remove a kept disk and its documents permanently")
        drop.add_argument("disk", metavar="ID")
        drop.add_argument("--confirm", metavar="ID", required=True, help="Repeat the id")
        backup = actions.add_parser("backup", help="Back up one tenant into one archive, while it is in use")
        backup.add_argument("slug")
        backup.add_argument("file", help="Where to write it: a .tar.gz, or s3://bucket/name.tar.gz")
        restore = actions.add_parser(
            "restore", help="Restore an archive into a new tenant, which is created if it does not exist"
        )
        restore.add_argument("file", help="The archive: a file, or s3://bucket/name.tar.gz")
        restore.add_argument("--into", metavar="SLUG", required=True)
        restore.add_argument("--driver", default="", help="The driver of a tenant that is created")
        restore.add_argument(
            "--unauthenticated", action="store_true", help="Also an archive that this installation did not sign"
        )
        restore.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="Time limit for creating it")
        validate = actions.add_parser("validate", help="Check tenants' files in a git checkout")
        validate.add_argument("path", type=Path)
        validate.add_argument(
            "--chart", type=Path, help="The chart's folder, whose schema their values are checked against"
        )
        actions.add_parser(
            "rotate-keys",
            help="Re-encrypt all secrets with the first of FERNET_KEYS; report which keys are no longer needed",
        )

    def handle(self, *_: Any, action: str, **options: Any) -> None:
        if settings.CONTROL_URL and action not in OWN_ACTIONS:
            raise CommandError(f"A tenant's own process can only do {' and '.join(OWN_ACTIONS)}.")
        try:
            getattr(self, f"_{action.replace('-', '_')}")(options)
        except PlantraceError as error:
            raise CommandError(error.detail) from None
        except (BadArchive, DriverError, OSError) as error:
            raise CommandError(str(error)) from None

    def _list(self, options: dict[str, Any]) -> None:
        found, disks = queries.search(state=options["state"]), queries.kept_disks()
        if options["json"]:
            return self._json({"results": [queries.view(each) for each in found], "kept_disks": disks})
        for each in found:
            self.stdout.write(f"{each.slug:24} {each.driver:8} {queries.status(each)}")
        for disk in disks:
            self.stdout.write(f"kept disk {disk.id} of {disk.slug} ({disk.name}), driver {disk.driver}")

    def _show(self, options: dict[str, Any]) -> None:
        view = queries.view(queries.find(options["slug"]), whole=True)
        if options["json"]:
            return self._json(view)
        self.stdout.write(f"{view.slug} ({view.name}), id {view.id}, driver {view.driver}: {view.status}")
        for name, value in {**view.endpoints, **view.limits}.items():
            self.stdout.write(f"  {name:16} {value}")
        for step in view.steps:
            took = f"{step.seconds:7.2f} s" if step.seconds is not None else " " * 9
            self.stdout.write(f"  {step.state:8} {took}  {step.title} {step.message}".rstrip())

    def _create(self, options: dict[str, Any]) -> None:
        wanted = operations.NewTenant(
            slug=options["slug"],
            name=options["name"],
            driver=options["driver"],
            cluster=options["cluster"],
            adopt_disk=options["adopt_disk"],
            release=options["release"],
            ring=options["ring"],
            size=_size(options),
        )
        self._follow(operations.create(wanted), "tenant.create", State.ready, options)

    def _change(self, options: dict[str, Any]) -> None:
        given = {name: options[name] for name in ("name", "ring", "release", "pinned") if options[name] is not None}
        if size := _size(options):
            given["size"] = size
        changes = operations.Changes(**given)
        if not given:
            raise CommandError("Nothing to change: give --name, --ring, --release, --pin, --disk-gib, …")
        self._follow(operations.change(options["slug"], changes), "tenant.change", None, options)

    def _manifest(self, options: dict[str, Any]) -> None:
        for each in queries.manifests(queries.find(options["slug"])):
            self.stdout.write(f"# {each.name}\n{each.text}")

    def _delete(self, options: dict[str, Any]) -> None:
        going = operations.delete(options["slug"], options["confirm"], options["keep_disk"])
        self._follow(going, "tenant.delete", State.deleted, options)

    def _suspend(self, options: dict[str, Any]) -> None:
        self._follow(operations.suspend(options["slug"]), "tenant.suspend", State.suspended, options)

    def _resume(self, options: dict[str, Any]) -> None:
        self._follow(operations.resume(options["slug"]), "tenant.resume", State.ready, options)

    def _retry(self, options: dict[str, Any]) -> None:
        self._follow(operations.retry(options["slug"]), "tenant.retry", None, options)

    def _renew_credentials(self, options: dict[str, Any]) -> None:
        renewed = operations.renew_pod_credentials(options["slug"])
        self._follow(renewed, "tenant.renew-credentials", State.ready, options)
        self.stdout.write("Restart its pods (api, writer): they read their credentials as they start.")

    def _drop_disk(self, options: dict[str, Any]) -> None:
        kept = operations.drop_disk(options["disk"], options["confirm"])
        audit(None, "disk.delete", kept.id, {"by": "command line", "slug": kept.slug})
        self.stdout.write(f"Disk {kept.id} of {kept.slug} is being removed.")

    def _backup(self, options: dict[str, Any]) -> None:
        location, slug = location_of(options["file"]), options["slug"]
        if settings.CONTROL_URL:
            about = in_pod.back_up(slug, location, self.stdout.write)
        else:
            location.check_free()
            about = back_up(queries.find(slug), location, self.stdout.write)
        audit(None, "tenant.backup", about.tenant, {"by": "command line", "backup": about.id}, tenant=slug)
        self.stdout.write(f"{location}: {(location.size() or 0) / 1e6:.1f} MB")

    def _restore(self, options: dict[str, Any]) -> None:
        location, slug = location_of(options["file"]), options["into"]
        if settings.CONTROL_URL:
            about, id = in_pod.restore(slug, location, self.stdout.write, options["unauthenticated"])
            return self._restored(about, id, options)
        if isinstance(location, FileLocation) and not options["unauthenticated"]:
            authenticate(location.path)  # before a tenant is created; one in a bucket is checked after the download
        about = location.about()
        if not Tenant.objects.filter(slug=slug).exists():
            wanted = operations.NewTenant(slug=slug, name=about.name, driver=options["driver"])
            self._follow(operations.create(wanted), "tenant.create", State.ready, {**options, "no_wait": False})
        tenant = queries.find(slug)
        restore(tenant, location, self.stdout.write, options["unauthenticated"])
        self._restored(about, tenant.id, options)

    def _restored(self, about: About, id: str, options: dict[str, Any]) -> None:
        slug = options["into"]
        detail = {"by": "command line", "backup": about.id, "of": about.slug}
        if options["unauthenticated"]:
            detail["unauthenticated"] = "yes"
        audit(None, "tenant.restore", id, detail, tenant=slug)
        self.stdout.write(f"{slug} was restored from a backup of {about.slug}.")

    def _validate(self, options: dict[str, Any]) -> None:
        """Needs neither a database nor a cluster: a pipeline runs it for every pull request."""
        path = options["path"]
        if not path.exists():
            raise CommandError(f"{path} does not exist.")
        problems = check_repository(path, read_schema(options["chart"] or Path(settings.TENANT_CHART)))
        for problem in problems:
            self.stdout.write(str(problem))
        if problems:
            raise CommandError(f"{len(problems)} problems found.", returncode=1)
        self.stdout.write("All tenants' files are valid.")

    def _rotate_keys(self, options: dict[str, Any]) -> None:
        done = rotate()
        for column, count in done.reencrypted.items():
            self.stdout.write(f"{column}: {count} encrypted with the first key")
        for row in done.unreadable:
            self.stdout.write(f"{row}: no key of FERNET_KEYS decrypts it")
        for failure in done.failed:
            self.stdout.write(failure)
        for key, count in done.needs.items():
            self.stdout.write(f"old key {key}: {f'{count} rows still need it' if count else 'nothing needs it'}")
        if not done.old_keys_may_go:
            raise CommandError("Remove no key from FERNET_KEYS: some rows still need one. Fix that and run this again.")
        self.stdout.write("Old keys can be removed from FERNET_KEYS; then restart.")

    def _follow(self, tenant: Tenant, action: str, wanted: State | None, options: dict[str, Any]) -> None:
        """Record it in the audit trail, then report progress until the tenant is idle."""
        audit(None, action, tenant.id, {"by": "command line"}, tenant=tenant.slug)
        if options["no_wait"]:
            return self.stdout.write(queries.status(tenant))
        state = self._wait(tenant, time.monotonic() + options["timeout"])
        self.stdout.write(f"{tenant.slug}: {state}")
        if wanted is not None and state is not wanted:
            raise CommandError(f"Tenant {tenant.slug} is {state}, not {wanted}.")

    def _wait(self, tenant: Tenant, deadline: float) -> State:
        reported: set[str] = set()
        while now := queries.search().filter(pk=tenant.pk).first():
            for step in now.steps.all():
                if step.state == StepState.done and step.name not in reported:
                    reported.add(step.name)
                    self.stdout.write(f"  {step.title} ({step.seconds:.2f} s)")
            if not now.plan:
                return State(now.state)
            if now.state == State.failed:
                raise CommandError(f"{now.error} Fix that, then `manage.py tenants retry {now.slug}`.")
            if time.monotonic() > deadline:
                raise CommandError(f"Timed out: {queries.status(now)}. {HINT}")
            time.sleep(POLL_S)
        return State.deleted

    def _json(self, value: object) -> None:
        self.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode())
