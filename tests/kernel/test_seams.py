"""Interfaces that one package defines and another fills."""

from __future__ import annotations

import pytest

from kernel.seams import Seam


def test_a_seam_says_what_is_not_connected() -> None:
    seam = Seam[int]("the answer")
    assert seam.get() is None
    with pytest.raises(RuntimeError, match=r"Not connected: the answer\."):
        seam()
    seam.connect(0)
    assert (seam(), seam.get()) == (0, 0)
