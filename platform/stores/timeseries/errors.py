"""Errors of the time series store that callers tell apart."""

from __future__ import annotations

from kernel.errors import Unavailable


class RefusedCredentials(Unavailable):
    """The server is there but does not accept our user and password, or the user lacks the right."""

    slug, title = "store-refused-credentials", "The time series store refused the platform's own credentials"


class NotAnswering(Unavailable):
    """The server takes connections, or not even that, and says nothing."""

    slug, title = "database-not-answering", "This tenant's database does not answer"

    def __init__(self) -> None:
        super().__init__(
            "This tenant's time series database does not answer. Its data is safe; trying again goes on by itself.",
            retry_after=2,
        )


class DatabaseBusy(Unavailable):
    """As many requests as one tenant may have wait for slow answers already."""

    slug, title = "database-busy", "This tenant's database is busy"

    def __init__(self) -> None:
        super().__init__(
            "This tenant's time series database is busy with other requests of the tenant. Try again in a moment.",
            retry_after=1,
        )
