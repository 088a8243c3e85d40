"""The adapter for InfluxDB 1.8, one server per tenant. Nothing else imports its client or sees its errors."""

from stores.timeseries.answers import Series
from stores.timeseries.client import Timeseries
from stores.timeseries.errors import (
    DatabaseBusy,
    LinesRefused,
    NotAnswering,
    Refused,
    RefusedCredentials,
    ShardDisabled,
    TimeseriesUnavailable,
    UserExists,
)
from stores.timeseries.share import PatientShare, Share
from stores.timeseries.source import InfluxSource
from stores.timeseries.statements import LADDER, RAW, quoted, row_measurement, select

__all__ = [
    "LADDER",
    "RAW",
    "DatabaseBusy",
    "InfluxSource",
    "LinesRefused",
    "NotAnswering",
    "PatientShare",
    "Refused",
    "RefusedCredentials",
    "Series",
    "ShardDisabled",
    "Share",
    "Timeseries",
    "TimeseriesUnavailable",
    "UserExists",
    "quoted",
    "row_measurement",
    "select",
]
