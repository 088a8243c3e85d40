"""With how many examples a property is tested."""

from __future__ import annotations

from hypothesis import settings

SOAK = "soak"  # `make soak` loads this profile
TIMES = 10  # as many examples there as in `make test`


def register() -> None:
    """No deadlines: a busy machine is no failed property."""
    settings.register_profile("plantrace", deadline=None, max_examples=50)
    settings.register_profile(SOAK, deadline=None, max_examples=50 * TIMES)
    settings.load_profile("plantrace")


def examples(usual: int) -> int:
    """`max_examples` of a property that asks real servers."""
    return usual * TIMES if is_soak() else usual


def is_soak() -> bool:
    return settings.get_current_profile_name() == SOAK
