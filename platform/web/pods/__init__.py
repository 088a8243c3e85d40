"""What a tenant's own pods and the control plane say to each other under `/internal/v1/` (ADR 0040)."""
