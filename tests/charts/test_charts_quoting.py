"""Names that YAML 1.1, which Helm and Flux read, takes for numbers or switches: all of them rendered in quotes."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template
from typing import Any

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.events import ScalarEvent

from tenants.drivers.kubernetes.yaml import is_misread
from tests.charts.rendering import RELEASES, Values, given, merged, render_texts
from tests.charts.test_flux import K8S, TENANT

ODD: dict[str, Values] = {
    "tenantstack": {
        "tenant": {"slug": "on", "name": "No"},
        "disk": {"storageClass": "yes", "volume": "0x10"},
        "images": {"influxdb": {"tag": "1e9"}, "plantrace": {"tag": "0x20"}},
        "imagePullSecrets": ["1e4"],
        "settings": {"secret": "0x12"},
        "influxdb": {"secret": "1e5", "nodeSelector": {"disktype": "off"}},
        "ingress": {"className": "1e6", "tlsSecret": "0x11", "annotations": {"plain": "On"}},
        "backup": {"destination": {"claim": "0x13"}},
        "serviceMonitor": {"labels": {"release": "y"}},
    },
    "plantrace": {
        "imagePullSecrets": ["1e4"],
        "serviceMonitor": {"labels": {"release": "y"}, "token": {"secret": "0x15"}},
        "image": {"tag": "0x20"},
        "settings": {"secret": "0x12"},
        "control": {"fluxNamespace": "1e5"},
        "files": {"claim": "0x13"},
        "ingress": {"className": "1e6", "tlsSecret": "0x11", "annotations": {"plain": "On"}},
        "redis": {"storageClass": "yes"},
    },
}


def odd_words(values: Any) -> Iterator[str]:
    if isinstance(values, dict):
        for each in values.values():
            yield from odd_words(each)
    elif isinstance(values, list):
        for each in values:
            yield from odd_words(each)
    elif isinstance(values, str) and is_misread(values):
        yield values


def scalars(text: str) -> list[ScalarEvent]:
    return [event for event in YAML().parse(text) if isinstance(event, ScalarEvent)]


@pytest.mark.parametrize("chart", sorted(ODD))
def test_names_that_look_like_other_types_stay_texts(chart: str) -> None:
    values = merged(given(chart)["full"], ODD[chart])
    [plain] = render_texts(chart, [given(chart)["full"]])
    [files] = render_texts(chart, [values])
    found = [event for text in files.values() for event in scalars(text)]
    wanted = set(odd_words(ODD[chart]))
    unquoted = {event.value for event in found if event.style is None and event.value in wanted}
    before = {event.value for text in plain.values() for event in scalars(text) if event.style is None}
    assert unquoted - before == set()
    shown = " ".join(event.value for event in found)
    assert {word for word in wanted if word not in shown} <= {"No"}, "each of them reached the manifests"


@pytest.mark.parametrize("namespace", ["on", "1e3", "0x10"])
def test_a_release_may_have_such_a_name_too(namespace: str) -> None:
    for chart, (name, _) in RELEASES.items():
        [files] = render_texts(chart, [given(chart)["full"]], name=name, namespace=namespace)
        for text in files.values():
            assert not [event for event in scalars(text) if event.style is None and event.value == namespace]


def test_a_tenants_file_for_flux_quotes_its_variables() -> None:
    template = Template((K8S / "tenant" / "tenant.yaml").read_text().partition("\n")[2])
    odd = {**TENANT, "slug": "on", "name": "No", "ring": "off", "release": "1e3", "id": "0x10", "disk": "1e5"}
    found = scalars(template.substitute(odd))
    assert {event.value for event in found} >= {"on", "No", "off", "1e3", "0x10", "1e5"}
    assert not [event.value for event in found if event.style is None and event.value in odd.values()]
