"""Sinks: brokers of a tenant to which each transition of its alarms is published (ADR 95)."""
