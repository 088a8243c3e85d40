"""What the control plane needs from the data plane; `config` provides it, so that neither imports the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kernel.seams import Seam
from kernel.tenancy import Credentials, TenantConnection


@dataclass(frozen=True, slots=True)
class Flow:
    """What passes through a tenant's streams. `samples`: total stored so far; `last_ms`: when the last were stored;
    `dead_letters` and how many of them were dropped for lack of space, so far; `left_out`: samples that were not stored
    because their sensors were deleted while they waited.
    """

    sensors: int
    samples: int
    last_ms: int | None
    waiting: int
    dead_letters: int
    dead_letters_dropped: int
    left_out: int


class DataPlane(Protocol):
    """Every method is idempotent, and raises kernel errors."""

    def prepare_documents(self, connection: TenantConnection) -> None:
        """The document database exists with the indexes it needs."""

    def drop_documents(self, connection: TenantConnection) -> None:
        """The document database is gone."""

    def pending(self, connection: TenantConnection) -> int:
        """Accepted batches that are not yet written to InfluxDB."""

    def flow(self, connection: TenantConnection) -> Flow:
        """How much comes in."""

    def record_series(self, connection: TenantConnection, now_s: int) -> None:
        """Keep how many series there are on the day of `now_s`."""

    def lag(self, connection: TenantConnection) -> float:
        """Seconds that the oldest accepted batch has been waiting to be written; 0 if none is."""

    def probe(self, connection: TenantConnection) -> None:
        """A small query of the tenant's newest samples, like a user's. Raises Unavailable."""

    def dump_documents(self, connection: TenantConnection) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Every collection by name, its documents in chunks."""

    def put_back_samples(self, connection: TenantConnection) -> None:
        """Samples that a killed correction had deleted for a moment are there again. For the holder of the slot."""

    def has_documents(self, connection: TenantConnection) -> bool:
        """Whether users have created anything in it yet."""

    def load_documents(self, connection: TenantConnection, pieces: Mapping[str, Iterable[bytes]]) -> None:
        """Replaces all documents by those from `dump_documents`, with the indexes they need."""

    def dump_attachments(self, connection: TenantConnection) -> Iterator[tuple[str, Iterable[tuple[str, bytes]]]]:
        """Long texts of events: by day their names and contents."""

    def load_attachments(
        self, connection: TenantConnection, days: Iterable[tuple[str, Iterable[tuple[str, bytes]]]]
    ) -> None:
        """Ensure those from `dump_attachments`. Conflict where there is no place for them."""

    def follow_samples(self, connection: TenantConnection) -> None:
        """Samples were loaded past the stream: refresh latest values, and verify every stored rollup again."""

    def ensure_pod_users(self, connection: TenantConnection, redis: Credentials, documents: Credentials) -> None:
        """Redis and the document database have these users, with access to this tenant's data and nothing else."""

    def drop_pod_users(self, connection: TenantConnection, name: str) -> None:
        """They are gone, and their connections to Redis are closed."""

    def redis_users(self) -> set[str]:
        """Tenants' users that Redis has: it loses them when it restarts."""

    def drop_redis_user(self, name: str) -> None:
        """One of `redis_users` is gone."""

    def drop_keys(self, connection: TenantConnection) -> None:
        """Every Redis key of the tenant is gone."""


data_plane = Seam[DataPlane]("the data plane")
