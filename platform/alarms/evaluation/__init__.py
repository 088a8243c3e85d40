"""Evaluates rules as samples arrive: the process that reads the queue beside the writer (ADR 92)."""
