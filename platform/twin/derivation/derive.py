"""From a drawing to what feeds what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.models import Link
from kernel.errors import BadRequest
from twin.derivation.components import components
from twin.derivation.network import Drain, Network, Place, network_of
from twin.models import Drawing
from twin.symbols import Symbol

MAX_CONNECTIONS = 5_000  # of one drawing


def links_of(drawing: Drawing, asset_of: Mapping[str, str], symbols: Mapping[str, Symbol]) -> list[Link]:
    """What feeds what, sorted: a pipe, or a path of pipes with no other asset on it, leads from one to the other.

    The time is linear in the drawing (and, with thousands of assets that feed one network, in a 64th of their number)
    and in the result. BadRequest if that has more than MAX_CONNECTIONS.
    """
    network = network_of(drawing, asset_of, symbols)
    assets = sorted({direct[0] for direct in network.direct}.union(*network.fed_by.values()))
    bits = {asset: 1 << number for number, asset in enumerate(assets)}
    feeding = _feeding(network, bits)
    if sum(sources.bit_count() for sources in feeding.values()) > MAX_CONNECTIONS:
        raise BadRequest(
            f"The drawing shows more than {MAX_CONNECTIONS:,} connections, as everything that feeds a header or "
            "a junction feeds everything behind it. Give headers an asset, or divide the drawing.",
            slug="too-many-connections",
        )
    return sorted(
        Link(assets[number], target, medium)
        for (target, medium), sources in feeding.items()
        for number in _numbers(sources)
    )


def _feeding(network: Network, bits: Mapping[str, int]) -> dict[Drain, int]:
    """What feeds each asset by which medium, other than itself, as a set of bits."""
    feeding: dict[Drain, int] = {}
    for source, target, medium in network.direct:
        feeding[target, medium] = feeding.get((target, medium), 0) | bits[source]
    arriving: dict[Place, int] = {}  # which assets' pipes lead to a place
    for component in reversed(components(network.onward)):
        reached = 0
        for place in component:
            reached |= arriving.get(place, 0)
            for asset in network.fed_by.get(place, ()):
                reached |= bits[asset]
        if not reached:
            continue
        for place in component:
            for onward in network.onward[place]:
                arriving[onward] = arriving.get(onward, 0) | reached
            for drain in network.feeds.get(place, ()):
                feeding[drain] = feeding.get(drain, 0) | reached
    return {drain: sources & ~bits.get(drain[0], 0) for drain, sources in feeding.items()}


def _numbers(bits: int) -> Iterator[int]:
    """The places of the ones."""
    for place, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        for bit in range(8) if byte else ():
            if byte >> bit & 1:
                yield place * 8 + bit
