"""Where the tenants' chart comes from (TENANT_CHART), in the version that a release names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tenants.drivers.base import DriverError

NAME = "tenantstack"


@dataclass(frozen=True, slots=True)
class ChartSource:
    """A chart as passed to Helm: a path or address, and a version if there are several."""

    chart: str
    version: str = ""
    repository: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it is local."""
        return not self.repository and not self.chart.startswith("oci://")

    def request(self) -> dict[str, str]:
        return {"chart": self.chart, "version": self.version, "repository": self.repository}


def find_chart(setting: str, version: str = "") -> ChartSource:
    """`setting`: the chart's folder, one of `tenantstack-<version>.tgz`, `oci://…`, or a chart repository's URL."""
    if setting.startswith("oci://"):
        return ChartSource(setting, version)
    if setting.startswith(("http://", "https://")):
        return ChartSource(NAME, version, setting)
    folder = Path(setting)
    if (folder / "Chart.yaml").exists():
        there = _version_of(folder)
        if version not in ("", there):
            raise DriverError(f"{folder} is chart {NAME} {there}, not the {version} that the release names.")
        return ChartSource(str(folder), there)
    archive = folder / f"{NAME}-{version}.tgz"
    if version and archive.exists():
        return ChartSource(str(archive), version)
    known = sorted(path.name.removesuffix(".tgz").removeprefix(f"{NAME}-") for path in folder.glob(f"{NAME}-*.tgz"))
    requested = f"version {version}" if version else "a release that names its version"
    raise DriverError(f"There is no chart {NAME} {requested} in {folder}; there is: {', '.join(known) or 'nothing'}.")


def _version_of(folder: Path) -> str:
    about: dict[str, Any] = YAML(typ="safe").load(folder / "Chart.yaml")
    return str(about["version"])
