"""Random statements within the grammar, as dashboards might send them."""

from __future__ import annotations

from random import Random

HOUR_MS = 3_600_000
AGGREGATES = ("mean", "median", "min", "max", "first", "last", "sum", "count", "spread", "stddev")
SERIES = (
    "\"sensor\" = 'T-1'", '"sensor" =~ /^T/', "\"area\" = 'Roof'", "\"asset\" != 'P-1'", '"unit" !~ /C|K/',
    "(\"sensor\" = 'E-1' OR \"sensor\" = 'T-3')", "\"sensor\" = 'P-1.state'",
)  # fmt: skip
FIELDS = ('"value" > 20', '"value" <= 21.5', '"value" != 1', '("value" < 19 OR "value" > 22)')
TAGS: tuple[tuple[str, ...], ...] = ((), (), ('"sensor"',), ('"area"',), ("*",), ('"area"', '"unit"'))
BY_SERIES = ('"sensor"', "*")  # the order of points of one time of several series is open
ORDERS = ("", "", "", " ORDER BY time DESC")
LIMITS = ("", "", "", " LIMIT 7", " LIMIT 5 OFFSET 3", " SLIMIT 2", " LIMIT 3 SLIMIT 2 SOFFSET 1")
ZONES = ("", "", "", " tz('Europe/Berlin')", " tz('Asia/Kathmandu')")
INTERVALS = ("5m", "7m", "15m", "1h", "90m", "3h", "6h", "1d", "2d", "1w", "36h")
OFFSETS = ("", "", "", ", 3m", ", -1h", ", 30s")
FILLS = ("", "", " fill(none)", " fill(null)", " fill(previous)", " fill(linear)", " fill(0)", " fill(-1.5)")
PLAIN = ('"value"', '"value", "sensor"', "*", '"value" * 2 - 1', 'abs("value" - 20), "area"')
OF_FIELDS = (
    'difference("value")', 'derivative("value", 1m)', 'non_negative_difference("value")', 'moving_average("value", 3)',
    'cumulative_sum("value")', 'elapsed("value", 1s)',
)  # fmt: skip
OF_AGGREGATES = (
    "difference({})", "derivative({})", "derivative({}, 1h)", "non_negative_derivative({}, 1m)",
    "moving_average({}, 3)", "cumulative_sum({})", "non_negative_difference({})",
)  # fmt: skip


def random_statement(chance: Random, now_ms: int) -> str:
    source = f'FROM "site" WHERE {_condition(chance, now_ms)}'
    tags, order, limit, zone = (chance.choice(each) for each in (TAGS, ORDERS, LIMITS, ZONES))
    kind = chance.random()
    if kind < 0.15:  # by sensor: the order of points of one time is open
        return f'SELECT {chance.choice(PLAIN)} {source} GROUP BY "sensor"{order}{limit or " LIMIT 200"}{zone}'
    if kind < 0.25:
        return f'SELECT {chance.choice(OF_FIELDS)} {source} GROUP BY "sensor"{order}{limit or " LIMIT 200"}{zone}'
    if kind < 0.4:
        columns = ", ".join(f'{chance.choice(AGGREGATES)}("value")' for _ in range(chance.choice([1, 2, 3])))
        return f"SELECT {columns} {source} GROUP BY {chance.choice(BY_SERIES)}{limit}{zone}"
    interval = f"time({chance.choice(INTERVALS)}{chance.choice(OFFSETS)})"
    group = f"GROUP BY {', '.join([interval, *tags])}"
    if kind < 0.45:
        inner = f'SELECT {_aggregate(chance)} AS "m" {source} {group} fill(none)'
        return f'SELECT {chance.choice(["max", "mean", "count", "sum"])}("m") FROM ({inner}) GROUP BY "area"'
    return f"SELECT {_columns(chance)} {source} {group}{chance.choice(FILLS)}{order}{limit}{zone}"


def _condition(chance: Random, now_ms: int) -> str:
    parts = [chance.choice(SERIES)] if chance.random() < 0.5 else []
    if chance.random() < 0.25:
        parts.append(chance.choice(FIELDS))
    start = now_ms - chance.choice([1, 3, 20, 100, 500, 800]) * HOUR_MS - chance.choice([0, chance.randrange(HOUR_MS)])
    width = chance.choice([HOUR_MS // 6, HOUR_MS, 24 * HOUR_MS, 120 * HOUR_MS, 720 * HOUR_MS])
    end = min(start + width + chance.choice([0, 1, 30_000, 123_456]), now_ms)
    # Without a start InfluxDB counts windows with an offset from 1677 on.
    parts.append(f"time {chance.choice(['>', '>='])} {start}ms")
    return " AND ".join([*parts, f"time {chance.choice(['<', '<='])} {end}ms"])


def _columns(chance: Random) -> str:
    match chance.randrange(4):
        case 0:
            return ", ".join(_aggregate(chance) for _ in range(chance.choice([1, 1, 2, 4])))
        case 1:
            return f"{_aggregate(chance)} {chance.choice('+-*/')} {_aggregate(chance)}"
        case 2:
            return f'({_aggregate(chance)} + 3) * 1.8 AS "x"'
    inner = _aggregate(chance).replace("stddev", "spread")  # of one value InfluxDB takes it for a number here
    return chance.choice(OF_AGGREGATES).format(inner)


def _aggregate(chance: Random) -> str:
    if chance.random() < 0.1:
        return f'percentile("value", {chance.choice([50, 95, 99.9])})'
    return f'{chance.choice(AGGREGATES)}("value")'
