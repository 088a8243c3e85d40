"""What the control plane answers a tenant's own pods about that tenant (ADR 0040)."""
