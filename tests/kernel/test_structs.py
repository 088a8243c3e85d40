"""Structs that several threads convert for the first time."""

from __future__ import annotations

import subprocess
import sys

from tests.isolation import ROOT

THREADS_CONVERT_NEW_STRUCTS = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
import msgspec
from kernel.structs import resolve_structs

sys.setswitchinterval(1e-6)

def make(name, **fields):
    made = type(msgspec.Struct)(name, (msgspec.Struct,), {"__annotations__": fields, "__module__": __name__})
    setattr(sys.modules[__name__], name, made)
    return made

for n in range(100):
    make(f"Inner{n}", **{f"f{k}": "int | str | None" for k in range(30)})
    outer = make(f"Outer{n}", inner=f"Inner{n}")
    resolve_structs()
    start = threading.Barrier(4)

    def convert():
        start.wait()
        return msgspec.convert({"inner": {f"f{k}": k for k in range(30)}}, outer).inner.f29

    with ThreadPoolExecutor(4) as pool:
        assert [each.result() for each in [pool.submit(convert) for _ in range(4)]] == [29] * 4
"""


def test_threads_convert_a_struct_for_the_first_time_together() -> None:
    done = subprocess.run(
        [sys.executable, "-c", THREADS_CONVERT_NEW_STRUCTS], cwd=ROOT / "platform", capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
