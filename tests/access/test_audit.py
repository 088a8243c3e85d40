"""The audit trail: what is recorded, who sees it, how it is searched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from access import operations
from access.models import AuditEntry
from tests.access.conftest import MakePerson, MakeTenant, bearer, login_client
from web.audit import audit

pytestmark = pytest.mark.django_db


def test_secrets_are_removed_from_the_detail(make_tenant: MakeTenant) -> None:
    make_tenant()
    audit(None, "x.y", "1", {"password": "p", "deep": [{"apiToken": "t", "name": "n"}], "writer_secret": "s"})
    assert AuditEntry.objects.get().detail == {
        "password": "…",
        "deep": [{"apiToken": "…", "name": "n"}],
        "writer_secret": "…",
    }


def test_audit_events_are_stored_in_a_form_that_postgresql_accepts(make_tenant: MakeTenant) -> None:
    make_tenant()
    audit(None, "x.y", "a\0b", {"c\0": [{"d": "\0"}], "at": datetime(2026, 1, 1, tzinfo=UTC)})
    entry = AuditEntry.objects.get()
    assert entry.target == "a�b"
    assert entry.detail == {"c�": [{"d": "�"}], "at": "2026-01-01T00:00:00Z"}


def test_each_tenant_s_admin_sees_that_tenant_s_changes_and_operators_the_platform_s(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    for slug in ("acme", "rival"):
        audit(None, "tenant.create", slug, tenant=slug)
        audit(None, "sensor.update", f"s-{slug}", {"before": {"unit": "bar"}, "after": {"unit": "Pa"}}, tenant=slug)
    audit(None, "tenant.drain", "elsewhere")

    def seen(client: object, query: str = "") -> list[str]:
        rows = client.get(f"/api/v1/audit{query}").json()["results"]  # type: ignore[attr-defined]
        return [f"{row['action']} {row['target']}" for row in rows]

    assert seen(login_client(make_person("adam", acme, "admin"))) == ["sensor.update s-acme", "tenant.create acme"]
    assert seen(login_client(make_person("rita", rival, "admin"))) == ["sensor.update s-rival", "tenant.create rival"]
    olga = make_person("olga", operator=True)
    pipeline = bearer(operations.create_token(olga, None, ["operate"], "pipeline"))
    for operator in (login_client(olga), pipeline):
        assert seen(operator) == ["tenant.drain elsewhere", "tenant.create rival", "tenant.create acme"]
    make_person("olga", acme, "admin")
    assert seen(login_client(olga), "?of=tenant") == ["sensor.update s-acme", "tenant.create acme"]
    assert login_client(make_person("adam")).get("/api/v1/audit?of=platform").status_code == 403


def test_a_reused_slug_does_not_inherit_the_trail(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    old = make_tenant()
    audit(None, "sensor.update", "s1", tenant="acme")
    old.delete()
    admin = login_client(make_person("adam", make_tenant("acme"), "admin"))
    assert admin.get("/api/v1/audit").json()["results"] == []


def test_the_trail_is_filtered_and_paged(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    acme = make_tenant()
    admin = login_client(make_person("adam", acme, "admin"))
    for hour in range(10):
        AuditEntry.objects.create(
            at=datetime(2026, 3, 14, hour, tzinfo=UTC),
            username="eva" if hour % 2 else "otto",
            tenant=acme.id,
            tenant_slug="acme",
            action="sensor.update" if hour < 5 else "site.create",
            target=f"s{hour}",
        )

    def found(query: str) -> list[str]:
        return [row["target"] for row in admin.get(f"/api/v1/audit?{query}").json()["results"]]

    assert found("user=eva") == ["s9", "s7", "s5", "s3", "s1"]
    assert found("action=sensor.") == found("action=sensor.update") == ["s4", "s3", "s2", "s1", "s0"]
    assert found("target=s3") == ["s3"]
    assert found("start=2026-03-14T07:00:00Z&end=2026-03-14T09:00:00Z") == ["s8", "s7"]
    seen, url = [], "/api/v1/audit?limit=4"
    while url:
        page = admin.get(url).json()
        seen += [row["target"] for row in page["results"]]
        url = page["next"]
    assert seen == [f"s{hour}" for hour in reversed(range(10))]
    for bad in ("limit=0", "limit=x", "cursor=x", "start=yesterday", "start=2026-03-14T07:00:00", "of=all"):
        assert admin.get(f"/api/v1/audit?{bad}").status_code == 400, bad


def test_signing_in_out_and_being_locked_out_are_in_the_platform_s_trail(make_person: MakePerson) -> None:
    from tests.access.test_signing_in import by_session, by_token
    from tests.conftest import PASSWORD

    make_person("anna")
    by_session("anna", PASSWORD)
    by_token("anna", PASSWORD)
    for _ in range(5):
        by_token("anna", "wrong")
    rows = list(AuditEntry.objects.order_by("id").values_list("action", "username", "address"))
    assert rows == [
        ("session.start", "anna", "127.0.0.1"),
        ("session.start", "anna", "127.0.0.1"),
        ("session.locked", "anna", "127.0.0.1"),
    ]
