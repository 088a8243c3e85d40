"""Releases and their roll-outs from the command line, as an operator with access to this machine."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from kernel.errors import PlantraceError
from tenants.lifecycle import Ring
from tenants.models import Rollout
from tenants.rollouts import operations, queries, releases
from web.audit import audit


class Command(BaseCommand):
    help = "Add releases; roll them out, ring by ring; pause, resume and roll back."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="Releases, and the number of tenants on each").add_argument(
            "--json", action="store_true"
        )
        add = actions.add_parser("add", help="Add a release; it never changes afterwards")
        add.add_argument("name")
        add.add_argument("--chart-version", default="")
        add.add_argument("--image", action="append", default=[], metavar="PART=REPOSITORY:TAG")
        add.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="A setting of InfluxDB")
        add.add_argument("--notes", default="")
        actions.add_parser("remove", help="Remove a release that no tenant has or had").add_argument("name")
        start = actions.add_parser("rollout", help="Roll a release out: canary, then early, then all")
        start.add_argument("name")
        start.add_argument("--gate", action="append", default=[], metavar="NAME=N", help="Such as soak_s=3600")
        actions.add_parser("rollouts", help="Roll-outs, newest first")
        for name, what in (("show", "Show"), ("pause", "Pause"), ("resume", "Resume"), ("rollback", "Roll back")):
            chosen = actions.add_parser(name, help=f"{what} a roll-out")
            chosen.add_argument("id", nargs="?", help="By default the newest")
        some = actions.choices["rollback"].add_mutually_exclusive_group()
        some.add_argument("--tenant", metavar="SLUG")
        some.add_argument("--ring", type=Ring, choices=list(Ring))

    def handle(self, *_: Any, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(options)
        except PlantraceError as error:
            raise CommandError(error.detail) from None

    def _list(self, options: dict[str, Any]) -> None:
        found = queries.releases()
        if options["json"]:
            return self.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode())
        for each in found:
            self.stdout.write(f"{each.name:16} {each.tenants:5} tenants  {each.notes.partition(chr(10))[0]}".rstrip())

    def _add(self, options: dict[str, Any]) -> None:
        wanted = releases.NewRelease(
            options["name"],
            _pairs(options["image"], "--image"),
            options["chart_version"],
            _pairs(options["set"], "--set"),
            options["notes"],
        )
        release = releases.create(wanted, "")
        audit(None, "release.create", release.name, {"by": "command line"})
        self.stdout.write(f"Release {release.name} was added.")

    def _remove(self, options: dict[str, Any]) -> None:
        releases.remove(options["name"])
        audit(None, "release.delete", options["name"], {"by": "command line"})
        self.stdout.write(f"Release {options['name']} was removed.")

    def _rollout(self, options: dict[str, Any]) -> None:
        pairs = _pairs(options["gate"], "--gate")
        try:
            gate = {name: int(value) for name, value in pairs.items()}
        except ValueError:
            raise CommandError("--gate takes whole numbers, such as soak_s=3600.") from None
        self._record(operations.start(operations.NewRollout(options["name"], gate), ""), "rollout.start")

    def _rollouts(self, options: dict[str, Any]) -> None:
        for each in queries.rollouts():
            self.stdout.write(
                f"{each.pk}  {each.release_id:16} {each.state:10} ring {each.ring} {each.reason}".rstrip()
            )

    def _show(self, options: dict[str, Any]) -> None:
        self._print(operations.find(_id(options)))

    def _pause(self, options: dict[str, Any]) -> None:
        self._record(operations.pause(_id(options), ""), "rollout.pause")

    def _resume(self, options: dict[str, Any]) -> None:
        self._record(operations.resume(_id(options), ""), "rollout.resume")

    def _rollback(self, options: dict[str, Any]) -> None:
        wanted = operations.RollBack(options["tenant"], options["ring"])
        self._record(operations.roll_back(_id(options), wanted, ""), "rollout.rollback")

    def _record(self, rollout: Rollout, action: str) -> None:
        audit(None, action, rollout.pk, {"by": "command line", "release": rollout.release_id})
        self._print(rollout)

    def _print(self, rollout: Rollout) -> None:
        view = queries.rollout_view(rollout)
        self.stdout.write(f"{view.id}: release {view.release} is {view.state}, ring {view.ring} {view.reason}".rstrip())
        for ring in view.rings:
            counts = ", ".join(f"{count} {state}" for state, count in sorted(ring.states.items()))
            self.stdout.write(f"  {ring.ring:8} {counts}")
        for each in queries.members(rollout).exclude(message=""):
            self.stdout.write(f"  {each.tenant.slug}: {each.state}. {each.message}")


def _id(options: dict[str, Any]) -> str:
    """The given roll-out, or the newest."""
    newest = queries.rollouts().first()
    if not options["id"] and newest is None:
        raise CommandError("Nothing has been rolled out yet.")
    return str(options["id"] or (newest and newest.pk))


def _pairs(given: list[str], option: str) -> dict[str, str]:
    for each in given:
        if "=" not in each:
            raise CommandError(f"{option} {each} is not NAME=VALUE.")
    return dict(each.split("=", 1) for each in given)
