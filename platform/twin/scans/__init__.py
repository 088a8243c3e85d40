"""Scanned drawings to trace over: re-encoded when they arrive, never served as uploaded (ADR 91)."""
