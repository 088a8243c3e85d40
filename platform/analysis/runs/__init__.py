"""Runs: periods found by a rule or marked by hand, with their figures, and overlaid."""
