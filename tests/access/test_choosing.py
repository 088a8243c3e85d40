"""Which tenant a request is about."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from access.credentials import named_tenants
from access.identity import Identity, MembershipView, choose_membership
from access.scopes import DATA
from kernel.errors import BadRequest, NotFound
from web.caller import Role


def person(*slugs: str, bound: str | None = None, role: Role = Role.engineer) -> Identity:
    memberships = {slug: MembershipView(f"t-{slug}", slug, role) for slug in slugs}
    return Identity(1, "anna", False, "token", DATA, memberships, bound)


def test_a_member_of_one_tenant_need_not_name_it() -> None:
    membership = choose_membership(person("acme"), set())
    assert membership is not None and membership.slug == "acme"


def test_a_member_of_several_tenants_must_name_one() -> None:
    assert choose_membership(person("acme", "rival"), set()) is None
    membership = choose_membership(person("acme", "rival"), {"rival"})
    assert membership is not None and membership.slug == "rival"


def test_two_names_that_disagree_are_refused_even_if_one_is_not_theirs() -> None:
    for named in ({"acme", "rival"}, {"acme", "nobody"}):
        with pytest.raises(BadRequest):
            choose_membership(person("acme", "rival"), named)


def test_a_tenant_that_is_not_theirs_does_not_exist_for_them() -> None:
    for who in (person("acme"), person(), person("acme", bound="acme")):
        with pytest.raises(NotFound):
            choose_membership(who, {"rival"})


def test_a_token_bound_to_a_tenant_disagrees_with_another_of_the_person() -> None:
    membership = choose_membership(person("acme", "rival", bound="acme"), set())
    assert membership is not None and membership.slug == "acme"
    with pytest.raises(BadRequest):
        choose_membership(person("acme", "rival", bound="acme"), {"rival"})


def test_a_viewer_s_credential_can_only_read() -> None:
    viewer = person("acme", role=Role.viewer)
    assert viewer.caller(viewer.memberships["acme"]).scopes == {"read"}
    assert person("acme").caller(person("acme").memberships["acme"]).scopes == DATA


@pytest.mark.parametrize(
    ("path", "host", "header", "named"),
    [
        ("/api/v1/sensors", "localhost", None, set()),
        ("/api/v1/sensors", "acme.localhost:8600", None, {"acme"}),
        ("/api/v1/sensors", "ACME.localhost", None, {"acme"}),
        ("/api/v1/sensors?tenant=acme", "127.0.0.1:8600", None, {"acme"}),
        ("/api/v1/sensors", "localhost", "acme", {"acme"}),
        ("/api/v1/sensors?tenant=rival", "acme.localhost", "acme", {"acme", "rival"}),
        ("/api/v1/sensors?tenant=acme&tenant=rival", "localhost", None, {"acme", "rival"}),
        ("/t/acme/trends", "localhost", None, {"acme"}),
        ("/t/acme", "localhost", None, {"acme"}),
        ("/api/v1/tenants/acme", "localhost", None, set()),
    ],
)
def test_every_way_of_naming_a_tenant(path: str, host: str, header: str | None, named: set[str]) -> None:
    headers = {"Host": host} | ({"X-Plantrace-Tenant": header} if header else {})
    assert named_tenants(RequestFactory().get(path, headers=headers)) == named
