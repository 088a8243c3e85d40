"""The adapter of InfluxDB 1.8, one server per tenant. Nothing else imports its client or sees its errors."""

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
from stores.timeseries.share import Share
from stores.timeseries.statements import LADDER, RAW, Window, quoted, select

__all__ = [
    "LADDER",
    "RAW",
    "DatabaseBusy",
    "LinesRefused",
    "NotAnswering",
    "Refused",
    "RefusedCredentials",
    "Series",
    "ShardDisabled",
    "Share",
    "Timeseries",
    "TimeseriesUnavailable",
    "UserExists",
    "Window",
    "quoted",
    "select",
]
