"""Arrow's S3 client, loaded only when a bucket is used: it takes 20 MB and starts threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CONNECT_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    silence_s: float
    attempts: int


QUESTION, TRANSFER = Timeouts(5.0, 2), Timeouts(60.0, 5)


def connect(endpoint: str, timeouts: Timeouts) -> Any:
    """Credentials and region come from the environment, as in every S3 client.

    A self-hosted server gets the bucket in the path, Amazon's in the host name. Parts are sent one after the other,
    as queued parts would be held in memory.
    """
    from pyarrow import fs

    scheme, _, server = endpoint.rpartition("://")
    own = {"scheme": scheme, "endpoint_override": server} if endpoint else {}
    return fs.S3FileSystem(
        connect_timeout=CONNECT_TIMEOUT_S,
        request_timeout=timeouts.silence_s,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=timeouts.attempts),
        background_writes=False,
        **own,
    )
