"""The protocol between a tenant's own pods and the control plane, under `/internal/v1/` (ADR 0040)."""
