"""A tenant's influxd in a pod is configured as the one of the local driver is."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from runtime.programs import binary
from tenants.drivers.local.configuration import InfluxConfiguration
from tests.charts.rendering import of_kind, rendered

FOLDER = Path("/var/lib/influxdb")


def effective(arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """The whole configuration as influxd itself understands it."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("INFLUXDB")}
    done = subprocess.run(
        [binary("influxd"), "config", *arguments], env={**inherited, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return tomllib.loads(done.stdout)


def test_the_settings_are_those_of_the_local_driver(tmp_path: Path) -> None:
    environment = of_kind(rendered()["tenantstack", "minimal"], "ConfigMap")["influxdb"]["data"]
    in_pod = effective([], {**environment, "INFLUXDB_HTTP_SHARED_SECRET": "s3cret"})
    file = tmp_path / "influxdb.conf"
    file.write_text(InfluxConfiguration(FOLDER, 8086, 8088, "s3cret").text())
    local = effective(["-config", str(file)], {})

    assert in_pod.pop("bind-address") == ":8088" and local.pop("bind-address") == "127.0.0.1:8088"
    assert in_pod["http"].pop("bind-address") == ":8086" and local["http"].pop("bind-address") == "127.0.0.1:8086"
    assert in_pod == local
    assert local["http"]["auth-enabled"] is True and local["data"]["index-version"] == "tsi1"


def test_nothing_of_a_file_that_an_image_brings_is_read(tmp_path: Path) -> None:
    (tmp_path / ".influxdb").mkdir()
    (tmp_path / ".influxdb" / "influxdb.conf").write_text('[http]\n  access-log-path = "/from/the/image"\n')
    environment = of_kind(rendered()["tenantstack", "minimal"], "ConfigMap")["influxdb"]["data"]
    with_ours = effective([], {**environment, "HOME": str(tmp_path)})
    assert with_ours["http"]["access-log-path"] == ""
    without = {key: value for key, value in environment.items() if key != "INFLUXDB_CONFIG_PATH"}
    assert effective([], {**without, "HOME": str(tmp_path)})["http"]["access-log-path"] == "/from/the/image"
