"""The adapter of InfluxDB 1.8, one server per tenant. Nothing else imports its client or sees its errors."""

from stores.timeseries.answers import Series
from stores.timeseries.client import Timeseries
from stores.timeseries.errors import DatabaseBusy, NotAnswering, RefusedCredentials
from stores.timeseries.share import Share
from stores.timeseries.statements import LADDER, RAW, Window, quoted, select

__all__ = [
    "LADDER",
    "RAW",
    "DatabaseBusy",
    "NotAnswering",
    "RefusedCredentials",
    "Series",
    "Share",
    "Timeseries",
    "Window",
    "quoted",
    "select",
]
