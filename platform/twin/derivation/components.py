"""Strongly connected components of a directed graph, in linear time (Tarjan 1972), without recursion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Node = TypeVar("Node")


def components(onward: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """Each component after all those that it leads to. Every node is a key of `onward`."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_: list[Node] = []
    is_open: set[Node] = set()
    found: list[list[Node]] = []
    for root in onward:
        if root in index:
            continue
        work: list[tuple[Node, Iterator[Node]]] = [(root, iter(onward[root]))]
        _enter(root, index, low, open_, is_open)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    _enter(other, index, low, open_, is_open)
                    work.append((other, iter(onward[other])))
                    break
                if other in is_open:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_close(node, open_, is_open))
    return found


def _enter(node: Node, index: dict[Node, int], low: dict[Node, int], open_: list[Node], is_open: set[Node]) -> None:
    index[node] = low[node] = len(index)
    open_.append(node)
    is_open.add(node)


def _close(node: Node, open_: list[Node], is_open: set[Node]) -> list[Node]:
    start = len(open_) - 1
    while open_[start] != node:
        start -= 1
    component = open_[start:]
    del open_[start:]
    is_open.difference_update(component)
    return component
