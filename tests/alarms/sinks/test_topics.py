"""Topics from templates: what a topic may not contain never gets into one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.sinks.models import MQTT_PLACEHOLDERS, KafkaSettings, MqttSettings
from alarms.sinks.topics import topic_error, topic_of

VALUES = {
    "tenant": "acme", "site": "north", "priority": "2", "what": "raised", "key": "al1:s2", "rule": "al1",
    "tag": "TT/101 #+", "asset": "",
}  # fmt: skip


def mqtt(topic: str) -> MqttSettings:
    return MqttSettings(host="broker.example", topic=topic)


def kafka(topic: str) -> KafkaSettings:
    return KafkaSettings(servers=["broker.example:9093"], topic=topic)


def test_placeholders_are_replaced_and_wildcards_are_not_let_in() -> None:
    assert topic_of(mqtt("plant/{tenant}/{site}/{tag}/{asset}"), VALUES) == "plant/acme/north/TT_101 __/_"
    assert topic_of(kafka("plant.{tenant}.{priority}"), {**VALUES, "tenant": "a c/m"}) == "plant.a_c_m.2"


def test_the_topics_that_a_sink_has_without_saying_are_valid() -> None:
    assert topic_error(MqttSettings(host="broker.example")) == ""
    assert topic_error(KafkaSettings(servers=["broker.example:9093"])) == ""


@pytest.mark.parametrize(
    "topic", ["plant/#", "plant/+/x", "$SYS/x", "plant/{nothing}", "plant/{site", "plant/}x{", "plant/\x00", "a\nb"]
)
def test_templates_that_are_refused_for_mqtt(topic: str) -> None:
    assert topic_error(mqtt(topic))


@pytest.mark.parametrize("topic", ["a/b", "a b", "{tag}", "{key}", "..", ".", "a{site", "ä", "{}"])
def test_templates_that_are_refused_for_kafka(topic: str) -> None:
    assert topic_error(kafka(topic))


@given(st.fixed_dictionaries({name: st.text(max_size=300) for name in MQTT_PLACEHOLDERS}))
def test_whatever_names_are_the_topic_is_one(values: dict[str, str]) -> None:
    every = "/".join(f"{{{name}}}" for name in MQTT_PLACEHOLDERS)
    topic = topic_of(mqtt(every), values)
    assert topic.count("/") == len(MQTT_PLACEHOLDERS) - 1
    assert not set("+#\x00") & set(topic) and len(topic.encode()) < 65_536
    found = topic_of(kafka("{tenant}.{site}-{priority}"), values)
    assert re.fullmatch(r"[a-zA-Z0-9._-]{1,249}", found)
