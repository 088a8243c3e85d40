"""What every tenant's InfluxDB has before the tenant is ready: three users, one database, three retention policies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kernel.errors import Unavailable
from kernel.tenancy import Credentials
from stores.timeseries import LADDER, RAW, Refused, RefusedCredentials, ShardDisabled, Timeseries, UserExists
from stores.timeseries.alarms import ALARMS
from stores.timeseries.alarms import SHARD as ALARMS_SHARD
from stores.timeseries.events import EVENTS
from stores.timeseries.events import SHARD as EVENTS_SHARD
from tenants.secrets import Secrets

RAW_SHARD, LADDER_SHARD = "52w", "520w"  # long shards make backfill cheap
TIMEOUT_S = 20.0


def ensure_admin(url: str, secrets: Secrets, token: Callable[[str], str]) -> None:
    """The admin user exists, is an admin and has the saved password.

    `token` makes a bearer token for a user name, for when the server has another password for the user.
    """
    if accepts(url, secrets.admin):
        return
    admin = secrets.admin
    try:  # the first user of a new server is made without credentials
        with _server(url) as server:
            server.create_user(admin.username, admin.password, admin=True)
    except (RefusedCredentials, UserExists):
        with _server(url, bearer=token(admin.username)) as server:
            server.set_password(admin.username, admin.password)


def ensure_users(url: str, secrets: Secrets) -> None:
    """Writer and reader exist with the saved passwords and only their own privileges; there is no other user."""
    wanted = (secrets.admin, secrets.writer, secrets.reader)
    with _server(url, secrets.admin) as server:
        known = server.users()
        for stranger in known.keys() - {each.username for each in wanted}:
            server.drop_user(stranger)
        for each in wanted[1:]:
            _ensure_user(server, url, each, known)


def _ensure_user(server: Timeseries, url: str, user: Credentials, known: dict[str, bool]) -> None:
    if user.username not in known:
        server.create_user(user.username, user.password)
    elif not accepts(url, user):
        server.set_password(user.username, user.password)
    if known.get(user.username):
        server.execute(f'REVOKE ALL PRIVILEGES FROM "{user.username}"')


def ensure_database(url: str, secrets: Secrets) -> None:
    """Database `plant` with the policies raw (default), ladder, events, alarms, and the rights of writer and reader."""
    with _server(url, secrets.admin) as server:
        server.create_database()
        server.create_policy(RAW, RAW_SHARD, default=True)
        server.create_policy(LADDER, LADDER_SHARD)
        server.create_policy(EVENTS, EVENTS_SHARD)
        server.create_policy(ALARMS, ALARMS_SHARD)
        server.grant(secrets.writer.username, "WRITE")
        server.grant(secrets.reader.username, "READ")


def ensure_later_policies(url: str, secrets: Secrets) -> None:
    """For tenants that were made before there were events, or alarms."""
    with _server(url, secrets.admin) as server:
        server.create_policy(EVENTS, EVENTS_SHARD)
        server.create_policy(ALARMS, ALARMS_SHARD)


def verify(url: str, secrets: Secrets) -> None:
    """Reader and writer can sign in, nobody else can. Raises Unavailable that names who."""
    for user in (secrets.writer, secrets.reader):
        if not accepts(url, user):
            raise Unavailable(f"InfluxDB refuses its own user {user.username}.")
    if accepts(url, None):
        raise Unavailable("InfluxDB answers without a password.")


def accepts(url: str, credentials: Credentials | None) -> bool:
    """Whether the server accepts them. Raises Unavailable if it is down."""
    try:
        with _server(url, credentials) as server:
            server.execute("SHOW DATABASES")
    except RefusedCredentials:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Size:
    """The size of the tenant's database on disk, and InfluxDB's count of series."""

    disk_bytes: int
    series: int


def size_of(url: str, secrets: Secrets) -> Size:
    """As InfluxDB counts it for itself."""
    with _server(url, secrets.admin) as server:
        disk = _stat(server, "tsm1_filestore", "diskBytes")
        wal = _stat(server, "tsm1_wal", "currentSegmentDiskBytes") + _stat(server, "tsm1_wal", "oldSegmentsDiskBytes")
        return Size(disk + wal, _stat(server, "database", "numSeries"))


def _stat(server: Timeseries, module: str, name: str) -> int:
    """The sum of one statistic over our database's shards."""
    total = 0
    for series in server.execute(f"SHOW STATS FOR '{module}'"):
        if series.tags.get("database") == server.database and name in series.columns:
            total += sum(int(row[series.columns.index(name)]) for row in series.values)
    return total


def wait_readable(url: str, secrets: Secrets, seconds: float = 300) -> None:
    """Waits until every shard answers: a restored one is disabled at first. Raises Unavailable after `seconds`."""
    deadline = time.monotonic() + seconds
    with _server(url, secrets.admin) as server:
        while True:
            try:
                server.execute(f'SELECT count(quality) FROM "plant"."{RAW}"./.*/')
                return
            except (Refused, Unavailable):
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)


def wait_filled(
    url: str, secrets: Secrets, shards: int, seconds: float = 600, report: Callable[[int], None] = lambda found: None
) -> None:
    """Waits until that many shards hold samples and all answer: a restore continues after its client has ended."""
    deadline = time.monotonic() + seconds
    with _server(url, secrets.admin) as server:
        while True:
            try:
                found = _filled(server)
                if found >= shards:
                    for policy in _policies(server):
                        server.execute(f'SELECT * FROM "plant"."{policy}"./.*/ LIMIT 1 SLIMIT 1')
                    return
                trouble = Unavailable(f"Only {found} of {shards} shards were restored.")
                report(found)
            except (ShardDisabled, Refused) as error:
                trouble = Unavailable(error.detail)
            if time.monotonic() > deadline:
                raise trouble
            time.sleep(0.1)


def is_empty(url: str, secrets: Secrets) -> bool:
    with _server(url, secrets.admin) as server:
        try:
            return not server.measurements()
        except ShardDisabled:  # it is being restored: there are samples
            return False


def drop_database(url: str, secrets: Secrets) -> None:
    """Fine if it is not there."""
    with _server(url, secrets.admin) as server:
        server.drop_database()


def _filled(server: Timeseries) -> int:
    """Shards of our database that have files with samples."""
    return sum(
        any(int(row[series.columns.index("numFiles")]) for row in series.values)
        for series in server.execute("SHOW STATS FOR 'tsm1_filestore'")
        if series.tags.get("database") == server.database and "numFiles" in series.columns
    )


def _policies(server: Timeseries) -> list[str]:
    """Ours that it has: in archives from before there were events only two."""
    shown = server.execute(f'SHOW RETENTION POLICIES ON "{server.database}"')
    return [row[0] for series in shown for row in series.values if row[0] in (RAW, LADDER, EVENTS)]


@contextmanager
def _server(url: str, credentials: Credentials | None = None, bearer: str = "") -> Iterator[Timeseries]:
    server = Timeseries(url, credentials, timeout_s=TIMEOUT_S, bearer=bearer)
    try:
        yield server
    finally:
        server.close()
