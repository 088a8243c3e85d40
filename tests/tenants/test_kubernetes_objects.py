"""What we create for a tenant in Kubernetes, without a cluster: names, objects, values, interpretation of status."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import ALPHABET, LENGTH
from kernel.tenancy import Credentials
from stores.documents.users import make_user
from tenants import secrets
from tenants.drivers.base import Server, Size, Software
from tenants.drivers.helm.plan import WANTED, Act, Move, Revision, plan_release
from tenants.drivers.kubernetes import conditions, names
from tenants.drivers.kubernetes.manifests import make_claim, make_namespace, make_secret
from tenants.drivers.kubernetes.stores import Stores, check_reachable, for_pods, make_settings
from tenants.drivers.kubernetes.values import digest_of, make_values, merged
from tenants.drivers.kubernetes.yaml import dump
from tenants.pod_credentials import PodCredentials

IDS = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).map(lambda tail: f"t{tail}")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def server(**given: Any) -> Server:
    place = names.make_endpoints("tabcdefghjk", "tkmnpqrstuv")
    wanted = {"tenant": "tabcdefghjk", "slug": "acme", "disk": "tkmnpqrstuv", "cluster": "", "endpoints": place}
    return Server(**{**wanted, "name": "Acme", **given})


@given(IDS, IDS)
def test_names_are_labels_and_no_two_tenants_share_one(one: str, other: str) -> None:
    first, second = names.make_endpoints(one, one), names.make_endpoints(other, other)
    for name in (first["namespace"], first["claim"]):
        assert LABEL.fullmatch(name)
    assert (one == other) == (first["namespace"] == second["namespace"]) == (first["claim"] == second["claim"])


def test_the_servers_address_can_be_overridden() -> None:
    assert names.make_endpoints("t1", "t1")["http"] == "http://influxdb.pt-t1.svc:8086"
    place = names.make_endpoints("t1", "t1", "http://{namespace}.north.example:9000/")
    assert (place["http"], place["backup"]) == ("http://pt-t1.north.example:9000", "pt-t1.north.example:8088")


def test_a_namespace_is_restricted_and_survives_the_deletion_of_its_file() -> None:
    metadata = make_namespace(server())["metadata"]
    assert {metadata["labels"][f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {
        "restricted"
    }
    assert metadata["annotations"]["kustomize.toolkit.fluxcd.io/prune"] == "disabled"
    assert metadata["labels"]["plantrace.io/slug"] == "acme"


def test_a_secret_has_three_users_and_the_signing_secret() -> None:
    generated = secrets.make_secrets()
    data = make_secret(server(), generated)["data"]
    plain = {name: base64.b64decode(value).decode() for name, value in data.items()}
    assert set(plain) == {
        "admin-username", "admin-password", "writer-username", "writer-password", "reader-username", "reader-password",
        "shared-secret",
    }  # fmt: skip
    assert plain["writer-password"] == generated.writer.password
    assert len(plain["shared-secret"]) >= 40
    again = make_secret(server(), generated)["data"]
    assert again == data, "run twice, it is the same"
    assert make_secret(server(), secrets.make_secrets())["data"]["shared-secret"] != data["shared-secret"]


def test_values_name_the_tenant_its_disk_and_its_release_and_no_secret() -> None:
    software = Software("2.0", "1.4.0", {"influxdb": "registry:5000/influxdb:1.8.10"}, {"cacheMaxMemory": "256m"})
    given = server(
        software=software, size=Size(50, 2048, 2000), encrypted_secrets=secrets.encrypt(secrets.make_secrets())
    )
    values = make_values(given, "example.org", {"disk": {"storageClass": "fast"}, "ingress": {"enabled": True}})
    assert values["tenant"] == {"id": "tabcdefghjk", "slug": "acme", "name": "Acme", "fqdn": "acme.example.org"}
    assert values["disk"] == {"id": "tkmnpqrstuv", "size": "50Gi", "keep": True, "storageClass": "fast"}
    assert values["images"] == {"influxdb": {"repository": "registry:5000/influxdb", "tag": "1.8.10"}}
    assert values["influxdb"]["cacheMaxMemory"] == "256m"
    assert values["influxdb"]["resources"]["limits"] == {"cpu": "2000m", "memory": "2048Mi"}
    assert values["ingress"] == {"enabled": True}
    for user in (given.secrets.admin, given.secrets.writer, given.secrets.reader):
        assert user.password not in str(values)


def test_an_adopted_disk_brings_its_own_claim() -> None:
    volume = {
        "metadata": {"name": "pvc-1"},
        "spec": {"capacity": {"storage": "7Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "fast"},
    }
    adopted = server(volume="pvc-1")
    assert make_values(adopted, "x")["disk"]["existingClaim"] == "influxdb-tkmnpqrstuv"
    spec = make_claim(adopted, volume)["spec"]
    assert (spec["volumeName"], spec["storageClassName"]) == ("pvc-1", "fast")
    assert spec["resources"]["requests"]["storage"] == "7Gi"


@given(st.recursive(st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8))
def test_merging_nothing_changes_nothing(tree: Any) -> None:
    values = {"root": tree}
    assert merged(values, {}) == merged({}, values) == merged(values, values) == values


def test_the_digest_follows_the_wish() -> None:
    values = make_values(server(), "x")
    assert digest_of(values, "c", "1") == digest_of(dict(reversed(values.items())), "c", "1")
    assert len({digest_of(values, "c", "1"), digest_of(values, "c", "2"), digest_of({**values, "a": 1}, "c", "1")}) == 3
    assert LABEL.fullmatch(digest_of(values, "c", "1"))


# What is to be done to a release


DEPLOYED = Revision(1, "deployed", "wish")
RETURN = [Move(Act.rollback, 1), Move(Act.forget, 2), Move(Act.upgrade)]


@pytest.mark.parametrize(
    ("revisions", "moves"),
    [
        ([], [Move(Act.install)]),
        ([DEPLOYED], []),
        ([Revision(1, "deployed", "another")], [Move(Act.upgrade)]),
        ([Revision(1, "pending-install", "wish")], [Move(Act.uninstall), Move(Act.install)]),
        ([Revision(1, "failed", "wish")], [Move(Act.uninstall), Move(Act.install)]),
        ([Revision(1, "uninstalling", "wish")], [Move(Act.uninstall), Move(Act.install)]),
        ([DEPLOYED, Revision(2, "pending-upgrade", "wish")], RETURN),
        ([DEPLOYED, Revision(2, "pending-rollback", "")], RETURN),
        (
            [Revision(1, "superseded", "a"), Revision(2, "pending-upgrade", "b"), Revision(3, "deployed", "wish")],
            [Move(Act.forget, 2)],
        ),
        ([DEPLOYED, Revision(2, "failed", "wish")], [Move(Act.upgrade)]),
        ([Revision(1, "superseded", "a"), Revision(2, "uninstalling", "b")], [Move(Act.uninstall), Move(Act.install)]),
        ([Revision(1, "superseded", "a"), Revision(2, "deployed", "wish")], []),
    ],
)
def test_every_state_of_a_release_has_a_way_out(revisions: list[Revision], moves: list[Move]) -> None:
    assert plan_release(revisions, "wish") == moves


STATUSES = (
    "deployed",
    "superseded",
    "failed",
    "pending-install",
    "pending-upgrade",
    "pending-rollback",
    "uninstalling",
)


@given(st.lists(st.tuples(st.sampled_from(STATUSES), st.sampled_from(["wish", ""])), max_size=5))
def test_an_executed_plan_leaves_nothing_to_do(found: list[tuple[str, str]]) -> None:
    revisions = [Revision(number + 1, status, wanted) for number, (status, wanted) in enumerate(found)]
    for move in plan_release(revisions, "wish"):
        number = max((each.number for each in revisions), default=0) + 1
        match move.act:
            case Act.uninstall:
                revisions = []
            case Act.install | Act.upgrade:
                assert not revisions or not revisions[-1].status.startswith("pending"), "Helm would refuse that"
                assert (move.act is Act.install) == (not revisions)
                revisions.append(Revision(number, "deployed", "wish"))
            case Act.rollback:
                [target] = [each for each in revisions if each.number == move.revision]
                revisions.append(Revision(number, "deployed", target.wanted))
            case Act.forget:
                assert revisions[-1].number != move.revision, "the last one says what the release is"
                revisions = [each for each in revisions if each.number != move.revision]
    assert not [each for each in revisions if each.is_pending]
    assert plan_release(revisions, "wish") == []
    assert len(WANTED) < 64


# What the cluster says


def workload(ready: int = 0, generation: int = 2, observed: int = 2, revision: str = "b") -> dict[str, Any]:
    return {
        "metadata": {"name": "influxdb", "generation": generation},
        "spec": {"replicas": 1},
        "status": {
            "observedGeneration": observed, "readyReplicas": ready, "currentRevision": revision, "updateRevision": "b",
        },
    }  # fmt: skip


def pod(revision: str = "b", ready: bool = False, **status: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "name": "influxdb-0",
            "labels": {"controller-revision-hash": revision},
            "ownerReferences": [{"name": "influxdb"}],
        },
        "status": {"conditions": [{"type": "Ready", "status": str(ready)}], **status},
    }


def test_a_server_is_ready_when_its_newest_generation_is() -> None:
    assert conditions.is_ready(workload(ready=1))
    for wrong in (None, workload(), workload(1, observed=1), workload(1, revision="a")):
        assert not conditions.is_ready(wrong)


def test_a_pod_that_blocks_an_upgrade_is_named() -> None:
    old, new, fine = pod("a"), pod("b"), pod("a", ready=True)
    assert conditions.stuck(workload(), [old, new, fine]) == [old]
    assert conditions.stuck(None, [old]) == []


@pytest.mark.parametrize(
    ("pods", "claims", "says"),
    [
        ([], [], "not ready yet"),
        ([], [{"metadata": {"name": "c"}, "status": {"phase": "Pending"}}], "claim c is waiting for a volume"),
        ([], [{"metadata": {"name": "c"}, "status": {"phase": "Lost"}}], "lost its volume"),
        (
            [pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}])],
            [],
            "influxdb-0 has no node yet: 0/3 nodes",
        ),
        (
            [pod(containerStatuses=[{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such tag"}}}])],
            [],
            "ImagePullBackOff: no such tag",
        ),
        (
            [
                pod(
                    containerStatuses=[
                        {
                            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
                            "lastState": {"terminated": {"exitCode": 137}},
                        }
                    ]
                )
            ],
            [],
            "CrashLoopBackOff: it exited with code 137",
        ),
    ],
)
def test_why_a_server_is_not_ready_is_explained_in_a_sentence(pods: list[Any], claims: list[Any], says: str) -> None:
    assert says in conditions.why_not_ready(workload(), pods, claims)


def test_yaml_is_written_as_people_write_it() -> None:
    shared = {"x": 1}
    text = dump({"b": [shared, shared], "a": "long " * 60}, {"second": True})
    assert "&" not in text and "*" not in text
    assert text.index("b:") < text.index("a:")
    assert "---" in text
    assert max(map(len, text.splitlines())) > 300


# What pods of ours in a tenant's namespace find


STORES = Stores(
    "redis://:pw@plantrace-redis:6379/0",
    "mongodb://u:p@one:27017,two.example.org:27017/?authSource=admin&replicaSet=rs0",
    "http://plantrace-web.control.svc",
    "control",
)
PODS = PodCredentials(Credentials("tenant-t1", "p/1"), Credentials("tenant-t1", "p@2"), "pts_token")


def test_a_tenants_pods_get_credentials_for_that_tenant_only() -> None:
    known = for_pods(STORES, server(), PODS)
    database = f"plantrace_{server().disk}"
    assert known == {
        "REDIS_URL": "redis://tenant-t1:p%2F1@plantrace-redis.control:6379/0",
        "MONGODB_URI": "mongodb://tenant-t1:p%402@one.control:27017,two.example.org:27017/"
        f"{database}?replicaSet=rs0&authSource={database}",
        "CONTROL_URL": "http://plantrace-web.control.svc",
        "CONTROL_TOKEN": "pts_token",
    }
    secret = make_settings(server(), "plantrace-settings", known)
    assert {key: base64.b64decode(value).decode() for key, value in secret["data"].items()} == known


def test_a_document_server_without_passwords_gets_no_user() -> None:
    known = for_pods(replace(STORES, mongodb_uri="mongodb://documents:27017/"), server(), PODS)
    assert known["MONGODB_URI"] == f"mongodb://documents.control:27017/plantrace_{server().disk}"


def test_addresses_by_number_stay_as_they_are() -> None:
    known = for_pods(replace(STORES, redis_url="rediss://u:pw@[fd00::7]:6379/0?ssl_cert_reqs=none"), server(), PODS)
    assert known["REDIS_URL"] == "rediss://tenant-t1:p%2F1@[fd00::7]:6379/0?ssl_cert_reqs=none"


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("REDIS_URL", {"redis_url": "redis://:pw@127.0.0.1:6379/0"}),
        ("REDIS_URL", {"redis_url": "unix:///run/redis.sock"}),
        ("MONGODB_URI", {"mongodb_uri": "mongodb://%2Frun%2Fdocuments.sock/"}),
        ("REDIS_URL", {"redis_url": "redis://plantrace-redis:6379/0", "namespace": ""}),  # another cluster
        ("PODS_CONTROL_URL", {"control_url": ""}),
        ("PODS_CONTROL_URL", {"control_url": "http://localhost:8600"}),
    ],
)
def test_an_address_that_only_we_can_reach_is_named(key: str, changed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=f"^{key} to be an address"):
        check_reachable(replace(STORES, **changed))


def test_a_document_user_may_use_its_own_database_only() -> None:
    """By its rendering: the embedded server has no passwords, and so no users."""
    assert make_user("createUser", "plantrace_t1", Credentials("tenant-t1", "pw")) == {
        "createUser": "tenant-t1",
        "pwd": "pw",
        "roles": [{"role": "readWrite", "db": "plantrace_t1"}, {"role": "dbAdmin", "db": "plantrace_t1"}],
    }
