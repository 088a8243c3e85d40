"""Topics of messages, from templates. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from alarms.sinks.models import KAFKA_PLACEHOLDERS, MQTT_PLACEHOLDERS, KafkaSettings, MqttSettings, SinkSettings

_PLACEHOLDER = re.compile(r"\{([a-z]*)\}")
_NOT_MQTT = re.compile(r"[+#/\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # of a level of a topic
_NOT_KAFKA = re.compile(r"[^a-zA-Z0-9._-]")
_KAFKA_TEMPLATE = re.compile(r"(?:[a-zA-Z0-9._-]|\{[a-z]*\})+")
MAX_KAFKA, MAX_LEVEL = 249, 200


def topic_error(settings: SinkSettings) -> str:
    """Why the template is none; empty: it is one."""
    template, is_mqtt = settings.topic, isinstance(settings, MqttSettings)
    known = MQTT_PLACEHOLDERS if is_mqtt else KAFKA_PLACEHOLDERS
    for name in _PLACEHOLDER.findall(template):
        if name not in known:
            return f"There is no {{{name}}} in topics of this kind: {_listed(known)}."
    rest = _PLACEHOLDER.sub("", template)
    if "{" in rest or "}" in rest:
        return "Braces are for placeholders only, such as {site}."
    if is_mqtt:
        if any(character in rest for character in "+#") or not rest.isprintable() or template.startswith("$"):
            return "A topic must not contain +, # or control characters, and must not begin with $."
    elif not _KAFKA_TEMPLATE.fullmatch(template) or template in (".", ".."):
        return "A topic consists of letters, digits, dots, hyphens and underscores."
    return ""


def topic_of(settings: SinkSettings, values: Mapping[str, str]) -> str:
    """What a topic may not contain becomes “_” in the values."""
    if isinstance(settings, KafkaSettings):
        return _replaced(settings.topic, values, _NOT_KAFKA)[:MAX_KAFKA]
    return _replaced(settings.topic, values, _NOT_MQTT)


def _replaced(template: str, values: Mapping[str, str], refused: re.Pattern[str]) -> str:
    return _PLACEHOLDER.sub(lambda found: refused.sub("_", values.get(found[1], "")[:MAX_LEVEL]) or "_", template)


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
