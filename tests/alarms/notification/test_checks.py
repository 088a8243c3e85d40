"""What a channel, a route or a shift plan must not say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from alarms.notification.channels import ChannelContent
from alarms.notification.checks import check_plan, check_route, check_settings
from alarms.notification.models import PlanContent, RouteContent
from kernel.errors import BadRequest

PERSON, CHANNEL = "mabcdefghij", "ncabcdefghij"


def _route(**given: Any) -> RouteContent:
    return msgspec.convert({"name": "Night", "steps": [{"people": [PERSON]}], **given}, RouteContent)


def _plan(**given: Any) -> PlanContent:
    return msgspec.convert({"name": "Operators", "zone": "Asia/Dubai", **given}, PlanContent)


def _field(error: pytest.ExceptionInfo[BadRequest]) -> str:
    field: str = error.value.extra["errors"][0]["field"]
    return field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"steps": [{}]}, "steps[0]"),
        ({"steps": [{"people": [PERSON], "after_s": 60}]}, "steps[0].after_s"),
        ({"steps": [{"people": [PERSON]}, {"channels": [CHANNEL]}]}, "steps[1].after_s"),
        ({"active": {"kind": "weekly", "zone": "Dubai", "times": [{"days": [1], "from": "08:00", "to": "16:00"}]}},
         "active.zone"),
        ({"quiet": {"from": "22:00", "to": "06:00", "zone": "UTC+4"}}, "quiet.zone"),
        ({"quiet": {"from": "22:00", "to": "22:00", "zone": "UTC"}}, "quiet.to"),
        ({"digest": {}}, "digest"),
        ({"digest": {"every_s": 3600, "at": "08:00"}}, "digest"),
        ({"digest": {"every_s": 3600}, "repeat_s": 600}, "digest"),
    ],
)  # fmt: skip
def test_a_route_that_cannot_work_is_refused_with_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as error:
        check_route(_route(**given))
    assert _field(error) == field


def test_a_route_with_steps_in_order_is_taken() -> None:
    later = {"channels": [CHANNEL], "after_s": 900}
    check_route(_route(steps=[{"people": [PERSON]}, later], repeat_s=3600))
    check_route(_route(digest={"at": "07:30", "zone": "Europe/Vienna"}))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "entries"),
        ({"entries": [{"days": [1], "from": "08:00", "to": "16:00"}]}, "entries"),
        ({"rotation": {"days": 7, "begins": "2026-02-30", "groups": [[PERSON]]}}, "rotation.begins"),
        ({"rotation": {"days": 7, "begins": "2026-02-01", "groups": [[]]}}, "rotation.groups"),
        ({"zone": "Mars/Base", "rotation": {"days": 7, "begins": "2026-02-01", "groups": [[PERSON]]}}, "zone"),
    ],
)
def test_a_shift_plan_that_puts_nobody_on_duty_is_refused(given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as error:
        check_plan(_plan(**given))
    assert _field(error) == field


@pytest.mark.parametrize(
    "address",
    ["anna", "anna@plant", "anna@example.com\r\nBcc: all@example.com", "a b@example.com", "anna@[10.0.0.1]", "@a.com"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    content = {"name": "Operators", "settings": {"kind": "email", "addresses": ["ok@example.com", address]}}
    with pytest.raises(BadRequest) as error:
        check_settings(msgspec.convert(content, ChannelContent).settings)
    assert _field(error) == "settings.addresses[1]"


@pytest.mark.parametrize("url", ["https://exämple.com/a", "https://example.com/a b", "https://example.com/\r\nX: y"])
def test_a_url_with_other_characters_is_refused(url: str) -> None:
    content = {"name": "Cases", "settings": {"kind": "webhook", "url": url, "secret": "0123456789abcdef"}}
    with pytest.raises(BadRequest) as error:
        check_settings(msgspec.convert(content, ChannelContent).settings)
    assert _field(error) == "settings.url"
