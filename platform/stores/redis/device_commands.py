"""Commands of devices. Every change is one script that checks the state before, so each happens at most once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from stores.redis import device_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.errors import RedisMalformed, decoded, translated

MAX_OF_DEVICE = 50  # that are open
MAX_EXPIRED = 100  # at a time
Added = Literal["added", "tenant-full", "device-full"]


class StoredCommand(msgspec.Struct, frozen=True, kw_only=True):
    """As it is kept. Times are epoch ms; `late`: when an acknowledgement came after its expiry."""

    id: str
    device: str
    kind: str
    parameters: str
    author: str
    created: int
    expires: int
    state: str
    sent: int | None = None
    ended: int | None = None
    late: int | None = None
    outcome: str = ""
    result: str = ""


class DeviceCommands:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        register = self._redis.register_script
        self._add, self._take, self._forget = (register(each) for each in (scripts.ADD, scripts.TAKE, scripts.FORGET))
        self._acknowledge, self._cancel = register(scripts.ACKNOWLEDGE), register(scripts.CANCEL)
        self._expire = register(scripts.EXPIRE)

    def add(self, prefix: str, command: StoredCommand, max_open: int, now: int) -> Added:
        fields = {
            "kind": command.kind, "parameters": command.parameters, "author": command.author,
            "created": command.created,
        }  # fmt: skip
        flat: list[Any] = [word for pair in fields.items() for word in pair]
        own: list[Any] = [command.id, command.device, command.expires, max_open, MAX_OF_DEVICE]
        with translated("queueing a command"):
            reply = int(self._add(args=[prefix, now, *own, *flat]))
        return ("added", "tenant-full", "device-full")[reply]

    def take(self, prefix: str, device: str, count: int, now: int) -> list[StoredCommand]:
        """Queued commands of the device that have not expired, oldest first: nobody gets them again."""
        with translated("taking commands"):
            ids = [id.decode() for id in self._take(args=[prefix, now, device, count])]
        return self.find(prefix, ids)

    def acknowledge(self, prefix: str, id: str, device: str, outcome: str, result: str, now: int) -> str:
        """`acknowledged`, `again` (the same as before), `differs`, `late` (only noted), `unknown`, or the state that
        it is in.
        """
        with translated("acknowledging a command"):
            return str(self._acknowledge(args=[prefix, now, id, device, outcome, result]).decode())

    def cancel(self, prefix: str, id: str, now: int) -> str:
        """The state that it had, and `unknown`. It is cancelled if it was `queued`."""
        with translated("cancelling a command"):
            return str(self._cancel(args=[prefix, now, id]).decode())

    def find(self, prefix: str, ids: Sequence[str]) -> list[StoredCommand]:
        """Those that are known, in that order."""
        if not ids:
            return []
        with decoded("reading commands"):
            pipe = self._redis.pipeline(transaction=False)
            for id in ids:
                pipe.hgetall(f"{prefix}{scripts.COMMAND}{id}")
            return [_command(id, fields) for id, fields in zip(ids, pipe.execute(), strict=True) if fields]

    def of_device(self, prefix: str, device: str, count: int, before: int | None = None) -> dict[int, StoredCommand]:
        """By their place in the sequence, newest first: of those before that place, if one is given."""
        highest = "+inf" if before is None else f"({before}"
        with translated("reading commands"):
            found = self._redis.zrange(
                f"{prefix}{scripts.HISTORY}{device}",
                highest, "-inf", desc=True, byscore=True, offset=0, num=count, withscores=True,
            )  # fmt: skip
        places = {id.decode(): int(place) for id, place in found}
        return {places[command.id]: command for command in self.find(prefix, list(places))}

    def open_of_device(self, prefix: str, device: str) -> list[StoredCommand]:
        """Oldest first; also those that have expired and are not ended yet."""
        with translated("reading commands"):
            ids = self._redis.zrange(f"{prefix}{scripts.QUEUE}{device}", 0, -1)
        return self.find(prefix, [id.decode() for id in ids])

    def expired(self, prefix: str, now: int) -> list[str]:
        """The ids of open ones that have expired, for `expire`."""
        with translated("looking for expired commands"):
            ids = self._redis.zrangebyscore(prefix + scripts.OPEN, "-inf", now, start=0, num=MAX_EXPIRED)
        return [id.decode() for id in ids]

    def expire(self, prefix: str, ids: Sequence[str], now: int) -> None:
        with translated("ending expired commands"):
            self._expire(args=[prefix, now, *ids])

    def unaudited(self, prefix: str, until: int) -> list[tuple[str, str, int]]:
        """Steps up to then that are not in the audit trail: (`send`, `take`, `acknowledge` or `cancel`; id; when)."""
        with translated("looking for steps of commands"):
            found = self._redis.zrangebyscore(
                prefix + scripts.UNAUDITED, "-inf", until, start=0, num=MAX_EXPIRED, withscores=True
            )
        return [(*step.decode().split(" ", 1), int(at)) for step, at in found]

    def set_audited(self, prefix: str, steps: Sequence[tuple[str, str]]) -> None:
        with translated("noting steps of commands"):
            self._redis.zrem(prefix + scripts.UNAUDITED, *(f"{step} {id}" for step, id in steps))

    def forget_device(self, prefix: str, device: str, now: int) -> None:
        """With all its commands, and what was known of it."""
        with translated("removing a device"):
            while not self._forget(args=[prefix, now, device]):
                pass


def _command(id: str, fields: Mapping[bytes, bytes]) -> StoredCommand:
    values = {name.decode(): value.decode() for name, value in fields.items()}
    try:
        return msgspec.convert({**values, "id": id}, StoredCommand, strict=False)
    except msgspec.ValidationError:
        raise RedisMalformed("reading commands") from None
