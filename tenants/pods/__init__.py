"""The control plane's API for a tenant's own pods (ADR 0040)."""
