"""Django settings that differ in a tenant's own process."""

from __future__ import annotations

_NEED_THE_DATABASE = {
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.UserMiddleware",
    "axes.middleware.AxesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # the UI's files are the control plane's
}
_INSTEAD = {"config.middleware.AccessMiddleware": "config.pod.middleware.PodAccessMiddleware"}


def pod_middleware(usual: list[str]) -> list[str]:
    """The middleware without what needs the relational database; the control plane resolves callers."""
    return [_INSTEAD.get(name, name) for name in usual if name not in _NEED_THE_DATABASE]
