"""A chart of the response times of all systems, by the length of the range."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.query.rows import (
    AUTO,
    AVERAGE,
    BAND,
    MEAN,
    PLAIN,
    RAW_CSV,
    RAW_MSGPACK,
    ROLLUP,
    SELECTORS,
    Measured,
    SensorQuery,
    named,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MUTED, GRID = "#1A2128", "#54606B", "#D3D8DD"
# Colours of the web UI's charts; ours alone is strong
STYLES: dict[str, tuple[str, str, float]] = {
    AUTO: ("#0B66C3", "-", 2.6),
    BAND: ("#0B66C3", ":", 1.8),
    MEAN: ("#D9822B", "-", 1.4),
    SELECTORS: ("#B04A93", "-", 1.4),
    RAW_CSV: ("#6A737D", "-", 1.1),
    RAW_MSGPACK: ("#6A737D", ":", 1.1),
    AVERAGE: ("#1C9C8A", "-", 1.4),
    ROLLUP: ("#1C9C8A", "--", 1.1),
    PLAIN: ("#1C9C8A", ":", 1.1),
}


def draw_picture(measured: Measured, path: Path) -> None:
    import matplotlib as mpl  # slow to import, in each process that collects tests
    from matplotlib.figure import Figure

    history, decade, seconds = measured.ranges.values()
    with mpl.rc_context({"font.size": 10, "text.color": INK, "axes.labelcolor": MUTED}):
        figure = Figure(figsize=(12, 5), dpi=110, facecolor="#FFFFFF", layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.3, 1])
        _draw(left, "A sample a minute", [*history, decade[-1]])
        _draw(right, "A sample a second", seconds)
        left.set_ylabel("median time to the whole answer, ms")
        handles, labels = left.get_legend_handles_labels()
        last = {way: decade[-1].ways[way].median for way in STYLES}
        order = sorted(range(len(labels)), key=lambda place: -last[labels[place]])
        figure.legend(
            [handles[place] for place in order],
            [labels[place] for place in order],
            loc="outside right center",
            frameon=False,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)


def _draw(axes: Axes, title: str, ranges: list[SensorQuery]) -> None:
    for way, (colour, line, width) in STYLES.items():
        known = [(one.width, one.ways[way].median) for one in ranges if one.ways[way].ms]
        axes.plot(
            *zip(*known, strict=True), line, color=colour, lw=width, marker=".", ms=5, label=way
        ) if known else None
    axes.set(xscale="log", yscale="log", title=title)
    axes.set_xticks([one.width for one in ranges], [named(one.width) for one in ranges], minor=False)
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_formatter(lambda value, place: f"{value:g}" if value < 1000 else f"{value:,.0f}")
    axes.grid(True, which="major", color=GRID, lw=0.8)
    axes.tick_params(colors=MUTED, which="both", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
