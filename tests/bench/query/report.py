"""Formats the results as tables, which are printed and inserted into docs/benchmarks.md."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from runtime.programs import binary
from tests.bench.query.bars import Bar
from tests.bench.query.installation import Installation
from tests.bench.query.likenesses import Likeness
from tests.bench.query.measure import Figures
from tests.bench.query.rows import AUTO, WAYS, Measured, SensorQuery, named
from tests.bench.query.stages import Stages

PICTURE = "pictures/latency-by-range.png"


def machine(installation: Installation, notes: Sequence[str]) -> str:
    """The machine, and the messages from loading the data."""
    fields = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line)
    model = next((value.strip() for key, value in fields.items() if key.strip() == "model name"), "unknown")
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / 1024**2  # type: ignore[index]
    scale = "" if installation.scale == 1 else f" Ranges shortened to {installation.scale:g} of the full ones."
    servers = {
        "InfluxDB": installation.influx_version,
        "VictoriaMetrics": _first(r"\d+\.\d+\.\d+", "dpkg-query", "-W", "-f", "${Version}", "victoria-metrics"),
        "Redis": _first(r"v=(\S+)", binary("redis-server"), "--version"),
        "Python": python_version(),
        **{name: version(name) for name in ("granian", "Django", "numpy")},
    }
    listed = ", ".join(f"{name} {number}" for name, number in servers.items())
    hardware = f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB"
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d}: {hardware}, servers and client together. {listed}.{scale}",
            "",
            *(f"- {line[0].upper()}{line[1:]}" for line in notes),
        ]
    )


def ranges(measured: Measured) -> str:
    return "\n\n".join(
        [
            f"![Response time by length of the range]({PICTURE})",
            *(_one_sensor(name, queries) for name, queries in measured.ranges.items()),
            "Speed-up of `auto` over the others:",
            _ratios(measured),
        ]
    )


def _one_sensor(name: str, ranges: list[SensorQuery]) -> str:
    rows = []
    for one in ranges:
        rung = one.rung if one.complete or not one.points else f"{one.rung}, incomplete"
        rows.append([named(one.width), rung, f"{one.points:,}", *(spoken(one.ways[way]) for way in WAYS)])
    return f"{name}: median (p95) in ms\n\n{table(['range', 'rung', 'points', *WAYS], rows)}"


def _ratios(measured: Measured) -> str:
    rows = [
        [
            f"{named(one.width)} of {name}",
            *(_times(one.ways[way], one.ways[AUTO]) for way in WAYS if not way.startswith("Plantrace")),
        ]
        for name, ranges in measured.ranges.items()
        for one in ranges
    ]
    return table(["range", *(way for way in WAYS if not way.startswith("Plantrace"))], rows)


def others(measured: Measured) -> str:
    rows = [
        [row.name, f"{row.figures.median:.1f}", f"{row.figures.p95:.1f}", f"{row.bytes / 1e6:.2f}" if row.bytes else ""]
        for row in measured.rows.values()
    ]
    return table(["request", "median, ms", "p95, ms", "MB"], rows)


def fidelity(likenesses: list[Likeness]) -> str:
    rows = [
        [
            *(one.shape, named(one.width), one.rung, f"{one.points:,}"),
            *("; ".join(one.faults) or "all present", f"{one.ours:.4f}", f"{one.theirs:.4f}"),
        ]
        for one in likenesses
    ]
    names = [
        "series",
        "range",
        "rung",
        "points",
        "every bucket's extremes",
        "SSIM",
        "SSIM of MinMaxLTTB from all samples",
    ]
    return table(names, rows)


def bars(judged: list[Bar]) -> str:
    rows = [[bar.what, bar.wanted, bar.found, "yes" if bar.reached else "**no**"] for bar in judged]
    return table(["budget", "limit", "measured", "met"], rows)


def stages(found: list[Stages]) -> str:
    rows = [
        [
            one.name,
            *(f"{ms:.2f}" for ms in (one.whole, one.floor, one.influx, one.redis, one.python)),
            str(one.statements),
        ]
        for one in found
    ]
    names = ["request", "total, ms", "server and client", "InfluxDB", "Redis", "our Python", "statements"]
    lists = [
        f"{one.name}, functions by own time (under the profiler, which slows Python down):\n\n"
        + table(["function", "ms"], [[f"`{place}`", f"{ms:.2f}"] for place, ms in one.busiest])
        for one in found
    ]
    return "\n\n".join([table(names, rows), *lists])


def spoken(figures: Figures) -> str:
    return f"{figures.median:.1f} ({figures.p95:.1f})" if figures.ms else "refused"


def _times(theirs: Figures, ours: Figures) -> str:
    return f"{theirs.median / ours.median:.3g}" if theirs.ms and ours.ms else "–"


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table that is also readable as plain text."""
    lines = [list(names), *([*row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
    put = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([put[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *put[1:]])


def replace_parts(text: str, parts: dict[str, str]) -> str:
    """The document with new content between the marks `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` of each part."""
    for name, content in parts.items():
        opening, closing = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
        before, found, rest = text.partition(opening)
        _, ended, after = rest.partition(closing)
        if not (found and ended):
            raise ValueError(f"The document lacks {opening} … {closing}")
        text = f"{before}{opening}\n\n{content}\n\n{closing}{after}"
    return text


def _first(pattern: str, *command: str) -> str:
    out = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(pattern, out)
    return found[found.lastindex or 0] if found else "unknown"
