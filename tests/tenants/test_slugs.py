"""Slugs are DNS labels that cannot be confused with the platform's own names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import BadRequest
from tenants.slugs import MAX_LENGTH, check_slug, suggestion


@pytest.mark.parametrize("slug", ["ab", "acme", "north-sea-2", "a1", "plant-7-b", "a" * MAX_LENGTH])
def test_good_slugs_pass_as_they_are(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("", "needs 2 to 40"),
        ("a", "needs 2 to 40"),
        ("a" * (MAX_LENGTH + 1), "has 41 characters"),
        ("Acme", "such as “acme”"),
        ("acme corp", "such as “acme-corp”"),
        ("acme_corp", "such as “acme-corp”"),
        ("acme--corp", "single hyphens"),
        ("xn--acme", "single hyphens"),
        ("-acme", "such as “acme”"),
        ("acme-", "such as “acme”"),
        ("7acme", "beginning with a letter"),
        ("acme.corp", "lower-case letters"),
        ("acme\n", "such as “acme”"),
        ("../etc", "lower-case letters"),
        ("größe", "lower-case letters"),
        ("аcme", "lower-case letters"),  # a Cyrillic а
        ("admin", "reserved"),
        ("api", "reserved"),
        ("operators", "reserved"),
        ("kube-system", "reserved"),
    ],
)
def test_invalid_slugs_are_rejected_with_a_valid_example(slug: str, says: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check_slug(slug)
    assert says in caught.value.detail
    assert caught.value.extra["field"] == "slug"


@given(st.text(max_size=80))
def test_a_suggestion_is_a_good_slug_or_nothing(name: str) -> None:
    if suggested := suggestion(name):
        assert check_slug(suggested) == suggested
