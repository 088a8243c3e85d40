"""Commands of devices: sent by people, given to their device at most once and never after their expiry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, cast

import msgspec

from ingest.devices.models import Acknowledgement, Command, CommandState, NewCommand, Outcome
from ingest.fleet.registry import Device
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.ids import COMMAND, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.redis.device_commands import MAX_OF_DEVICE, StoredCommand
from web.stores import device_commands

MAX_PARAMETERS_BYTES = 4 << 10
MAX_DEPTH = 8
OPEN = ("queued", "sent")


def send(tenant: TenantConnection, device: Device, new: NewCommand, author: str, now: int) -> Command:
    """Queue it. Raises BadRequest; Conflict if the device or the tenant has too many that are open."""
    stored = StoredCommand(
        id=new_id(COMMAND),
        device=device.id,
        kind=new.kind,
        parameters=_checked_parameters(new.kind, new.parameters),
        author=author,
        created=now,
        expires=now + new.expires_in_s * 1_000,
        state="queued",
    )
    match device_commands().add(tenant.prefix, stored, tenant.limits.open_commands, now):
        case "tenant-full":
            maximum = tenant.limits.open_commands
            raise Conflict(
                f"{maximum} commands are open already; cancel one, wait until they end, or have the limit raised.",
                slug="too-many-commands",
            )
        case "device-full":
            raise Conflict(
                f"{MAX_OF_DEVICE} commands of this device are open already; cancel one, or wait until they end.",
                slug="too-many-commands",
            )
    return present(stored, now)


def of_device(
    tenant: TenantConnection, device: Device, now: int, count: int, before: int | None = None
) -> dict[int, Command]:
    """By their place in the sequence, newest first: of those before that place, if one is given."""
    found = device_commands().of_device(tenant.prefix, device.id, count, before)
    return {place: present(each, now) for place, each in found.items()}


def find(tenant: TenantConnection, id: str, now: int) -> Command:
    """Raises NotFound."""
    return present(_stored(tenant, id), now)


def cancel(tenant: TenantConnection, id: str, now: int) -> tuple[Command, bool]:
    """As it is then, and whether it was cancelled just now. Conflict if its device has it, or it has ended."""
    state = device_commands().cancel(tenant.prefix, _stored(tenant, id).id, now)
    match state:
        case "queued" | "cancelled":
            return find(tenant, id, now), state == "queued"
        case "unknown":
            raise unknown(id)
        case "sent":
            raise Conflict(
                "The device has taken this command; it can no longer be cancelled.", slug="command-sent", state=state
            )
    raise Conflict(f"This command has ended: it is {state}.", slug="command-ended", state=state)


def take(tenant: TenantConnection, device: str, count: int, now: int) -> list[Command]:
    """The next ones of a device: nobody gets them again, also if this answer is lost."""
    return [present(each, now) for each in device_commands().take(tenant.prefix, device, count, now)]


def open_of(tenant: TenantConnection, device: str, now: int) -> list[Command]:
    """Queued and sent ones of a device, oldest first. Nothing changes."""
    found = [present(each, now) for each in device_commands().open_of_device(tenant.prefix, device)]
    return [command for command in found if command.state in OPEN]


def acknowledge(
    tenant: TenantConnection, device: str, id: str, acknowledgement: Acknowledgement, now: int
) -> tuple[Command, bool]:
    """As it is then, and whether this is new. Raises NotFound (also if it is another device's) and Conflict."""
    outcome, result = acknowledgement.outcome, acknowledgement.result
    state = device_commands().acknowledge(tenant.prefix, _stored(tenant, id).id, device, outcome, result, now)
    if state in ("acknowledged", "again"):
        return find(tenant, id, now), state == "acknowledged"
    _refuse(id, state)


class CommandExpired(Conflict):
    """`noted`: the acknowledgement is kept beside the command, which stays expired."""

    slug, title = "command-expired", "The command has expired"

    def __init__(self, noted: bool) -> None:
        super().__init__(
            "The command had expired before this acknowledgement arrived; it remains expired"
            + (", and what the device says of it is noted." if noted else ".")
        )
        self.noted = noted


def _refuse(id: str, state: str) -> NoReturn:
    match state:
        case "unknown":
            raise unknown(id)
        case "late" | "expired":
            raise CommandExpired(noted=state == "late")
        case "differs":
            raise Conflict("This command was acknowledged before, with another outcome.", slug="command-ended")
        case "queued":
            raise Conflict("Take the command before you acknowledge it.", slug="command-not-taken")
    raise Conflict(f"This command has ended: it is {state}.", slug="command-ended")


def unknown(id: str) -> NotFound:
    return NotFound(f"There is no command “{id[:40]}”.", slug="no-such-command")


def present(stored: StoredCommand, now: int) -> Command:
    expired = stored.state in OPEN and stored.expires <= now
    return Command(
        id=stored.id,
        device=stored.device,
        kind=stored.kind,
        parameters=msgspec.json.decode(stored.parameters),
        state="expired" if expired else cast(CommandState, stored.state),
        author=stored.author,
        created=stored.created,
        expires=stored.expires,
        sent=stored.sent,
        ended=stored.expires if expired else stored.ended,
        outcome=cast(Outcome, stored.outcome) if stored.outcome else None,
        result=stored.result,
        late=stored.late,
    )


def _stored(tenant: TenantConnection, id: str) -> StoredCommand:
    found = device_commands().find(tenant.prefix, [id]) if is_id(id, COMMAND) else []
    if not found:
        raise unknown(id)
    return found[0]


def _checked_parameters(kind: str, parameters: Mapping[str, Any]) -> str:
    """As JSON."""
    needed = {"set-config": "configuration", "upgrade": "firmware"}.get(kind)
    if needed is not None and not parameters.get(needed):
        raise BadRequest(
            f"A command {kind} needs `{needed}` in its parameters.", slug="parameter-missing", field="parameters"
        )
    if _depth(parameters) > MAX_DEPTH:
        raise BadRequest(f"parameters are nested deeper than {MAX_DEPTH} levels.", slug="too-deep", field="parameters")
    text = msgspec.json.encode(parameters)
    if len(text) > MAX_PARAMETERS_BYTES:
        raise BadRequest(
            f"parameters have {len(text):,} bytes; at most {MAX_PARAMETERS_BYTES:,} are accepted.",
            slug="too-long", field="parameters",
        )  # fmt: skip
    return text.decode()


def _depth(value: Any) -> int:
    """No deeper than one level more than is accepted."""
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [part for each in inner for part in (each.values() if isinstance(each, dict) else each)]
        depth += bool(inner)
    return depth
