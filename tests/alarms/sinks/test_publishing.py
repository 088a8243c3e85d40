"""Alarms reach real brokers: each transition at least once and in order, while others are away, and after kills."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings

from alarms.journal.models import JournalEntry
from alarms.machine.model import Acknowledge, Condition, Transition, What
from alarms.sinks import publishing as publishing_settings
from alarms.sinks import repository
from alarms.sinks.brokers import connected
from alarms.sinks.failures import SinkFailed
from alarms.sinks.messages import Message
from alarms.sinks.models import KafkaSettings, MqttSettings, SinkContent, SinkSecrets, SinkSettings, SinkState
from alarms.sinks.publishing import THREADS, SinkPublisher, Turn, publish_waiting
from alarms.sinks.trial import try_sink
from catalog.models import Sensor
from config import outgoing_metrics
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.alarm_scripts import FEED, NUMBER
from stores.redis.client import redis_client
from stores.redis.outgoing_figures import OutgoingFigures
from stores.timeseries.alarms import delete_alarms
from tests.alarms.alarm_world import about, change, clear_alarm, raise_alarm, write_entries, write_journal
from tests.alarms.sinks.brokers import PASSWORD, USER, Kafka, Mosquitto, Subscriber, kafka, mosquitto
from tests.historian.plant import add_sensors
from tests.ingest.simulated_devices import free_port
from tests.testbed.certificates import Authority
from tests.waiting import wait_until
from web.outbound.networks import parse_networks
from web.stores import alarm_feed, alarms, outgoing_counts, outgoing_figures, writer

NOW = 1_773_481_320_000
pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as made:
        yield made


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    with kafka(tmp_path_factory.mktemp("kafka")) as made:
        yield made


@pytest.fixture
def sensor(tenant: TenantConnection) -> Sensor:
    [made] = add_sensors(tenant, {"unit": "°C"})
    return made


@contextmanager
def publishing(tenant: TenantConnection) -> Iterator[SinkPublisher]:
    publisher = SinkPublisher(lambda: [tenant], lambda: NOW)
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.stop()


@contextmanager
def subscribed(broker: Mosquitto, topic: str) -> Iterator[Subscriber]:
    subscriber = Subscriber(broker.plain, topic)
    try:
        yield subscriber
    finally:
        subscriber.close()


def add(tenant: TenantConnection, settings: SinkSettings, name: str = "Bus", enabled: bool = True) -> str:
    content = SinkContent(name=name, enabled=enabled, settings=settings)
    return repository.put(tenant, None, content, None, author="somebody", now=NOW).id


def plain(broker: Mosquitto, topic: str = "plant/{site}/{tag}", **more: Any) -> MqttSettings:
    return MqttSettings(host="127.0.0.1", port=broker.plain, tls=False, topic=topic, **more)


def test_transitions_reach_mqtt_as_the_journal_has_them(
    tenant: TenantConnection, sensor: Sensor, broker: Mosquitto
) -> None:
    id = add(tenant, plain(broker, "plant/{tenant}/{tag}/{what}"))
    with subscribed(broker, f"plant/{tenant.slug}/#") as subscriber, publishing(tenant):
        key = raise_alarm(tenant, about(sensor), NOW - 2_000)
        change(tenant, about(sensor), Acknowledge(NOW - 1_000, "ada", "Seen", ""))
        first, second = (subscriber.messages.get(timeout=60) for _ in range(2))
        wait_until(lambda: repository.get(tenant, id).progress.published == 2)
    assert first[0] == f"plant/acme/{sensor.tag}/raised" and second[0].endswith("/acknowledged") and not first[1]
    body, then = first[2], second[2]
    assert (body["schema"], body["tenant"], body["test"]) == (1, "acme", False)
    assert (body["what"], body["key"], body["t"], body["value"]) == ("raised", key, NOW - 2_000, 17.9)
    assert body["text"] == "17.9 °C over 14.5 °C" and body["target"]["tag"] == sensor.tag and body["priority"] == 2
    assert (then["person"], then["note"], then["condition"]) == ("ada", "Seen", "acknowledged")
    assert then["number"] == body["number"] + 1 and then["occurrence"] == body["occurrence"]
    done = repository.get(tenant, id).progress
    assert (done.state, done.waiting, done.last_published, done.lost) == ("ok", 0, NOW, 0)


def test_the_journal_waits_for_no_broker(tenant: TenantConnection, sensor: Sensor) -> None:
    id = add(tenant, MqttSettings(host="127.0.0.1", port=free_port(), tls=False))
    with publishing(tenant):
        raise_alarm(tenant, about(sensor), NOW)
        wait_until(lambda: repository.get(tenant, id).progress.state == "failing")
        assert write_journal(tenant) == 1 and alarms().outgoing_count(tenant.prefix) == 0
    progress = repository.get(tenant, id).progress
    assert "Connection refused" in progress.detail and progress.waiting == 1 and progress.published == 0


def test_what_a_broker_missed_arrives_when_it_is_back_and_in_order(
    tenant: TenantConnection, sensor: Sensor, tmp_path: Path
) -> None:
    with mosquitto(tmp_path, durable=True) as broker:
        id = add(tenant, plain(broker))
        with subscribed(broker, "plant/#") as subscriber, publishing(tenant):
            broker.stop()
            for k in range(3):
                raise_alarm(tenant, about(sensor), NOW + 2_000 * k)
                clear_alarm(tenant, about(sensor), NOW + 2_000 * k + 1_000)
            wait_until(lambda: repository.get(tenant, id).progress.state == "failing")
            broker.start()
            got = subscriber.next(6)
    numbers = [each["number"] for each in got]
    assert numbers == sorted(numbers) and [each["what"] for each in got] == ["raised", "returned"] * 3


def test_brokers_that_hang_delay_no_other_one_of_their_tenant(
    tenant: TenantConnection, sensor: Sensor, broker: Mosquitto
) -> None:
    """They accept connections and never answer. The healthy sink comes last by its name and was added last."""
    with ExitStack() as stack:
        for k in range(2):
            silent = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
            silent_at = MqttSettings(host="127.0.0.1", port=silent.getsockname()[1], tls=False)
            add(tenant, silent_at, f"Silent {k}")
        add(tenant, plain(broker), "Works")
        with subscribed(broker, "plant/#") as subscriber, publishing(tenant):
            raise_alarm(tenant, about(sensor), NOW)
            assert subscriber.next(1)[0]["what"] == "raised"
            wait_until(lambda: [s.progress.state for s in repository.find(tenant)] == ["failing"] * 2 + ["ok"])
            clear_alarm(tenant, about(sensor), NOW + 1_000)
            assert subscriber.next(1)[0]["what"] == "returned"


def test_of_sinks_that_failed_a_tenant_has_one_turn_at_a_time_and_all_have_half_of_them() -> None:
    publisher = SinkPublisher(list, lambda: NOW)
    jobs = [(f"t{n}:", f"s{k}") for n in range(THREADS) for k in range(3)]
    started = list(publisher._startable(jobs, 10.0))
    assert Counter(prefix for prefix, _ in started) == {f"t{n}:": 2 for n in range(THREADS)}
    for job in jobs:
        publisher._turns[job] = Turn(failures=1, began=float(int(job[1][1])))
    started = list(publisher._startable(jobs, 10.0))
    assert len(started) == THREADS // 2 == len({prefix for prefix, _ in started})
    assert {sink for _, sink in started} == {"s0"}  # longest not served
    publisher._turns["t0:", "s0"].failures, publisher._turns["t0:", "s1"].busy = 0, True
    assert ("t0:", "s0") in set(publisher._startable(jobs, 10.0))
    assert ("t0:", "s2") not in set(publisher._startable(jobs, 10.0))


def test_a_certificate_of_the_client(tenant: TenantConnection, broker: Mosquitto) -> None:
    issued = broker.authority.issue(USER, [])
    given = MqttSettings(
        host="localhost", port=broker.mutual, ca=broker.ca, topic="plant/x", certificate=issued.certificate.decode(),
        key=issued.key.decode(),
    )  # fmt: skip
    assert try_sink(tenant, add(tenant, given), NOW).detail == ""
    without = msgspec.structs.replace(given, certificate=None, key=None)
    refused = try_sink(tenant, add(tenant, without, "Without"), NOW)
    assert not refused.ok and refused.detail
    stranger = Authority(datetime.now(UTC)).issue("plantrace", [])
    other = msgspec.structs.replace(given, certificate=stranger.certificate.decode(), key=stranger.key.decode())
    refused = try_sink(tenant, add(tenant, other, "Of another authority"), NOW)
    assert not refused.ok and refused.detail


def test_what_is_published_and_what_failed_is_counted(
    tenant: TenantConnection, sensor: Sensor, broker: Mosquitto
) -> None:
    add(tenant, plain(broker))
    add(tenant, MqttSettings(host="127.0.0.1", port=free_port(), tls=False), "Away")
    before = outgoing_counts().all()

    def grown(name: str) -> int:
        return outgoing_counts().all().get(name, 0) - before.get(name, 0)

    with publishing(tenant):
        raise_alarm(tenant, about(sensor), NOW)
        wait_until(lambda: grown("published mqtt") == 1 and grown("error mqtt") >= 1)
    [figures] = outgoing_figures().of([tenant.prefix])
    assert figures.transitions == 1 and figures.fed is not None
    text = generate(figures, figures.fed + 5_000)
    assert text["plantrace_alarm_sinks_waiting"] == 1 and text["plantrace_alarm_sinks_lag_seconds"] == 5


def generate(figures: OutgoingFigures, now: int) -> dict[str, float]:
    families = outgoing_metrics._Outgoing([figures], outgoing_counts().all(), now).collect()
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_a_broker_that_is_away_delays_no_other_one(tenant: TenantConnection, sensor: Sensor, broker: Mosquitto) -> None:
    add(tenant, MqttSettings(host="127.0.0.1", port=free_port(), tls=False), "Away")
    add(tenant, plain(broker), "There")
    with subscribed(broker, "plant/#") as subscriber, publishing(tenant):
        raise_alarm(tenant, about(sensor), NOW)
        assert subscriber.next(1)[0]["what"] == "raised"


def test_what_was_published_and_not_noted_is_published_again(
    tenant: TenantConnection, sensor: Sensor, broker: Mosquitto
) -> None:
    """As by a process that is killed in between."""

    class Killed(BaseException):
        pass

    sink = repository.SINKS.get(tenant, add(tenant, plain(broker)))
    key = raise_alarm(tenant, about(sensor), NOW)
    with subscribed(broker, "plant/#") as subscriber:
        with connected(sink.settings, SinkSecrets()) as connection:

            class Dying:
                def publish(self, messages: Any) -> None:
                    connection.publish(messages)
                    raise Killed

            with pytest.raises(Killed):
                publish_waiting(tenant, sink, Dying(), lambda: NOW, lambda: True)
            publish_waiting(tenant, sink, connection, lambda: NOW, lambda: True)
        assert [each["key"] for each in subscriber.next(2)] == [key, key]
    assert alarm_feed().waiting([tenant.prefix]) == {}


def test_tls_and_a_password(tenant: TenantConnection, broker: Mosquitto) -> None:
    def secure(**changes: Any) -> SinkSettings:
        return MqttSettings(**{
            "host": "localhost", "port": broker.secure, "ca": broker.ca, "username": USER, "password": PASSWORD,
            **changes,
        })  # fmt: skip

    assert try_sink(tenant, add(tenant, secure()), NOW).detail == ""
    wrong = try_sink(tenant, add(tenant, secure(password="x"), "Wrong"), NOW)
    assert not wrong.ok and "Not authorized" in wrong.detail
    unknown = try_sink(tenant, add(tenant, secure(ca=None), "Public"), NOW)
    assert not unknown.ok and "certificate" in unknown.detail
    other = try_sink(tenant, add(tenant, secure(host="127.0.0.1"), "Named otherwise"), NOW)
    assert not other.ok and "match" in other.detail


def test_a_topic_that_the_broker_refuses_is_said(tenant: TenantConnection, broker: Mosquitto) -> None:
    done = try_sink(tenant, add(tenant, plain(broker, "elsewhere/{key}")), NOW)
    assert not done.ok and done.topic == "elsewhere/test" and "Not authorized" in done.detail


def test_the_last_message_of_a_topic_is_kept_if_that_is_wanted(
    tenant: TenantConnection, sensor: Sensor, broker: Mosquitto
) -> None:
    id = add(tenant, plain(broker, "kept/{tag}", retain=True))
    with publishing(tenant):
        raise_alarm(tenant, about(sensor), NOW)
        wait_until(lambda: repository.get(tenant, id).progress.published == 1)
    with subscribed(broker, f"kept/{sensor.tag}") as subscriber:
        _, retained, body = subscriber.messages.get(timeout=60)
    assert retained and body["what"] == "raised"


def test_more_than_one_batch_arrives(tenant: TenantConnection, sensor: Sensor, broker: Mosquitto) -> None:
    add(tenant, plain(broker))
    with subscribed(broker, "plant/#") as subscriber, publishing(tenant):
        for k in range(130):
            raise_alarm(tenant, about(sensor), NOW + 2_000 * k)
            clear_alarm(tenant, about(sensor), NOW + 2_000 * k + 1_000)
        got = subscriber.next(260)
    assert [each["number"] for each in got] == list(range(got[0]["number"], got[0]["number"] + 260))


@pytest.fixture
def behind(
    tenant: TenantConnection, sensor: Sensor, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[list[int], SinkState]]:
    """24 transitions wait for a sink, of which the feed has four and the journal the others, among which two tell of
    notifications. Returns what publishes them: their numbers as they arrive, and how the sink does then.
    """
    monkeypatch.setattr(publishing_settings, "BATCH_SIZE", 3)
    monkeypatch.setattr(publishing_settings, "CATCH_UP_NUMBERS", 5)
    sink = repository.SINKS.get(tenant, add(tenant, plain(broker)))
    redis = redis_client(settings.REDIS_URL)
    for k in range(12):
        key = raise_alarm(tenant, about(sensor), NOW + 2_000 * k)
        if k in (3, 8):
            number = redis.incrby(tenant.prefix + NUMBER, 900)
            told = Transition(What.NOTIFIED, NOW + 2_000 * k, Condition.UNACKNOWLEDGED)
            write_entries(tenant, [JournalEntry(key, number, told, about(sensor))])
        clear_alarm(tenant, about(sensor), NOW + 2_000 * k + 1_000)
    redis.xtrim(tenant.prefix + FEED, maxlen=4, approximate=False)
    assert repository.get(tenant, sink.id).progress.waiting == 24

    def publish() -> tuple[list[int], SinkState]:
        with subscribed(broker, "plant/#") as subscriber:
            with connected(sink.settings, SinkSecrets()) as connection:
                publish_waiting(tenant, sink, connection, lambda: NOW, lambda: True)
            progress = repository.get(tenant, sink.id).progress
            return [each["number"] for each in subscriber.next(progress.published)], progress

    return publish


def test_what_is_too_much_for_the_feed_is_published_from_the_journal(
    tenant: TenantConnection, behind: Callable[[], tuple[list[int], SinkState]]
) -> None:
    with pytest.raises(Unavailable, match="journal does not have all"):
        behind()
    write_journal(tenant)
    numbers, progress = behind()
    assert len(set(numbers)) == 24 and numbers == sorted(numbers)
    assert (progress.published, progress.lost, progress.waiting) == (24, 0, 0)
    assert alarm_feed().waiting([tenant.prefix]) == {}


def test_what_the_journal_does_not_have_any_more_is_lost(
    tenant: TenantConnection, behind: Callable[[], tuple[list[int], SinkState]]
) -> None:
    write_journal(tenant)
    delete_alarms(writer(tenant), NOW + 2_000 * 5)
    numbers, progress = behind()
    assert numbers == sorted(numbers)
    assert (progress.published, progress.lost, progress.waiting) == (14, 10, 0)


def test_transitions_reach_kafka_with_the_alarm_as_the_key(
    tenant: TenantConnection, sensor: Sensor, cluster: Kafka
) -> None:
    settings = KafkaSettings(servers=[f"127.0.0.1:{cluster.port}"], tls=False, topic="plant.{tenant}")
    id = add(tenant, settings)
    with publishing(tenant):
        key = raise_alarm(tenant, about(sensor), NOW)
        clear_alarm(tenant, about(sensor), NOW + 1_000)
        records = cluster.records("plant.acme", 2)
        wait_until(lambda: repository.get(tenant, id).progress.published == 2)
    assert [(name, body["what"]) for name, body in records] == [(key, "raised"), (key, "returned")]
    assert records[0][1]["schema"] == 1
    done = try_sink(tenant, id, NOW)
    assert done.ok and done.detail == "" and done.topic == "plant.acme"


def test_a_cluster_that_asks_for_a_certificate(tenant: TenantConnection, cluster: Kafka) -> None:
    def shown(authority: Authority | None) -> SinkSettings:
        own = authority.issue(USER, []) if authority else None
        return KafkaSettings(
            servers=[f"localhost:{cluster.mutual}"], ca=cluster.authority.certificate().decode(), topic="plant.mutual",
            certificate=own and own.certificate.decode(), key=own and own.key.decode(),
        )  # fmt: skip

    id = add(tenant, shown(cluster.authority))
    done = try_sink(tenant, id, NOW)
    assert done.ok and done.detail == ""
    [(key, body)] = cluster.records("plant.mutual", 1)
    assert key == "test" and body["test"]
    stored = repository.SINKS.get(tenant, id)
    assert stored.settings.key is None and b"PRIVATE KEY" not in msgspec.json.encode(stored)
    for name, authority in {"Without": None, "Of another authority": Authority(datetime.now(UTC))}.items():
        refused = try_sink(tenant, add(tenant, shown(authority), name), NOW)
        assert not refused.ok and refused.detail


def test_a_cluster_that_is_away_is_said(tenant: TenantConnection) -> None:
    settings = KafkaSettings(servers=[f"127.0.0.1:{free_port()}"], tls=False)
    done = try_sink(tenant, add(tenant, settings), NOW)
    assert not done.ok and done.detail


def test_a_cluster_that_names_a_broker_elsewhere_is_not_followed(tmp_path: Path, settings: Any) -> None:
    """A cluster says itself where its brokers are: `127.0.0.2` is reachable here, and not allowed."""
    settings.OUTBOUND_NETWORKS = parse_networks(["127.0.0.1/32"])
    with kafka(tmp_path, advertised="127.0.0.2") as cluster:
        given = KafkaSettings(servers=[f"127.0.0.1:{cluster.port}"], tls=False, topic="plant")
        with pytest.raises(SinkFailed, match="not a public address"), connected(given, SinkSecrets()) as connection:
            connection.publish([Message("plant", "k", b"{}")])


def test_a_broker_that_sends_no_end_is_left(tenant: TenantConnection) -> None:
    """It claims a packet of 256 MB, and sends what it can."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(b"\x30\xff\xff\xff\x7f")
                while True:
                    connection.sendall(b"\x00" * 65_536)

        threading.Thread(target=serve, daemon=True).start()
        given = MqttSettings(host="127.0.0.1", port=listening.getsockname()[1], tls=False)
        done = try_sink(tenant, add(tenant, given), NOW)
    assert not done.ok and "lost" in done.detail


def test_a_name_that_stands_for_another_address_by_then_is_not_followed(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the address that was looked at is the one that is connected to."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> Any:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(2, 1, 6, "", (address, port))]

    given = MqttSettings(host="rebinding.example", port=broker.plain, tls=False)
    threads = threading.active_count()
    with monkeypatch.context() as patched:
        patched.setattr("web.outbound.sockets.socket.getaddrinfo", getaddrinfo)
        with connected(given, SinkSecrets()) as connection:
            connection.publish([Message("plant/x", "k", b"{}")])
    assert [host for host in asked if host == "rebinding.example"] == ["rebinding.example"]
    assert threading.active_count() <= threads
