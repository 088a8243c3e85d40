"""What the control plane needs of the data plane; `config` fills it, so that neither knows the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kernel.tenancy import Credentials, TenantConnection


@dataclass(frozen=True, slots=True)
class Flow:
    """What passes through a tenant's streams. `samples` since ever, `last_ms` when the last were stored."""

    sensors: int
    samples: int
    last_ms: int | None
    waiting: int


class DataPlane(Protocol):
    """Every method is idempotent, and raises kernel errors."""

    def prepare_documents(self, connection: TenantConnection) -> None:
        """The document database exists with the indexes it needs."""

    def drop_documents(self, connection: TenantConnection) -> None:
        """The document database is gone."""

    def pending(self, connection: TenantConnection) -> int:
        """How many accepted batches still wait to be written to InfluxDB."""

    def flow(self, connection: TenantConnection) -> Flow:
        """How much comes in."""

    def lag(self, connection: TenantConnection) -> float:
        """For how many seconds the oldest accepted batch has waited to be written; 0 where none waits."""

    def probe(self, connection: TenantConnection) -> None:
        """A small query of the tenant's newest samples, as people ask it. Raises Unavailable."""

    def dump_documents(self, connection: TenantConnection) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Every collection by name, its documents in pieces."""

    def has_documents(self, connection: TenantConnection) -> bool:
        """Whether people made anything in it yet."""

    def load_documents(self, connection: TenantConnection, pieces: Mapping[str, Iterable[bytes]]) -> None:
        """In place of all documents there were: those that `dump_documents` gave, with the indexes they need."""

    def follow_samples(self, connection: TenantConnection) -> None:
        """Samples came past the stream: latest values are the last of them, every stored rollup is verified anew."""

    def ensure_pod_users(self, connection: TenantConnection, redis: Credentials, documents: Credentials) -> None:
        """Redis and the document database know these users, with what is the tenant's and nothing else."""

    def drop_pod_users(self, connection: TenantConnection, name: str) -> None:
        """They do not any more, and whoever is signed in is disconnected from Redis."""

    def redis_users(self) -> set[str]:
        """Tenants' users that Redis knows: it forgets them when it restarts."""

    def drop_redis_user(self, name: str) -> None:
        """One of `redis_users` is gone."""

    def drop_streams(self, connection: TenantConnection) -> None:
        """Every Redis key of the tenant is gone."""


_data_plane: DataPlane | None = None


def set_data_plane(value: DataPlane) -> None:
    global _data_plane
    _data_plane = value


def data_plane() -> DataPlane:
    if _data_plane is None:
        raise RuntimeError("No data plane: config's AppConfig sets it.")
    return _data_plane
