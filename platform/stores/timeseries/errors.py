"""Errors of the time series store that callers tell apart."""

from __future__ import annotations

from kernel.errors import Unavailable


class RefusedCredentials(Unavailable):
    """The server is there but does not accept our user and password, or the user lacks the right."""

    slug, title = "store-refused-credentials", "The time series store refused the platform's own credentials"
