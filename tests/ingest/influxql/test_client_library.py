"""influxdb-python's own tests against a server, which it brings along: all of them that concern writing and reading
points, on a running installation.
"""

from __future__ import annotations

import importlib
import sys
import types
import unittest
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import influxdb.tests
import pytest

from tests.installation import Platform

TENANT, PERSON = "db", "db-admin"  # the library's tests read and write the database `db`
_ONE_DATABASE = "a tenant has one database, which exists"
_PEOPLE = "people, tokens and their rights are managed by the platform's own API"
_POLICIES = "how long samples are kept is set for each site; there is one policy"
_OF_0_9 = "skipped by the library itself"
LEFT_OUT = {
    "test_fresh_server_no_db": _ONE_DATABASE,
    "test_create_database": _ONE_DATABASE,
    "test_drop_database": _ONE_DATABASE,
    "test_query_fail": "the tenant's database exists; another one is in test_query_http.py",
    "test_query_fail_ignore_errors": "a database that is not the tenant's is 404, so that nothing is told of others",
    "test_create_user": _PEOPLE,
    "test_create_user_admin": _PEOPLE,
    "test_create_user_blank_password": _PEOPLE,
    "test_get_list_users_empty": _PEOPLE,
    "test_get_list_users": _PEOPLE,
    "test_create_user_blank_username": _PEOPLE,
    "test_drop_user": _PEOPLE,
    "test_drop_user_nonexisting": _PEOPLE,
    "test_grant_privilege": _PEOPLE,
    "test_grant_privilege_invalid": _PEOPLE,
    "test_revoke_privilege": _PEOPLE,
    "test_revoke_privilege_invalid": _PEOPLE,
    "test_default_retention_policy": _POLICIES,
    "test_create_retention_policy_default": _POLICIES,
    "test_create_retention_policy": _POLICIES,
    "test_alter_retention_policy": _POLICIES,
    "test_alter_retention_policy_invalid": _POLICIES,
    "test_drop_retention_policy": _POLICIES,
    "test_create_continuous_query": "aggregates of all sensors are always kept",
    "test_drop_continuous_query": "aggregates of all sensors are always kept",
    "test_select_into_as_post": "/query only reads",
    "test_write_points_udp": "there is no UDP listener: nothing would be acknowledged",
    "test_query_multiple_series": "it writes into the year 1970; times before 1980 are refused as a wrong precision",
    "test_revoke_admin_privileges": _OF_0_9,
    "test_write_points_check_read_DF": _OF_0_9,
    "test_write_multiple_points_different_series_DF": _OF_0_9,
    "test_query_chunked": _OF_0_9,
    "test_write_points_DF": "it needs pandas; it writes what test_write_points writes",
}


def _library() -> types.ModuleType:
    """Its module, which needs pandas, and a server of its own, unless it is told that it runs on PyPy."""
    influxdb.tests.using_pypy = True
    influxdb.tests.skip_if_pypy = unittest.skip("pandas is not installed")
    server = types.ModuleType("influxdb.tests.server_tests.influxdb_instance")
    server.InfluxDbInstance = object  # type: ignore[attr-defined]
    sys.modules[server.__name__] = server
    return importlib.import_module("influxdb.tests.server_tests.client_test_with_server")


LIBRARY = _library()
SUITES = ("SimpleTests", "CommonTests", "UdpTests", "GzipSimpleTests", "GzipCommonTests", "GzipUdpTests")
ALL = [(suite, name) for suite in SUITES for name in unittest.TestLoader().getTestCaseNames(getattr(LIBRARY, suite))]
OURS = [each for each in ALL if each[1] not in LEFT_OUT]


def test_every_test_is_run_or_left_out_with_a_reason() -> None:
    assert LEFT_OUT.keys() <= {name for _, name in ALL}
    assert (len(ALL), len(OURS)) == (90, 24)


@pytest.fixture(scope="module")
def installation(platform: Platform) -> Platform:
    """What arrives of unknown series becomes sensors."""
    platform.ensure_tenant(TENANT)
    platform.ensure_person(PERSON, TENANT, "admin")
    platform.shell(
        f"""
from ingest.mapping import repository
from ingest.mapping.models import MappingDraft
from tenants.models import Tenant
tenant = Tenant.objects.get(slug={TENANT!r}).connection()
repository.save(tenant, MappingDraft(unmatched="create"), repository.read(tenant).revision)
"""
    )
    return platform


@pytest.fixture
def server(installation: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """In place of the server that each of the library's tests starts; empty afterwards."""
    address = urlsplit(installation.url)

    def connect(suite: Any, gzip: bool = False) -> None:
        token = installation.people[PERSON]["token"]
        suite.cli = LIBRARY.InfluxDBClient(address.hostname, address.port, "root", token, database=TENANT, gzip=gzip)

    base = sys.modules["influxdb.tests.server_tests.base"]
    monkeypatch.setattr(base, "_setup_influxdb_server", connect)
    monkeypatch.setattr(base, "_setup_gzip_client", lambda suite: connect(suite, gzip=True))
    monkeypatch.setattr(base, "_teardown_influxdb_server", lambda suite: None)
    yield installation
    for site in installation.get("/api/v1/sites", PERSON).json()["results"]:
        deleted = installation.call("DELETE", f"/api/v1/sites/{site['id']}?cascade=1", PERSON)
        assert deleted.status_code in (200, 202, 204), deleted.text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library calls what it deprecates
@pytest.mark.parametrize(("suite", "name"), OURS, ids="-".join)
def test_of_the_library(server: Platform, suite: str, name: str) -> None:
    case = type(suite, (getattr(LIBRARY, suite),), {"tearDown": lambda self: None})(name)
    result = unittest.TestResult()
    type(case).setUpClass()
    case.run(result)
    assert result.testsRun == 1 and not result.skipped
    assert [text for _, text in result.failures + result.errors] == []
