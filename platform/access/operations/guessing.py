"""Limits of wrong passwords over all processes: for a name, from a network, and for the pair.

The pair (five in a quarter of an hour) is django-axes' lock, in the relational database. A name from all networks and a
network with all names are counted here, so that neither many addresses nor many names make guessing cheaper. Networks
from which somebody recently signed in are not counted for their name: strangers cannot lock them out.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from access.throttling import limits, refund, take
from kernel.errors import Unavailable
from stores.redis.limits import Limit

log = logging.getLogger(__name__)
WINDOW_S: Final = 900
MAX_PER_NAME: Final = 20
MAX_PER_NETWORK: Final = 100
KNOWN_NETWORK_TTL_S: Final = 30 * 86_400
KNOWN: Final = "known-network"


@dataclass(frozen=True, slots=True)
class Guess:
    """One attempt to sign in, counted before the password is checked, so that parallel guesses gain nothing."""

    name: str
    network: str
    counted: tuple[Limit, ...]

    def was_right(self) -> None:
        """The password was right: nothing is counted, and the network is stored for this name."""
        refund(self.counted)
        try:
            limits().remember(KNOWN, f"{self.name}@{self.network}", KNOWN_NETWORK_TTL_S)
        except Unavailable as error:
            log.warning("A sign-in's network could not be stored: %s", error)


def count_guess(name: str, network: str) -> Guess:
    """Raises TooManyRequests if the name or the network has reached its limit."""
    counted = [Limit(("guess-network", network), MAX_PER_NETWORK, WINDOW_S)]
    if not _is_known(name, network):
        counted.append(_of_name(name))
    take(counted, "Too many failed attempts.")
    return Guess(name, network, tuple(counted))


def forget_guesses(name: str) -> None:
    """The person has proved their identity by other means."""
    try:
        limits().forget([_of_name(name)])
    except Unavailable as error:
        log.warning("Failed attempts are not forgotten: %s", error)


def _of_name(name: str) -> Limit:
    return Limit(("guess-name", name), MAX_PER_NAME, WINDOW_S)


def _is_known(name: str, network: str) -> bool:
    try:
        return limits().is_remembered(KNOWN, f"{name}@{network}")
    except Unavailable:
        return False
