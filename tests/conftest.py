"""Real servers for the tests, in a temporary home, started once a run and ended by their own supervisord."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from whitenoise.base import WhiteNoise

from kernel.tenancy import TenantConnection
from runtime.home import Home
from runtime.supervisor import Supervisor
from tests import properties
from tests.bucket_server import BucketServer, running_bucket_server
from tests.distribution import ByFile, rank_of
from tests.failures import FailureLines
from tests.groups import shared_servers
from tests.installation import Platform
from tests.isolation import IN_MEMORY, ROOT, TEST_HOME

properties.register()

SHARED_DATA = ROOT.parent / "shared" / "data"
PASSWORD = "correct horse battery staple"
ClientFor = Callable[..., Client]


@pytest.hookimpl(trylast=True)  # after the terminal
def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(shared_servers)
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):  # workers have none
        config.pluginmanager.register(FailureLines(terminal))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)  # after -k and -m
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank_of(item.nodeid.partition("::")[0]))
    # pytest-django makes a database only if a test asks for it; that of tenants also serves files without such a test.
    served = [item for item in items if "provisioned" in getattr(item, "fixturenames", ())]
    if served and not any("db" in item.fixturenames or item.get_closest_marker("django_db") for item in served):
        served[0].add_marker(pytest.mark.django_db)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what is loaded now stays


def pytest_sessionfinish(session: pytest.Session) -> None:
    Supervisor(Home(TEST_HOME)).stop()
    shutil.rmtree(TEST_HOME, ignore_errors=True)
    if IN_MEMORY and not hasattr(session.config, "workerinput"):  # the workers' are in it
        shutil.rmtree(session.config._tmp_path_factory.getbasetemp(), ignore_errors=True)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Hashing a password takes a third of a second on purpose; the in-process tests make many people."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def static_files() -> Iterator[None]:
    """Each test client loads the middleware again, whose WhiteNoise looks at all files of the web UI: 15 ms. They stay
    the same."""
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    look = WhiteNoise.update_files_dictionary

    def remember(self: Any, root: str, prefix: str) -> None:
        key = root, prefix, self.max_age, self.charset
        if key not in known:
            before, self.files = self.files, {}
            look(self, root, prefix)
            known[key], self.files = self.files, before
        self.files.update(known[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", remember)
        yield


@pytest.fixture(scope="session")
def home() -> Home:
    """The installation folder of the in-process tests."""
    return Home(TEST_HOME)


@pytest.fixture(scope="session")
def servers(home: Home) -> Supervisor:
    """supervisord with Redis and the documents server; tenants' InfluxDBs join it."""
    from config.platform import ensure_stores

    return ensure_stores(home)


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[BucketServer]:
    """An S3 server; `bucket` lets a test's settings reach it."""
    with running_bucket_server() as server:
        yield server


@pytest.fixture
def bucket(bucket_server: BucketServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an empty bucket."""
    settings.AWS_ENDPOINT_URL = bucket_server.url
    for name, value in bucket_server.environment.items():
        monkeypatch.setenv(name, value)
    return bucket_server.make_bucket()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real plant data next to the project; tests that need it are skipped without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared plant data is not beside the project")
    return SHARED_DATA


# Two tenants for the in-process tests. Each folder of tests gets its own, so that none meets what another left behind;
# they are provisioned by the real reconciler, and their rows are put back for each test, because a transactional test
# empties the tables.


@pytest.fixture(scope="session")
def tenants_by_folder() -> dict[Path, dict[str, Any]]:
    return {}


@pytest.fixture(scope="module")
def provisioned(
    request: pytest.FixtureRequest,
    tenants_by_folder: dict[Path, dict[str, Any]],
    servers: Supervisor,
    django_db_setup: None,
    django_db_blocker: Any,
) -> dict[str, Any]:
    """The rows of this folder's tenants `acme` and `rival`, ready."""
    folder = request.path.parent
    if folder not in tenants_by_folder:
        for rows in tenants_by_folder.values():
            for tenant in rows.values():
                servers.remove_program(f"influx-{tenant.id}")
        tenants_by_folder.clear()
        with django_db_blocker.unblock():
            tenants_by_folder[folder] = _provision("acme", "rival")
    return tenants_by_folder[folder]


def _provision(*slugs: str) -> dict[str, Any]:
    from tenants import operations, reconciler
    from tenants.models import Tenant

    for slug in slugs:
        operations.create(operations.NewTenant(slug=slug, name=slug.capitalize()))
    reconciler.reconcile()
    rows = {tenant.slug: tenant for tenant in Tenant.objects.filter(slug__in=slugs)}
    Tenant.objects.all().delete()
    assert {tenant.state for tenant in rows.values()} == {"ready"}, [tenant.error for tenant in rows.values()]
    return rows


@pytest.fixture
def tenant_rows(db: None, provisioned: dict[str, Any]) -> dict[str, Any]:
    """Tenant rows by slug, in the test's database; what the process remembers of the last test's goes."""
    from access.resolution import identity_cache

    identity_cache().clear()
    for tenant in provisioned.values():
        tenant.save(force_insert=True)
    return provisioned


@pytest.fixture
def acme(tenant_rows: dict[str, Any]) -> TenantConnection:
    """A ready tenant with a real InfluxDB."""
    connection: TenantConnection = tenant_rows["acme"].connection()
    return connection


@pytest.fixture
def rival(tenant_rows: dict[str, Any]) -> TenantConnection:
    """Another tenant, whose users must see nothing of acme's."""
    connection: TenantConnection = tenant_rows["rival"].connection()
    return connection


@pytest.fixture
def client_for(tenant_rows: dict[str, Any]) -> ClientFor:
    """`client_for("engineer", acme)`: a test client whose token is that of such a person; None: the operators' one."""
    from access import operations as access

    def make(role: str, tenant: TenantConnection | None = None, scopes: tuple[str, ...] | None = None) -> Client:
        from access.models import User

        row = tenant_rows[tenant.slug] if tenant else None
        username = f"{role}.{tenant.slug}" if tenant else role
        user = User.objects.filter(username=username).first() or access.create_user(
            username, PASSWORD, operator=row is None
        )
        if row is None:
            token = access.create_token(user, None, scopes or ("operate",), "test")
        else:
            access.ensure_membership(user, row, role)
            allowed = ("read",) if role == "viewer" else ("read", "write", "ingest")
            token = access.create_token(user, row, scopes or allowed, "test")
        return Client(headers={"Authorization": f"Bearer {token}"})

    return make


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A whole installation with all its processes, in a home of its own, spoken to as any client would."""
    platform = Platform(tmp_path_factory.mktemp("platform") / "home", environment={"OUTBOUND_NETWORKS": "127.0.0.1/32"})
    shared_servers.end_with_group(platform.stop, platform.start)
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
