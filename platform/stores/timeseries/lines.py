"""Line protocol, formatted column by column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def join_lines(*columns: Any) -> bytes:
    """Arrow arrays of strings (and scalars, repeated in each line) side by side, one line per row."""
    lines = pc.binary_join_element_wise(*columns, pa.scalar("\n"), "")
    _, offsets, text = lines.buffers()
    end = int(np.frombuffer(offsets, np.int32)[len(lines)])
    return memoryview(text)[:end].tobytes()  # the data buffer of a string column is that text


def as_text(values: Any) -> Any:
    """A numpy column of numbers as an Arrow column of their shortest texts."""
    return pc.cast(pa.array(values), pa.string())


def quoted_value(text: str) -> str:
    """A string field's value."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
