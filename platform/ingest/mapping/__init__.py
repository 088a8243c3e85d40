"""Mapping: what arrives becomes a sensor, by the tenant's rules (ADR 0065, 0070)."""
