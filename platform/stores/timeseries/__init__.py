"""The adapter of InfluxDB 1.8, one server per tenant. Nothing else imports its client or sees its errors."""

from stores.timeseries.answers import Series
from stores.timeseries.client import Timeseries
from stores.timeseries.errors import RefusedCredentials
from stores.timeseries.statements import LADDER, RAW, Window, quoted, select

__all__ = ["LADDER", "RAW", "RefusedCredentials", "Series", "Timeseries", "Window", "quoted", "select"]
