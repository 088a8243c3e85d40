"""What the control plane answers a tenant's own pods about people (ADR 0040)."""
