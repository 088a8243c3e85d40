"""Arrow's S3 client, loaded only where a bucket is used: it takes 20 MB and threads of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    silence_s: float
    attempts: int


QUESTION, TRANSFER = Patience(5.0, 2), Patience(60.0, 5)


def connect(endpoint: str, patience: Patience) -> Any:
    """Credentials and region are those of the environment, as with every program that speaks to S3.

    A server of one's own gets the bucket in the path, Amazon's in the name. Parts are sent one after the other, as
    those that wait would lie in memory.
    """
    from pyarrow import fs

    scheme, _, server = endpoint.rpartition("://")
    own = {"scheme": scheme, "endpoint_override": server} if endpoint else {}
    return fs.S3FileSystem(
        connect_timeout=CONNECT_S,
        request_timeout=patience.silence_s,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=patience.attempts),
        background_writes=False,
        **own,
    )
