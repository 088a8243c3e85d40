"""Headers with an invalid character set, as passed on by the real server."""

from __future__ import annotations

import pytest
import requests

from tests.installation import Platform
from web.headers import plain_content_type

CODECS = ["rot13", "hex", "zip", "base64", "undefined", "punycode", "utf-16", "no-such"]
TENANT = "headers"


@pytest.fixture(scope="module")
def bearer(platform: Platform) -> dict[str, str]:
    platform.ensure_tenant(TENANT)
    return {"Authorization": f"Bearer {platform.ensure_person('headers-engineer', TENANT)['token']}"}


@pytest.mark.parametrize(
    "parameter", [*(f"charset={codec}" for codec in CODECS), "charset*=zzz''%41", "x*0*=rot13''%41"]
)
def test_a_character_set_in_a_header_changes_nothing(
    platform: Platform, bearer: dict[str, str], parameter: str
) -> None:
    for name in ("Content-Type", "Accept"):
        headers = {name: f"application/json; {parameter}".encode("latin-1")}
        response = requests.get(f"{platform.url}/ping?verbose=true", headers=headers, timeout=10)
        assert (response.status_code, response.json()) == (200, {"version": "1.8.10"})
        listed = requests.get(f"{platform.url}/api/v1/sites?limit=1", headers={**bearer, **headers}, timeout=10)
        assert listed.status_code == 200, listed.text
        imports = requests.get(f"{platform.url}/api/v1/imports?limit=1", headers={**bearer, **headers}, timeout=10)
        assert imports.status_code == 200, imports.text


@pytest.mark.parametrize("name", ["filename*=rot13''x%41.csv", "filename*=undefined''x%41.csv", "filename*=zzz''%41"])
def test_a_part_name_in_an_unknown_character_set_is_reported(
    platform: Platform, bearer: dict[str, str], name: str
) -> None:
    part = f'--b\r\nContent-Disposition: form-data; name="file"; {name}\r\n\r\nt,v\r\n--b--\r\n'
    response = requests.post(
        f"{platform.url}/api/v1/imports",
        data=part.encode(),
        headers={**bearer, "Content-Type": "multipart/form-data; boundary=b"},
        timeout=10,
    )
    assert response.status_code == 400, response.text
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("application/json; charset=utf-8", "application/json"),
        ('multipart/form-data; charset=x; boundary="a b"', 'multipart/form-data; boundary="a b"'),
        ("multipart/form-data;boundary=----x1", 'multipart/form-data; boundary="----x1"'),
        ("multipart/form-data; boundary=" + "x" * 71, "multipart/form-data"),
        (";" * 10_000, ""),
    ],
)
def test_only_the_boundary_is_kept(sent: str, plain: str) -> None:
    assert plain_content_type(sent) == plain
