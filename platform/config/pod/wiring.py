"""`config.wiring` for a tenant's own process."""

from __future__ import annotations


def connect_pod() -> None:
    from analysis.calculated.as_sensors import CalculatedSeries
    from config.dataplane import Stores
    from config.pod import trail
    from config.pod.control import pod_tenant
    from config.pod.directory import PodDirectory
    from historian.http.other_series import set_other_series
    from tenants.interfaces import set_data_plane
    from web.directory import set_directory

    set_directory(PodDirectory(pod_tenant()))
    set_data_plane(Stores())
    set_other_series(CalculatedSeries())
    trail.connect()
