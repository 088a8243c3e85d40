"""The control plane: tenants, their life cycle, and the drivers that give each its own servers."""
