"""How many values a request may compute and return."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.sources.influxdb.query.errors import StatementError

MAX_POINTS = 500_000  # values of one request's results
MAX_COMPUTED = 16_000_000  # values on the way there: samples reduced by functions, windows, results of subqueries


@dataclass(slots=True)
class Budget:
    """What is left of it. Asked before values are computed."""

    points: int = MAX_POINTS
    computed: int = MAX_COMPUTED

    def take_points(self, count: int) -> None:
        self.points -= count
        if self.points < 0:
            raise StatementError(
                f"the result has more than {MAX_POINTS:,} values; use GROUP BY time() with a longer interval, LIMIT "
                "and OFFSET, or a shorter range of time"
            )

    def take_computed(self, count: int) -> None:
        self.computed -= count
        if self.computed < 0:
            raise StatementError(
                f"the functions and subqueries compute more than {MAX_COMPUTED:,} values; use GROUP BY time() with a "
                "longer interval, fewer functions or series, or a shorter range of time"
            )
