"""Errors of the time series store. Foreign exceptions and InfluxDB's messages are translated to these.

Unavailable
└── TimeseriesUnavailable   down, too slow, or it failed: trying again later is right
    ├── NotAnswering        it does not answer, and may not even accept connections
    ├── DatabaseBusy        the tenant has its maximum of waiting requests
    ├── ShardDisabled       part of the data is being restored
    └── RefusedCredentials  it rejects our user
BadRequest
└── Refused                 the query or the data is invalid
    ├── LinesRefused        samples that it rejects for good
    └── UserExists
"""

from __future__ import annotations

from kernel.errors import BadRequest, Unavailable

RETRY_S = 2


class TimeseriesUnavailable(Unavailable):
    """The server is down, too slow or failed."""

    def __init__(self, detail: str, retry_after: int = RETRY_S) -> None:
        super().__init__(detail, part="timeseries", retry_after=retry_after)


class NotAnswering(TimeseriesUnavailable):
    """The server does not answer, and may not even accept connections."""

    slug, title = "database-not-answering", "This tenant's database does not answer"

    def __init__(self) -> None:
        super().__init__("This tenant's time series database does not answer. Its data is safe; try again in a moment.")


class DatabaseBusy(TimeseriesUnavailable):
    """As many requests as one tenant may have are waiting for slow answers already."""

    slug, title = "database-busy", "This tenant's database is busy"

    def __init__(self) -> None:
        super().__init__(
            "This tenant's time series database is busy with other requests of the tenant. Try again in a moment.",
            retry_after=1,
        )


class ShardDisabled(TimeseriesUnavailable):
    """A shard that was just restored takes part after a while."""


class RefusedCredentials(TimeseriesUnavailable):
    """The server does not accept our user and password, or the user lacks the right."""

    slug, title = "store-refused-credentials", "The time series store refused the platform's own credentials"


class Refused(BadRequest):
    """The query or the data is invalid."""

    slug = "store-refused"


class LinesRefused(Refused):
    """Lines that it rejects for good. `dropped`: how many, if it said so."""

    def __init__(self, detail: str, dropped: int | None) -> None:
        super().__init__(detail)
        self.dropped = dropped


class UserExists(Refused):
    """A user of that name, with another password."""
