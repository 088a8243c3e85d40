"""A bucket server's error as a sentence with what to do. Arrow's errors can be distinguished by their text only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from kernel.errors import NotFound, Unavailable
from stores.objects.address import Address

_ERROR = re.compile(r"AWS Error (\w+)(?: \(HTTP status \d+\))? during \w+ operation: (.*)", re.DOTALL)
_NOISE = re.compile(r"curlCode: \d+, |Unable to parse ExceptionName: |\s*\(Request ID: [^)]*\)")
_REFUSED = re.compile(
    "ACCESS_DENIED|SIGNATURE_DOES_NOT_MATCH|INVALID_ACCESS_KEY_ID|UNRECOGNIZED_CLIENT|INVALID_CLIENT_TOKEN_ID"
    "|MISSING_AUTHENTICATION_TOKEN|EXPIRED|ExpiredToken|InvalidAccessKeyId|XAdminUserNotFound|AccessDenied"
)
_OTHER_REGION = re.compile("AuthorizationHeaderMalformed|PermanentRedirect|IllegalLocationConstraint|configured region")
NO_BODY = "No response body"


def no_bucket(address: Address, endpoint: str) -> Unavailable:
    return Unavailable(
        f"There is no bucket {address.bucket} at {_server(endpoint)}. Create it, or correct the name; AWS_ENDPOINT_URL "
        "says which server is used."
    )


def no_object(address: Address) -> NotFound:
    return NotFound(f"There is no object {address}.")


@contextmanager
def translated(address: Address, endpoint: str) -> Iterator[None]:
    """Raises NotFound where there is no object, else Unavailable."""
    try:
        yield
    except FileNotFoundError as error:
        if error.filename is not None:  # a local file
            raise
        raise no_object(address) from None
    except OSError as error:
        if _ERROR.search(str(error)) is None:
            raise
        raise _sentence(str(error), address, endpoint) from None


def _sentence(text: str, address: Address, endpoint: str) -> Unavailable:
    match = _ERROR.search(text)
    kind, why = match.groups() if match else ("", text)
    why = " ".join(_NOISE.sub("", why).split())[:300].rstrip(".")
    bucket, server = f"bucket {address.bucket}", _server(endpoint)
    if kind == "NO_SUCH_BUCKET":
        return no_bucket(address, endpoint)
    if _REFUSED.search(f"{kind} {why}"):
        why = f" ({why})" if NO_BODY not in why else ""
        return Unavailable(
            f"The {bucket} at {server} refuses our credentials{why}. Check AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, and that they may list, read, write and delete there."
        )
    if kind == "NETWORK_CONNECTION" and "SSL" in why:
        return Unavailable(
            f"The {bucket} cannot be reached at {server}: its certificate is not trusted ({why}). SSL_CERT_FILE may "
            "name a file with the authority's."
        )
    if kind == "NETWORK_CONNECTION":
        return Unavailable(
            f"The {bucket} cannot be reached at {server} ({why}). Check AWS_ENDPOINT_URL and the network, "
            "then try again."
        )
    if _OTHER_REGION.search(f"{kind} {why}"):
        return Unavailable(f"The {bucket} at {server} is in another region ({why}). Check AWS_REGION.")
    return Unavailable(f"The {bucket} at {server} answered: {kind}, {why}.")


def _server(endpoint: str) -> str:
    return endpoint or "Amazon S3"
