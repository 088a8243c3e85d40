"""What the control plane tells a tenant's own pods about callers (ADR 0040)."""
