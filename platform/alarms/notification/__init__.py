"""Who is told of alarms, when and how (ADR 93)."""
