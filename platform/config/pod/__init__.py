"""A tenant's own processes: the part of the platform that they run, and how they use the control plane (ADR 0040)."""
