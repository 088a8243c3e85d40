"""Our image runs each of our processes as an unprivileged user on a read-only file system."""

from __future__ import annotations

import secrets

import pytest
import requests
from cryptography.fernet import Fernet

from tests.cluster.kube import Kube, Object, make_container, make_pod
from tests.testbed.images import dockerfile

pytestmark = pytest.mark.cluster
IMAGE = f"docker.io/library/plantrace:{dockerfile.version()}"
CELERY = ["python", "-m", "celery", "-A", "config"]
COMMANDS = {
    "worker": [*CELERY, "worker", "--concurrency", "1", "--loglevel", "warning"],
    "beat": [*CELERY, "beat", "--schedule", "/tmp/beat", "--pidfile="],
    "writer": ["python", "manage.py", "ingest_writer"],
}


def make_platform() -> Object:
    """A whole installation in one pod: the stores, and each of our processes in a container of its own."""
    settings = {
        "SECRET_KEY": secrets.token_hex(32),
        "FERNET_KEYS": Fernet.generate_key().decode(),
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "MONGODB_URI": "mongodb://127.0.0.1:27017/",
        "ALLOWED_HOSTS": "platform",
    }
    environment = [{"name": name, "value": value} for name, value in settings.items()]
    mounts = [{"name": "home", "mountPath": "/var/lib/plantrace"}, {"name": "tmp", "mountPath": "/tmp"}]
    stores = [{"name": "stores", "mountPath": "/data"}]

    def ours(name: str, command: list[str] | None = None, **more: object) -> Object:
        return make_container(name, IMAGE, command, env=environment, volumeMounts=mounts, **more)

    probe = {"httpGet": {"path": "/healthz", "port": 8000, "httpHeaders": [{"name": "Host", "value": "platform"}]}}
    web = ours("web", readinessProbe={**probe, "periodSeconds": 1})  # by the image's own command
    redis = make_container(
        "redis", "docker.io/library/redis:7.2-bookworm", ["redis-server", "--dir", "/data"], volumeMounts=stores
    )
    documents = ["ferretdb", "-listen", ":27017", "-state", "/data/documents"]
    ferretdb = make_container("documents", "docker.io/library/ferretdb:1.24.2", documents, volumeMounts=stores)
    others = [ours(name, command) for name, command in COMMANDS.items()]
    volumes: list[Object] = [{"name": name, "emptyDir": {}} for name in ("home", "tmp", "stores")]
    migrate = ours("migrate", ["python", "manage.py", "migrate", "--no-input"])
    return make_pod("platform", 10001, [web, redis, ferretdb, *others], volumes, initContainers=[migrate])


def test_our_image_runs_web_workers_and_writer(kube: Kube, namespace: str) -> None:
    kube.apply(make_platform(), namespace=namespace)
    kube.await_ready("pod", "platform", namespace, seconds=120)

    pod = kube.get("pod", "platform", namespace)
    assert pod is not None
    address = f"http://{pod['status']['podIP']}:8000"
    response = requests.get(f"{address}/", headers={"Host": "platform"}, timeout=10)
    assert response.status_code == 200 and "<title>Plantrace" in response.text
    response = requests.get(f"{address}/readyz", headers={"Host": "platform"}, timeout=10)
    assert response.status_code == 200, response.text

    states = {each["name"]: each for each in pod["status"]["containerStatuses"]}
    assert {name: states[name]["restartCount"] for name in states} == dict.fromkeys(states, 0)
    assert kube.run_in("platform", namespace, "id", "-u").stdout.strip() == "10001"
    assert kube.run_in("platform", namespace, "touch", "/opt/plantrace/x").returncode != 0
    assert "tenantstack" in kube.run_in("platform", namespace, "ls", "/opt/plantrace/charts").stdout


def test_the_charts_of_our_image_can_be_read_by_its_helm(kube: Kube, namespace: str) -> None:
    """Helm's runtime is a large shared library of its own, which must find all it needs in the image."""
    program = (
        "import helm_python, pathlib; print(pathlib.Path('/opt/plantrace/charts/tenantstack/Chart.yaml').exists())"
    )
    container = make_container("helm", IMAGE, ["python", "-c", program])
    kube.apply(make_pod("helm", 10001, [container], [], restartPolicy="Never"), namespace=namespace)

    def ended() -> str:
        return str((kube.get("pod", "helm", namespace) or {})["status"]["phase"])

    kube.await_true(lambda: ended() in ("Succeeded", "Failed"), "the end of the pod")
    assert (ended(), kube("--namespace", namespace, "logs", "helm").strip()) == ("Succeeded", "True")
