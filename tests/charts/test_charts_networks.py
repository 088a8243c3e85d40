"""Who may reach whom among a control plane and two tenants, from their NetworkPolicies as objects.

No test network enforces policies: this tests their meaning, not that a cluster enforces them.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

import pytest

from tests.charts.policies import Network, Pod, pods_of
from tests.charts.rendering import Manifest, Values, given, matrix, merged, of_kind, render, rendered

DNS = Pod("kube-system", {"k8s-app": "kube-dns"})
INGRESS = Pod("ingress-nginx", {"app": "ingress-nginx"})
PROMETHEUS = Pod("monitoring", {"app": "prometheus"})
STRANGER = Pod("default", {"app.kubernetes.io/name": "tenantstack", "plantrace.io/uses-stores": "true"})
METADATA = ("169.254.169.254", "169.254.170.2", "169.254.170.23")
STORES = {"redis": 6379, "postgresql": 5432, "documents": 27017}
DATA, BACKUP = 8086, 8088
NAMED: Values = {"networkPolicy": {"extraEgress": [{"cidr": "10.1.2.0/24", "ports": [5432]}]}}


@dataclass(frozen=True)
class World:
    network: Network
    control: dict[str, Pod]
    harbour: dict[str, Pod]
    pier: dict[str, Pod]

    @property
    def everybody(self) -> list[Pod]:
        return [*self.control.values(), *self.harbour.values(), *self.pier.values(), DNS, INGRESS, PROMETHEUS, STRANGER]


@pytest.fixture(scope="module")
def world() -> World:
    everything = given("tenantstack")["full"]
    dns: Values = {"networkPolicy": {"dns": {"addresses": []}}}
    control = render("plantrace", merged(given("plantrace")["full"], dns))
    harbour = render("tenantstack", merged(everything, NAMED))
    other: Values = {"tenant": {"id": "tother", "slug": "pier"}, "disk": {"id": "dother"}}
    pier = render("tenantstack", merged(everything, other, dns), namespace="pt-tother")
    # A cluster's own servers are not ours to close.
    open_pods = [_open(pod.namespace) for pod in (DNS, INGRESS, PROMETHEUS, STRANGER)]
    policies = [
        policy for each in (control, harbour, pier) for policy in each if policy["kind"] == "NetworkPolicy"
    ] + open_pods
    return World(
        Network(policies),
        pods_of(control, {"kubernetes.io/metadata.name": "plantrace"}),
        pods_of(harbour, {"plantrace.io/slug": "harbour"}),
        pods_of(pier, {"plantrace.io/slug": "pier"}),
    )


def _open(namespace: str) -> Manifest:
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]}
    return {"kind": "NetworkPolicy", "metadata": {"name": "open", "namespace": namespace}, "spec": spec}


def test_every_pod_is_closed_both_ways_until_a_policy_opens_it(world: World) -> None:
    for pod in [*world.control.values(), *world.harbour.values()]:
        assert world.network.isolated(pod), pod.labels
        assert not world.network.allows(STRANGER, pod, 8000)
        assert not world.network.allows(pod, STRANGER, 80)


def test_every_pod_may_ask_for_names(world: World) -> None:
    for pod in [*world.control.values(), *world.harbour.values()]:
        assert world.network.allows(pod, DNS, 53, "UDP") and world.network.allows(pod, DNS, 53, "TCP")
        assert not world.network.allows(pod, DNS, 9153)


def test_one_tenant_reaches_nothing_of_another(world: World) -> None:
    assert len(world.harbour) == len(world.pier) == 5
    for source in world.harbour.values():
        for target in world.pier.values():
            for port in (*range(1, 1024), 8000, DATA, BACKUP):
                assert not world.network.allows(source, target, port)
                assert not world.network.allows(target, source, port)


def test_a_tenants_database_answers_exactly_those_who_need_it(world: World) -> None:
    database = world.harbour["influxdb"]

    def who(port: int) -> list[Pod]:
        return [pod for pod in world.everybody if world.network.allows(pod, database, port)]

    ours = [world.control[name] for name in ("web", "worker", "jobs", "control", "writer", "ladder", "alarms")]
    theirs = [world.harbour[name] for name in ("api", "writer", "backup", "restore")]
    assert sorted(map(str, who(DATA))) == sorted(map(str, [*ours, *theirs, PROMETHEUS]))
    # This port asks for no password.
    keepers = [world.control["jobs"], world.control["control"], world.harbour["backup"], world.harbour["restore"]]
    assert sorted(map(str, who(BACKUP))) == sorted(map(str, keepers))


def test_a_tenants_database_has_no_egress(world: World) -> None:
    database = world.harbour["influxdb"]
    for pod in world.everybody:
        for port in (80, 443, 5432, 6379, 8000, DATA, BACKUP, 27017):
            assert not world.network.allows(database, pod, port)
    assert not world.network.reaches(database, "93.184.216.34", 443)


def test_the_stores_answer_our_own_processes_only(world: World) -> None:
    for name, port in STORES.items():
        store = world.control[name]
        may = {str(pod) for pod in world.everybody if world.network.allows(pod, store, port)}
        ours = {str(pod) for key, pod in world.control.items() if key not in STORES}
        theirs = {
            str(pod) for tenant in (world.harbour, world.pier) for key, pod in tenant.items() if key != "influxdb"
        }
        assert may == (ours if name == "postgresql" else ours | theirs)
        assert not any(world.network.reaches(store, "93.184.216.34", port) for port in (80, 443))


@pytest.mark.parametrize(
    ("chart", "value", "may"),
    [
        ("tenantstack", "backup.destination", {"backup", "restore"}),
        ("plantrace", "backups", {"web", "jobs"}),
        ("tenantstack", "attachments", {"api", "backup"}),
        ("plantrace", "attachments", {"web", "jobs"}),  # and control, which reaches git and clusters anyway
    ],
)
def test_only_processes_that_handle_what_is_in_a_bucket_reach_it(chart: str, value: str, may: set[str]) -> None:
    variation = "attachments in a bucket" if value == "attachments" else "backups to a bucket"

    def who(manifests: list[Manifest], address: str, port: int) -> set[str]:
        network = Network(list(of_kind(manifests, "NetworkPolicy").values()))
        return {name for name, pod in pods_of(manifests, {}).items() if network.reaches(pod, address, port)} - {
            "control"
        }

    assert who(rendered()[chart, variation], "93.184.216.34", 443) == may
    assert who(rendered()[chart, "minimal"], "93.184.216.34", 443) == set()
    narrowed: Values = {"bucketEgress": [{"cidr": "10.3.0.0/16", "ports": [9000]}]}
    for part in reversed(value.split(".")):
        narrowed = {part: narrowed}
    manifests = render(chart, merged(matrix()[chart, variation], narrowed))
    assert who(manifests, "10.3.1.1", 9000) == may
    others = {"backup"} if chart == "tenantstack" and value == "attachments" else set()  # its archives' bucket
    assert who(manifests, "93.184.216.34", 443) == others


def test_only_the_ingress_controller_reaches_the_pages(world: World) -> None:
    asking = [pod for pod in world.everybody if world.network.allows(pod, world.harbour["api"], 8000)]
    assert asking == [INGRESS]


def test_the_web_process_accepts_the_ingress_controller_tenants_pods_the_stream_and_prometheus(world: World) -> None:
    asking = {str(pod) for pod in world.everybody if world.network.allows(pod, world.control["web"], 8000)}
    theirs = {str(pod) for tenant in (world.harbour, world.pier) for key, pod in tenant.items() if key != "influxdb"}
    assert asking == {str(INGRESS), str(PROMETHEUS), str(world.control["stream"])} | theirs


def test_the_stream_accepts_the_ingress_controller_only(world: World) -> None:
    assert [pod for pod in world.everybody if world.network.allows(pod, world.control["stream"], 8000)] == [INGRESS]


def test_only_the_control_planes_own_worker_reaches_kubernetes(world: World) -> None:
    reach = {name for name, pod in world.control.items() if world.network.reaches(pod, "10.96.0.1", 443)}
    assert reach == {"control"}
    assert not any(world.network.reaches(pod, "10.96.0.1", 443) for pod in world.harbour.values())


def test_only_addresses_named_by_an_operator_are_reachable(world: World) -> None:
    assert world.network.reaches(world.harbour["api"], "10.1.2.7", 5432)
    assert not world.network.reaches(world.harbour["api"], "10.1.2.7", 22)
    assert not world.network.reaches(world.harbour["api"], "10.1.3.7", 5432)
    assert not world.network.reaches(world.harbour["influxdb"], "10.1.2.7", 5432)


@pytest.mark.parametrize("key", [key for key in sorted(matrix()) if key[1] != "no policies"], ids=" / ".join)
def test_nobody_reaches_the_metadata_address(key: tuple[str, str]) -> None:
    manifests = rendered()[key]
    network = Network(list(of_kind(manifests, "NetworkPolicy").values()))
    for pod in pods_of(manifests, {}).values():
        assert not any(network.reaches(pod, address, port) for address in METADATA for port in (80, 443, 8080))


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "128.0.0.0/1", "160.0.0.0/4", "168.0.0.0/7", "169.254.0.0/15", "169.0.0.0/8"]
)
def test_a_range_around_the_metadata_address_excludes_it(cidr: str) -> None:
    [block] = blocks(cidr)
    assert block == {"cidr": cidr, "except": ["169.254.0.0/16"]}


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/8", "0.0.0.0/1", "169.253.0.0/16", "169.255.0.0/16", "192.168.1.7/32", "170.0.0.0/7"]
)
def test_other_ranges_are_used_unchanged(cidr: str) -> None:
    assert not any(ip_address(each) in ip_network(cidr, strict=False) for each in METADATA)
    [block] = blocks(cidr)
    assert block == {"cidr": cidr}


def blocks(cidr: str) -> list[Manifest]:
    values = merged(
        given("tenantstack")["minimal"], {"networkPolicy": {"extraEgress": [{"cidr": cidr, "ports": [443]}]}}
    )
    policy = of_kind(render("tenantstack", values), "NetworkPolicy")["uses-stores"]
    peers = [peer for rule in policy["spec"]["egress"] for peer in rule["to"]]
    return [peer["ipBlock"] for peer in peers if "ipBlock" in peer]


def test_a_ports_policy_is_of_a_port_that_the_pod_opens(world: World) -> None:
    for pods in (world.control, world.harbour):
        for name, pod in pods.items():
            for port in pod.ports:
                assert any(world.network.allows(other, pod, port) for other in world.everybody), f"{name}:{port}"


def test_without_policies_there_is_none() -> None:
    for chart in ("tenantstack", "plantrace"):
        assert of_kind(rendered()[chart, "no policies"], "NetworkPolicy") == {}


def test_only_processes_that_send_notifications_reach_where_these_go() -> None:
    def who(values: Values) -> set[str]:
        manifests = render("plantrace", values)
        network = Network(list(of_kind(manifests, "NetworkPolicy").values()))
        reaching = {name for name, pod in pods_of(manifests, {}).items() if network.reaches(pod, "93.184.216.34", 443)}
        return reaching - {"control"}  # which reaches git and clusters

    allowed = matrix()["plantrace", "notifications"]
    closed: Values = {"networkPolicy": {"notificationEgress": []}}
    assert who(allowed) == {"web", "notifier"}
    assert who(merged(allowed, closed)) == set()
