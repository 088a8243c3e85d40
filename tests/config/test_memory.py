"""Memory of large responses is returned to the system."""

from __future__ import annotations

import subprocess
import sys

HELD = """
import ctypes, os, sys
sys.path.insert(0, "platform")
from config.memory import trim
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
page = os.sysconf("SC_PAGE_SIZE")
def resident(): return int(open("/proc/self/statm").read().split()[1]) * page >> 20
blocks = [libc.malloc(60_000) for _ in range(2_000)]  # 114 MB of what comes from the heap
for block in blocks: ctypes.memset(block, 1, 60_000)
for block in blocks[:-1]: libc.free(block)  # the last one keeps all below it
before = resident()
trim()
print(before - resident())
"""


def test_free_pages_below_a_used_block_are_returned() -> None:
    out = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True).stdout
    assert int(out) > 100
