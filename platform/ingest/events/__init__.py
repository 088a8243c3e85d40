"""Events: what happened, with a time, a type and a device (ADR 0073)."""
