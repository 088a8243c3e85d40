"""Addresses (URLs) that users give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.outbound.target import MAX_URL, Target, TargetRefused, parse_target, redirected


def test_a_url_becomes_a_target() -> None:
    target = parse_target("https://Hooks.Example.com/a%20b?c=1&d#part")
    assert target == Target("https", "hooks.example.com", 443, "/a%20b?c=1&d")
    assert target.host_header == "hooks.example.com"
    assert parse_target("http://10.1.2.3:8080").path == "/"
    assert parse_target("https://[fd00::1]:8443/x").host_header == "[fd00::1]:8443"
    assert parse_target("https://Bücher.example/").host == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.com", "//hooks.example.com", "ftp://hooks.example.com", "file:///etc/passwd", "gopher://a",
        "https://", "https:///path", "https://user:pass@hooks.example.com", "https://good.example@evil.example/",
        "https://a.example\\@evil.example/", "https://a.example/ b", "https://a.example/\r\nHost: evil", "https://a\x00b/",
        "https://a.example:70000/", "https://a.example:x/", "https://a.example:25/", "https://a.example:22/",
        "https://[::1", "https://a.example/ü", "https://‮example/", "https://a..ü/", "https://a.example:0/",
        "https://a.example/" + "x" * MAX_URL,
    ],
)  # fmt: skip
def test_what_is_no_address_for_requests_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        parse_target(url)


def test_redirects_are_read_as_browsers_do() -> None:
    target = parse_target("https://a.example/one/two?x")
    assert redirected(target, "three").url == "https://a.example/one/three"
    assert redirected(target, "//b.example/").url == "https://b.example/"
    assert redirected(target, "https://b.example:8443/x").port == 8443


@pytest.mark.parametrize("location", ["http://a.example/", "ftp://a.example/", "https://u@b.example/", "\\\\evil"])
def test_redirects_that_lead_elsewhere_are_refused(location: str) -> None:
    with pytest.raises(TargetRefused):
        redirected(parse_target("https://a.example/"), location)


@given(
    st.text(max_size=60)
    | st.text("htps:/@.[]%#?\\ax1", max_size=60)
    | st.builds("https://{}".format, st.text(max_size=40))
)
def test_whatever_is_entered_is_a_target_that_can_be_asked_for_or_refused(url: str) -> None:
    try:
        target = parse_target(url)
    except TargetRefused:
        return
    assert target.scheme in ("http", "https") and 1 <= target.port <= 65_535 and target.host
    assert f"{target.host_header}{target.path}".isascii() and target.path.startswith("/")
    assert not any(each.isspace() or not each.isprintable() for each in target.host_header + target.path)
    assert parse_target(target.url) == target
