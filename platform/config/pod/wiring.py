"""`config.wiring` for a tenant's own process."""

from __future__ import annotations


def connect_pod() -> None:
    from analysis.calculated.as_sensors import CalculatedSeries
    from config.dataplane import Stores
    from config.pod import trail
    from config.pod.control import pod_tenant
    from config.pod.directory import PodDirectory
    from historian.http.other_series import other_series
    from tenants.interfaces import data_plane
    from web.directory import directory

    directory.connect(PodDirectory(pod_tenant()))
    data_plane.connect(Stores())
    other_series.connect(CalculatedSeries())
    trail.connect()
