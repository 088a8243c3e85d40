"""Why a broker does not have a message."""

from __future__ import annotations

import ssl

MAX_DETAIL = 500


class SinkFailed(Exception):
    """The broker may or may not have what was to be published; `detail` is for people."""

    def __init__(self, detail: str) -> None:
        self.detail = detail[:MAX_DETAIL]
        super().__init__(self.detail)


def reason(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return "timed out"
        case ssl.SSLCertVerificationError():
            return error.verify_message or "its certificate is not valid"
        case ssl.SSLError():
            return error.reason or "TLS failed"
        case OSError() if error.strerror:
            return error.strerror
    return type(error).__name__
