"""Real brokers for tests: Mosquitto with a password and TLS, and Kafka."""

from __future__ import annotations

import os
import queue
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaConsumer
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.ingest.simulated_devices import free_port, wait_for_port
from tests.testbed.certificates import Authority, pkcs8, write_secret
from tests.waiting import WAIT_S

KAFKA = Path(os.environ.get("PLANTRACE_CACHE", Path.home() / ".cache/plantrace")) / "kafka/libs"
USER, PASSWORD = "plantrace", "s3cret"


@dataclass
class Mosquitto:
    """`plain`: a port for anybody; `secure`: one with TLS, and for USER only; `mutual`: one with TLS that asks for a
    certificate of the broker's authority.
    """

    folder: Path
    plain: int
    secure: int
    mutual: int
    ca: str
    authority: Authority
    listens: Sequence[int]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["/usr/sbin/mosquitto", "-c", str(self.folder / "mosquitto.conf")],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "mosquitto.log").open("ab"),
        )  # fmt: skip
        for port in self.listens:
            wait_for_port(port)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None


@contextmanager
def mosquitto(folder: Path, durable: bool = False) -> Iterator[Mosquitto]:
    """`durable`: what waits for clients outlives a restart; then it has the plain listener only, without access rules,
    as Mosquitto 2.0.11 forgets which listener's rules a session has.
    """
    authority, (plain, secure, mutual) = Authority(datetime.now(UTC)), (free_port(), free_port(), free_port())
    authority.issue("broker", [], ["localhost"]).write(folder, "broker")
    (folder / "acl").write_text(
        f"topic readwrite plant/#\ntopic readwrite kept/#\nuser {USER}\ntopic readwrite plant/#\n"
    )
    (folder / "ca.crt").write_bytes(authority.certificate())
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(folder / "passwords"), USER, PASSWORD], check=True)
    for name in ("passwords", "acl", "broker.key"):
        (folder / name).chmod(0o600)
    (folder / "mosquitto.conf").write_text(
        f"user root\nper_listener_settings true\n"
        f"listener {plain} 127.0.0.1\nallow_anonymous true\nacl_file {folder}/acl\n"
        f"listener {secure} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/passwords\n"
        f"certfile {folder}/broker.crt\nkeyfile {folder}/broker.key\n"
        f"listener {mutual} 127.0.0.1\nallow_anonymous false\nacl_file {folder}/acl\n"
        f"certfile {folder}/broker.crt\nkeyfile {folder}/broker.key\n"
        f"cafile {folder}/ca.crt\nrequire_certificate true\nuse_identity_as_username true\n"
    )
    if durable:
        (folder / "mosquitto.conf").write_text(
            f"user root\npersistence true\npersistence_location {folder}/\n"
            f"listener {plain} 127.0.0.1\nallow_anonymous true\n"
        )
    listens = [plain] if durable else [plain, secure, mutual]
    made = Mosquitto(folder, plain, secure, mutual, authority.certificate().decode(), authority, listens)
    made.start()
    try:
        yield made
    finally:
        made.stop()


class Subscriber:
    """What arrives at topics of the plain listener, in order; also what does while a durable broker restarts, as its
    session stays and it connects again.
    """

    def __init__(self, port: int, topic: str) -> None:
        self.messages: queue.Queue[tuple[str, bool, dict[str, Any]]] = queue.Queue()
        subscribed: queue.Queue[bool] = queue.Queue()
        name, kept = f"subscriber-{uuid.uuid4().hex}", Properties(PacketTypes.CONNECT)
        kept.SessionExpiryInterval = 3_600
        self._client = client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
        client.reconnect_delay_set(1, 1)
        client.on_connect = lambda *_: client.subscribe(topic, qos=1)
        client.on_subscribe = lambda *_: subscribed.put(True)
        client.on_message = lambda _, __, got: self.messages.put(
            (got.topic, got.retain, msgspec.json.decode(got.payload))
        )
        client.connect("127.0.0.1", port, clean_start=False, properties=kept)
        client.loop_start()
        assert subscribed.get(timeout=WAIT_S)

    def next(self, count: int) -> list[dict[str, Any]]:
        return [self.messages.get(timeout=WAIT_S)[2] for _ in range(count)]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@dataclass
class Kafka:
    """`port`: of the plain listener; `mutual`: of one with TLS that asks for a certificate of `authority`."""

    port: int
    mutual: int
    authority: Authority

    def records(self, topic: str, count: int) -> list[tuple[str, dict[str, Any]]]:
        """The first ones: keys and values."""
        found: list[tuple[str, dict[str, Any]]] = []
        deadline = time.monotonic() + 90
        reader = KafkaConsumer(topic, bootstrap_servers=[f"127.0.0.1:{self.port}"], auto_offset_reset="earliest")
        try:
            while len(found) < count:
                assert time.monotonic() < deadline, found
                for records in reader.poll(timeout_ms=500).values():
                    found += [(each.key.decode(), msgspec.json.decode(each.value)) for each in records]
        finally:
            reader.close()
        return found


@contextmanager
def kafka(folder: Path, advertised: str = "127.0.0.1") -> Iterator[Kafka]:
    """One broker (KRaft); `advertised`: what it calls itself to clients."""
    port, mutual, control = free_port(), free_port(), free_port()
    authority = Authority(datetime.now(UTC))
    issued = authority.issue("broker", [], ["localhost", "127.0.0.1"])
    write_secret(folder / "broker.pem", pkcs8(issued.key) + issued.certificate)
    (folder / "ca.crt").write_bytes(authority.certificate())
    properties = folder / "server.properties"
    properties.write_text(
        f"process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{control}\n"
        f"listeners=PLAINTEXT://127.0.0.1:{port},SSL://127.0.0.1:{mutual},CONTROLLER://127.0.0.1:{control}\n"
        f"advertised.listeners=PLAINTEXT://{advertised}:{port},SSL://{advertised}:{mutual}\ncontroller.listener.names=CONTROLLER\n"
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,CONTROLLER:PLAINTEXT\n"
        f"ssl.client.auth=required\nssl.keystore.type=PEM\nssl.keystore.location={folder}/broker.pem\n"
        f"ssl.truststore.type=PEM\nssl.truststore.location={folder}/ca.crt\n"
        f"inter.broker.listener.name=PLAINTEXT\nlog.dirs={folder}/data\nnum.partitions=1\n"
        "offsets.topic.num.partitions=1\noffsets.topic.replication.factor=1\n"
        "transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n"
    )
    java = ["java", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp", f"{KAFKA}/*"]
    said = (folder / "kafka.log").open("ab")
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c", str(properties)],
        check=True, stdout=said, stderr=said, timeout=120,
    )  # fmt: skip
    process = subprocess.Popen([*java, "kafka.Kafka", str(properties)], stdout=said, stderr=said)
    try:
        wait_for_port(port, 120)
        yield Kafka(port, mutual, authority)
    finally:
        process.kill()
        process.wait()
        said.close()
