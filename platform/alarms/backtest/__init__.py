"""Rules over stored samples: what they would have raised, and what limits and delays would be better."""

from alarms.backtest.running import run

__all__ = ["run"]
