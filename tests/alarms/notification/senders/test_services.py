"""Services through Apprise: where their requests go, whatever their URL says."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.notification.senders import services
from alarms.notification.senders.services import MAX_TARGETS, SERVICES, ServiceRefused, parse_service
from tests.alarms.notification.messages import HOSTILE, LONG, hostile, item, message
from tests.receivers import Answer, Authority, http_receiver, make_authority

HEX, UUID = "0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"
FROM, TO = "15551230000", "15551231111"
TELEGRAM = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12315544"
# By scheme a URL, and the hosts that it may ask for, in words.
EXAMPLES = {
    "46elks": (f"46elks://user:password@{FROM}/{TO}", "api.46elks.com"),
    "bulksms": (f"bulksms://{HEX}:{HEX}@{TO}", "api.bulksms.com"),
    "clicksend": (f"clicksend://anna:{HEX}@{TO}", "rest.clicksend.com"),
    "cm": (f"cm://Plant@{UUID}/{TO}", "gw.messaging.cm.com"),
    "d7sms": (f"d7sms://{HEX}@{TO}", "api.d7networks.com"),
    "discord": (f"discord://012345678901234567/{HEX * 4}", "discord.com"),
    "gchat": ("gchat://workspace/webhookkey/webhooktoken", "chat.googleapis.com"),
    "ilert": (f"ilert://il4api{HEX}0123456789", "api.ilert.com"),
    "line": (f"line://{HEX * 2}/U0123456789", "api.line.me"),
    "msgbird": (f"msgbird://0123456789abcdefghijklmno/{FROM}/{TO}", "rest.messagebird.com"),
    "pagerduty": (f"pagerduty://{HEX * 2}@{HEX}0123", "events.pagerduty.com"),
    "plivo": (f"plivo://0123456789abcdefghij01234@0123456789{HEX}abcdefghijabcd/{FROM}/{TO}", "api.plivo.com"),
    "pover": (f"pover://{'u' * 30}@{'a' * 30}", "api.pushover.net"),
    "seven": (f"seven://{HEX}/{TO}", "gateway.seven.io"),
    "signl4": ("signl4://0123456789", "connect.signl4.com"),
    "sinch": (f"sinch://{HEX * 2}:{HEX * 2}@{FROM}/{TO}", "us.sms.api.sinch.com"),
    "sns": (f"sns://AHIAJGNT76XIMXDBIJYA/bu1dHSdO22pfaaVy/wmNsdljF4C07D3bndi9PQJ9/us-east-2/{TO}",
            "sns.us-east-2.amazonaws.com"),
    "splunk": (f"splunk://database@{UUID}", "alert.victorops.com"),
    "squadcast": (f"squadcast://{HEX * 2}01234567", "api.squadcast.com"),
    "telnyx": (f"telnyx://KEY{HEX}@{FROM}/{TO}", "api.telnyx.com"),
    "tgram": (TELEGRAM, "api.telegram.org"),
    "threema": (f"threema://*PLANT01@{HEX}/{TO}", "msgapi.threema.ch"),
    "twilio": (f"twilio://AC{HEX * 2}:{HEX * 2}@{FROM}/{TO}", "api.twilio.com"),
    "vonage": (f"vonage://abcd1234:{HEX}@{FROM}/{TO}", "rest.nexmo.com"),
    "webex": (f"webex://{'a' * 80}", "api.ciscospark.com webexapis.com"),
    "whatsapp": (f"whatsapp://{HEX}@{FROM}/{TO}", "graph.facebook.com"),
}  # fmt: skip
FREE_HOST = (
    "json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos", "ntfy", "ntfys", "gotify", "matrix", "mmost",
    "rocket", "signal", "smseagle", "apprise", "hassio", "mqtt", "mqtts", "syslog", "rsyslog", "workflows", "xmatters",
    "fcm", "vapid", "slack", "msteams", "azure", "ses", "gnome", "dbus", "windows", "macosx", "file", "http", "https",
)  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are asked for; none of them is resolved, so nothing leaves this machine."""
    names: list[str] = []

    def resolve(host: str, *_: Any, **__: Any) -> Any:
        names.append(host)
        raise socket.gaierror("not in tests")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return names


def test_there_is_an_example_of_each_service() -> None:
    assert EXAMPLES.keys() == SERVICES.keys()


@pytest.mark.parametrize("scheme", sorted(EXAMPLES))
def test_a_service_asks_for_its_own_host_only(asked: list[str], scheme: str) -> None:
    url, hosts = EXAMPLES[scheme]
    for made in (message(), message(item(event="returned")), message(item(), item(priority=4)), message(items=[])):
        assert services.send(url, made).state == "retry"
    assert asked and set(asked) <= set(hosts.split())


PARAMETERS = (
    "?host=evil.example&hostname=evil.example&url=http://evil.example&proxy=evil.example&redirect=yes&verify=no"
)


@pytest.mark.parametrize("scheme", sorted(EXAMPLES))
@pytest.mark.parametrize("change", ["parameters", "region", "host"])
def test_whatever_the_url_says(asked: list[str], scheme: str, change: str) -> None:
    url, hosts = EXAMPLES[scheme]
    rest = url.partition("://")[2]
    made = {
        "parameters": url + PARAMETERS,
        "region": f"{url}?region=evil.example/x&server=evil.example&mode=evil&template=/etc/passwd&keyfile=/etc/passwd",
        "host": f"{scheme}://evil.example:8080/{rest.replace('us-east-2', 'evil.example/x')}",
    }[change]
    services.send(made, message())
    assert set(asked) <= set(hosts.split())
    with_overrides = parse_quietly(made)
    assert with_overrides is None or (with_overrides.verify_certificate and not with_overrides.redirects)


def parse_quietly(url: str) -> Any:
    try:
        return parse_service(url)
    except ServiceRefused:
        return None


@pytest.mark.parametrize("scheme", FREE_HOST)
def test_schemes_that_name_a_host_are_refused(asked: list[str], scheme: str) -> None:
    outcome = services.send(f"{scheme}://user:secret@evil.example/secret", message())
    assert outcome.state == "refused" and "secret" not in outcome.detail
    assert asked == []


@pytest.mark.parametrize(
    "url", ["", "twilio", "twilio://", "twilio:// x", f"{TELEGRAM}\r\n", "tgram://,json://evil.example", "TGRAM:///"]
)
def test_what_is_no_url_of_a_service_is_refused(asked: list[str], url: str) -> None:
    assert services.send(url, message()).state == "refused" and asked == []


def test_a_url_has_few_recipients() -> None:
    many = "/".join(f"1555123{i:04}" for i in range(MAX_TARGETS + 1))
    with pytest.raises(ServiceRefused, match="recipients"):
        parse_service(f"seven://{HEX}/{many}")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def telegram(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """From then on api.telegram.org is that port of this machine."""

    def be(port: int) -> None:
        here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [here])
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))

    return be


def test_what_a_service_accepts_is_sent(authority: Authority, telegram: Callable[[int], None], settings: Any) -> None:
    from tests.alarms.notification.senders.conftest import HERE

    settings.OUTBOUND_NETWORKS = HERE
    accepted = Answer(body=b'{"ok": true, "result": {}}')
    with http_receiver(accepted, Answer(403), tls=authority.server("api.telegram.org")) as receiver:
        telegram(receiver.port)
        assert services.send(TELEGRAM, message()).state == "sent"
        assert services.send(TELEGRAM, message()).state == "retry"
        first, second = receiver.received
        assert "TT-101" in first.body.decode() and "acknowledge" not in first.body.decode()
        assert second.path == first.path


def test_a_service_whose_name_leads_to_this_machine_gets_nothing(
    authority: Authority, telegram: Callable[[int], None], settings: Any
) -> None:
    settings.OUTBOUND_NETWORKS = ()
    with http_receiver(tls=authority.server("api.telegram.org")) as receiver:
        telegram(receiver.port)
        assert services.send(TELEGRAM, message()).state == "retry"
        assert receiver.received == [] and receiver.names == []


@pytest.mark.parametrize("text", [HOSTILE, LONG])
def test_texts_for_telephones_are_short(text: str) -> None:
    assert len(services.short_text(message(hostile(text)))) < 600
    many = services.short_text(message(*[hostile(text)] * 100, more=50))
    assert many.endswith("and 145 more") and len(many) < 2_000
    assert services.short_text(message()) == (
        "Supply water too warm\nCH-1 Chiller 1\nNorth\n2025-11-30 15:05:12 Asia/Dubai"
    )


@given(st.sampled_from(sorted(SERVICES)), st.text(max_size=60) | st.text("a1/@:?=&%+*.", max_size=60))
def test_whatever_follows_a_scheme_is_a_service_or_refused(scheme: str, rest: str) -> None:
    made = parse_quietly(f"{scheme}://{rest}")
    assert made is None or (made.verify_certificate and not made.redirects and len(made) <= MAX_TARGETS)
